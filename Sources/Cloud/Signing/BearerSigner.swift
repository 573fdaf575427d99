import Provisioning

/// Proves who we are by a bearer token from a chain.
package struct BearerSigner: Signer {
    private let tokens: any TokenSource
    private let last: Lock<(source: String, passedOver: [CredentialsMissing.Attempt])>

    package init(tokens: any TokenSource) {
        self.tokens = tokens
        last = Lock((tokens.name, []))
    }

    package func sign(_ request: HTTPRequest, service: Service, at now: Timestamp) async throws -> HTTPRequest {
        let token = try await find(at: now)
        var signed = request
        signed.headers.removeAll { $0.name.lowercased() == "authorization" }
        signed.headers.append(HTTPHeader("Authorization", "Bearer \(token.value.revealed)"))
        if let project = token.quotaProject, signed.headers["X-Goog-User-Project"] == nil {
            signed.headers.append(HTTPHeader("X-Goog-User-Project", project))
        }
        return signed
    }

    package func check(at now: Timestamp) async throws { _ = try await find(at: now) }

    package var source: String { last.withLock { $0.source } }

    package var passedOver: [CredentialsMissing.Attempt] { last.withLock { $0.passedOver } }

    package func refused() async { tokens.invalidate() }

    private func find(at now: Timestamp) async throws -> BearerToken {
        do {
            let found = try await tokens.token(at: now)
            last.withLock { $0 = (found.source, found.passedOver) }
            return found
        } catch let none as NoCredentials {
            throw CredentialsMissing(attempts: none.links)
        }
    }
}
