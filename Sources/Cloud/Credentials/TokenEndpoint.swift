import Provisioning

/// Where a token is had for a form or a question; what comes back is told without what was sent.
struct TokenEndpoint {
    let address: Address
    let doors: CredentialDoors
    var deadline: Duration = .seconds(30)
    var attempts = 3
    /// What is sent and must not come back in any text.
    var secrets: [Secret] = []

    /// Posts a form, and reads the token that it is answered with.
    func token(for form: [(String, String)], headers: [HTTPHeader] = [], source: String) async -> TokenFinding {
        let request = HTTPRequest(
            method: "POST", endpoint: address.endpoint, path: address.path, query: address.query,
            headers: headers + [
                HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
                HTTPHeader("Accept", "application/json"),
            ], body: Array(form.form.utf8))
        return await token(by: request, source: source)
    }

    /// Sends a request, and reads the token that it is answered with.
    func token(by request: HTTPRequest, source: String) async -> TokenFinding {
        let now = doors.surroundings.now()
        return switch await answer(to: request) {
        case .yes(let response): token(in: response.body, at: now, source: source)
        case .refused(let refusal): .stop("\(place): \(refusal)")
        case .late(let why): .later("\(place): \(why)")
        }
    }

    /// - Parameter now: when it was asked for.
    func token(in body: [UInt8], at now: Timestamp, source: String) -> TokenFinding {
        do throws(CredentialDocument.Flaw) {
            let answer = try TokenAnswer(body, at: now)
            return .found(BearerToken(answer.token, expiresAt: answer.expiresAt, source: source))
        } catch {
            return .stop("what \(place) answers \(error)")
        }
    }

    enum Answer {
        case yes(HTTPResponse)
        case refused(TokenRefusal)
        /// It may come right.
        case late(String)
    }

    func answer(to request: HTTPRequest) async -> Answer {
        switch await doors.ask(request, within: deadline, attempts: attempts) {
        case .failure(let error): return .late("\(error)")
        case .success(let response) where response.status == 200: return .yes(response)
        case .success(let response):
            let refusal = TokenRefusal(response, hiding: secrets)
            return response.isBusy || refusal.isPassing ? .late("\(refusal)") : .refused(refusal)
        }
    }

    var place: String { address.endpoint.text }
}

extension Endpoint {
    /// Whether a secret may be sent there: over TLS to anybody, else to this machine and its own link only.
    var mayBeToldSecrets: Bool { scheme == .https || isNear }
}

extension Address {
    /// One that a secret may be sent to.
    init?(forSecrets text: String) {
        guard let address = Address(text), address.endpoint.mayBeToldSecrets else { return nil }
        self = address
    }
}
