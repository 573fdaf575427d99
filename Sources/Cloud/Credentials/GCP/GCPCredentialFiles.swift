import Provisioning

/// Files of Google's credentials, and how each kind of them gives a token.
struct GCPCredentialFiles: Sendable {
    let variables: [String: String]
    let doors: CredentialDoors

    static let usualUniverse = "googleapis.com"

    func isMissing(_ path: String) -> Bool {
        do {
            _ = try doors.readFile(path)
            return false
        } catch {
            return (error as? FileFailure)?.isMissing == true
        }
    }

    /// Read each time, so that an edited file counts from the next look on.
    func token(from path: String) async -> TokenFinding {
        let document: CredentialDocument
        do {
            document = try CredentialDocument(try doors.readFile(path))
        } catch let flaw as CredentialDocument.Flaw {
            return .stop("`\(path)` \(flaw)")
        } catch {
            return .stop("`\(path)`: \(error)")
        }
        let finding = await token(of: document, in: "`\(path)`")
        guard case .found(var token) = finding else { return finding }
        token.quotaProject = document["quota_project_id"]
        return .found(token)
    }

    /// - Parameter place: for messages: the file.
    func token(of document: CredentialDocument, in place: String) async -> TokenFinding {
        do throws(CredentialDocument.Flaw) {
            switch try document.required("type") {
            case "service_account": return try await GCPServiceAccount(document, in: place).token(doors)
            case "authorized_user": return try await GCPUser(document, in: place).token(doors)
            case "external_account":
                return try await GCPExternalAccount(document, in: place).token(doors, variables)
            case "impersonated_service_account": return await impersonated(document, in: place)
            case let other:
                // Its own name for what it is; anything longer is none.
                return .stop("\(place) is of type `\(other.prefix(40))`, which is not supported")
            }
        } catch {
            return .stop("\(place) \(error)")
        }
    }

    /// A service account that the file names, by credentials that lie in it too.
    private func impersonated(_ document: CredentialDocument, in place: String) async -> TokenFinding {
        guard let source = document.object("source_credentials") else {
            return .stop("\(place) has no `source_credentials`")
        }
        guard source["type"] != "impersonated_service_account" else {
            return .stop("\(place) has `source_credentials` that are impersonated themselves: name `delegates`")
        }
        do throws(CredentialDocument.Flaw) {
            let impersonation = try GCPImpersonation(
                address: document.required("service_account_impersonation_url"), delegates: document.list("delegates"),
                doors: doors)
            let finding = await token(of: source, in: place)
            guard case .found(let token) = finding else { return finding }
            return await impersonation.token(by: token)
        } catch {
            return .stop("\(place) \(error)")
        }
    }
}
