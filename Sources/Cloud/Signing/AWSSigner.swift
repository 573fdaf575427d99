import Provisioning

/// Signs with AWS Signature Version 4, by credentials from a chain.
package struct AWSSigner: Signer {
    private let region: @Sendable (Service) -> String
    private let credentials: any CredentialSource
    private let last: Lock<(source: String, passedOver: [CredentialsMissing.Attempt])>

    package init(region: String, credentials: any CredentialSource) {
        self.init(regions: { _ in region }, credentials: credentials)
    }

    /// - Parameter regions: those that signatures name; a service that has no region names its partition's own.
    package init(regions: @escaping @Sendable (Service) -> String, credentials: any CredentialSource) {
        self.region = regions
        self.credentials = credentials
        last = Lock((credentials.name, []))
    }

    package func sign(_ request: HTTPRequest, service: Service, at now: Timestamp) async throws -> HTTPRequest {
        let credentials = try await find(at: now)
        return SigV4.sign(request, with: credentials, region: region(service), service: service.text, at: now)
    }

    package func check(at now: Timestamp) async throws { _ = try await find(at: now) }

    package var source: String { last.withLock { $0.source } }

    package var passedOver: [CredentialsMissing.Attempt] { last.withLock { $0.passedOver } }

    package func refused() async { credentials.invalidate() }

    private func find(at now: Timestamp) async throws -> AWSCredentials {
        do {
            let found = try await credentials.credentials(at: now)
            last.withLock { $0 = (found.source, found.passedOver) }
            return found
        } catch let none as NoCredentials {
            throw CredentialsMissing(attempts: none.links)
        }
    }
}
