import Provisioning

/// What the links of the chain reach outside with.
package struct CredentialDoors: Sendable {
    /// To what hands out credentials on the machine itself: container agents and instance metadata.
    package var transport: any Transport
    package var surroundings: Surroundings
    /// To AWS's own services, which only its chain asks.
    package var issuer: any AWSCredentialIssuer
    package var readFile: @Sendable (String) throws -> [UInt8]
    /// Runs a program, by its words and in an environment, and gives what it printed.
    package var run: @Sendable ([String], [String: String]) async -> ProgramEnd

    package init(
        transport: any Transport, surroundings: Surroundings, issuer: any AWSCredentialIssuer = NoAWSIssuer(),
        readFile: @escaping @Sendable (String) throws -> [UInt8] = FileFailure.read,
        run: @escaping @Sendable ([String], [String: String]) async -> ProgramEnd = { await Program.run($0, in: $1) }
    ) {
        self.transport = transport
        self.surroundings = surroundings
        self.issuer = issuer
        self.readFile = readFile
        self.run = run
    }

    /// Asks something that is near, and again where it did not answer or said that it cannot now.
    func ask(
        _ request: HTTPRequest, within deadline: Duration, attempts: Int
    ) async -> Result<HTTPResponse, TransportError> {
        var answer = await asked(request, within: deadline)
        for _ in 1..<max(attempts, 1) {
            if case .success(let response) = answer, !response.isBusy { return answer }
            let pause = Duration.milliseconds(100 + Int64(surroundings.random() % 200))
            guard (try? await surroundings.sleep(pause)) != nil else { return answer }
            answer = await asked(request, within: deadline)
        }
        return answer
    }

    private func asked(
        _ request: HTTPRequest, within deadline: Duration
    ) async -> Result<HTTPResponse, TransportError> {
        do { return .success(try await transport.send(request, within: deadline)) } catch { return .failure(error) }
    }
}

extension HTTPResponse {
    /// Asked again later, it may answer.
    var isBusy: Bool { status == 429 || (500..<600).contains(status) }
}
