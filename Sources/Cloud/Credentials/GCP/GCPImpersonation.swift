import Documents
import Provisioning

/// Acting as a service account, by the token of somebody who may.
///
/// https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
struct GCPImpersonation: Sendable {
    let account: String
    private let address: Address?
    private let delegates: [String]
    private let lifetime: String
    private let doors: CredentialDoors

    init(account: String, delegates: some Sequence<String>, at endpoint: Endpoint, doors: CredentialDoors) {
        self.account = account
        self.delegates = delegates.map { "projects/-/serviceAccounts/\($0)" }
        self.doors = doors
        lifetime = "3600s"
        // The name stands in a path, so it must not be able to lead elsewhere.
        if account.isAccount, endpoint.mayBeToldSecrets {
            var address = Address(endpoint)
            address.path = "/v1/projects/-/serviceAccounts/\(account):generateAccessToken"
            self.address = address
        } else {
            address = nil
        }
    }

    /// - Parameter text: as a file of credentials names it: `https://…/serviceAccounts/NAME:generateAccessToken`.
    init(
        address text: String, delegates: [String] = [], lifetimeSeconds: String? = nil, doors: CredentialDoors
    ) throws(CredentialDocument.Flaw) {
        let key = "service_account_impersonation_url"
        let address = try Address(secretly: text, key: key)
        let last = address.path.split(separator: "/").last ?? ""
        guard let end = last.lastIndex(of: ":"), String(last[..<end]).isAccount else {
            throw .init("has a `\(key)` that names no service account")
        }
        if let lifetimeSeconds, Int(lifetimeSeconds) == nil {
            throw .init("has a `token_lifetime_seconds` that is no number")
        }
        account = String(last[..<end])
        self.address = address
        self.delegates = delegates
        lifetime = "\(lifetimeSeconds ?? "3600")s"
        self.doors = doors
    }

    func token(by token: BearerToken) async -> TokenFinding {
        guard let address else { return .stop("`\(account)` is no service account's address") }
        var fields: [Written.Field] = [
            .init("scope", .list([.text(GCPScope.all)])), .init("lifetime", .text(lifetime)),
        ]
        if !delegates.isEmpty { fields.append(.init("delegates", .list(delegates.map { .text($0) }))) }
        var headers = [
            HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", "application/json"),
            HTTPHeader("Authorization", "Bearer \(token.value.revealed)"),
        ]
        if let project = token.quotaProject { headers.append(HTTPHeader("X-Goog-User-Project", project)) }
        let request = HTTPRequest(
            method: "POST", endpoint: address.endpoint, path: address.path, query: address.query, headers: headers,
            body: Array(Written.map(fields).json(indent: nil, step: 0).utf8))
        let service = TokenEndpoint(address: address, doors: doors, secrets: [token.value])
        switch await service.answer(to: request) {
        case .refused(let refusal): return .stop("\(service.place): \(refusal)")
        case .late(let why): return .later("\(service.place): \(why)")
        case .yes(let response):
            do throws(CredentialDocument.Flaw) {
                return .found(try read(response.body, source: "service account \(account), by \(token.source)"))
            } catch {
                return .stop("what \(service.place) answers \(error)")
            }
        }
    }

    private func read(_ body: [UInt8], source: String) throws(CredentialDocument.Flaw) -> BearerToken {
        let document = try CredentialDocument(body)
        let token = try TokenAnswer.token(document.required("accessToken"))
        guard let end = Timestamp(withOffset: try document.required("expireTime")) else {
            throw .init("has an `expireTime` that is no moment")
        }
        return BearerToken(token, expiresAt: end, source: source)
    }
}

extension String {
    /// `name@project.iam.gserviceaccount.com`, or the number of one.
    fileprivate var isAccount: Bool {
        !isEmpty && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "@.-_".contains($0)) } && !hasPrefix(".")
    }
}
