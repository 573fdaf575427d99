import Provisioning

/// Carries calls for one account and region: paces, signs, sends, classifies.
///
/// `send` is the only code in the house that sends.
package struct Session: Sendable {
    package let cloud: CloudName
    package let region: String
    /// The code of the refusal where there was nothing to sign with.
    package static let noCredentials = "CredentialsMissing"
    private let endpoints: @Sendable (Service) -> Endpoint
    private let signer: any Signer
    private let transport: any Transport
    private let pace: Pace
    private let refusals: RefusalTable
    private let retries = RetryBudget()
    private let surroundings: Surroundings

    package init(
        cloud: CloudName, region: String, endpoints: @escaping @Sendable (Service) -> Endpoint, signer: any Signer,
        transport: any Transport, pace: Pace, refusals: RefusalTable, surroundings: Surroundings
    ) {
        self.cloud = cloud
        self.region = region
        self.endpoints = endpoints
        self.signer = signer
        self.transport = transport
        self.pace = pace
        self.refusals = refusals
        self.surroundings = surroundings
    }

    /// Waits until a call may be sent.
    ///
    /// - Parameter isWanted: asked every few seconds of a long wait.
    /// - Returns: whether it is still wanted.
    /// - Throws: `CancellationError`, or what `isWanted` throws.
    @discardableResult
    package func takeTurn<Reply>(
        for call: Call<Reply>, while isWanted: () throws -> Bool = { true }
    ) async throws -> Bool {
        try await pace.wait(for: call, surroundings, while: isWanted)
    }

    /// Waits as long as a procedure is to wait before its next call.
    func rest(for pause: Duration) async throws {
        if pause > .zero { try await surroundings.sleep(pause) }
    }

    /// A call that had its turn is not made after all.
    package func giveBackTurn<Reply>(of call: Call<Reply>) { pace.giveBack(call) }

    /// Waits for its turn, makes a call and says what became of it.
    package func perform<Reply>(_ call: Call<Reply>, within deadline: Duration) async -> Outcome<Reply> {
        do {
            try await takeTurn(for: call)
        } catch {
            return .refused(Refusal(.unreachable, code: "NotSent", message: "\(error)"))
        }
        return await send(call, within: deadline)
    }

    /// Makes a call that has had its turn, and says what became of it.
    ///
    /// Nothing thrown here: what could not be sent at all is a refusal (`credentials`, `unreachable`), what
    /// may have been acted on without our hearing of it is `unknown`.
    package func send<Reply>(_ call: Call<Reply>, within deadline: Duration) async -> Outcome<Reply> {
        let signed: HTTPRequest
        do {
            signed = try await signer.sign(request(for: call), service: call.service, at: surroundings.now())
        } catch let missing as CredentialsMissing {
            return .refused(Refusal(.credentials, code: Session.noCredentials, message: missing.description))
        } catch {
            return .refused(Refusal(.unreachable, code: "NotSent", message: "\(error)"))
        }
        let departure = pace.depart(call)
        let outcome: Outcome<Reply>
        do {
            let response = try await transport.send(signed, within: deadline)
            outcome = await judge(response, of: call, departure)
        } catch .unsent(let why) {
            outcome = .refused(Refusal(.unreachable, code: "Unreachable", message: why))
        } catch {
            outcome = .unknown(error)
        }
        if case .done = outcome {} else { pace.giveBack(call) }
        return outcome
    }

    /// The refusal that a fault inside an answer is, such as one machine's among many; nil: it leaves doubt.
    ///
    /// - Parameter fault: with status 200 where the answer itself was a yes.
    package func refusal(for fault: Fault) -> Refusal? { refusals.judge(fault) }

    /// How long to wait before a call is made again that the cloud was too busy for, or that nobody heard of: the
    /// back-off while few are, else much longer.
    package func delayBeforeRetry(after backoff: Duration) -> Duration {
        retries.delay(backoff, at: surroundings.now())
    }

    /// Whether so much had to be tried again lately that nothing should be asked without need.
    var isSparing: Bool { retries.isSpent }

    /// Looks whether there are credentials, without sending anything to the cloud they are for.
    ///
    /// - Throws: `CredentialsMissing`
    package func checkCredentials() async throws { try await signer.check(at: surroundings.now()) }

    /// Which link of the credential chain answers.
    package var credentialSource: String { signer.source }

    /// The links that were asked before that one, and why they did not answer.
    package var credentialsPassedOver: [CredentialsMissing.Attempt] { signer.passedOver }

    /// The call as it would be sent, without its signature; what a dry run prints.
    package func request<Reply>(for call: Call<Reply>) -> HTTPRequest {
        HTTPRequest(
            method: call.method, endpoint: endpoints(call.service), path: call.path, query: call.query,
            headers: call.headers, body: call.body)
    }

    private func judge<Reply>(
        _ response: HTTPResponse, of call: Call<Reply>, _ departure: Pace.Departure
    ) async -> Outcome<Reply> {
        if let headroom = call.headroom?(response) { pace.limit(call, to: headroom, at: surroundings.now()) }
        guard !(200..<300).contains(response.status) else {
            do {
                let reply = try call.read(response)
                retries.earn()
                return .done(reply)
            } catch let refusal as Refusal {
                // An answer may be a no by what it tells.
                return .refused(refusal)
            } catch let inside as FaultInside {
                return refusals.judge(inside.fault).map { .refused($0) } ?? .unknown(Unanswered(fault: inside.fault))
            } catch {
                return .unknown(error)
            }
        }
        let fault = call.fault(response)
        if let reply = call.consent?(fault) {
            retries.earn()
            return .done(reply)
        }
        switch refusals.judge(fault) {
        case nil:
            return .unknown(Unanswered(fault: fault))
        case var refusal?:
            if refusal.meaning == .throttled {
                pace.slowDown(call, departure, for: fault.retryAfter, at: surroundings.now())
            } else {
                retries.earn()
            }
            // Not where it is one market alone that is closed to us: who we are was accepted then.
            if refusal.meaning == .credentials, refusal.reach == nil {
                await signer.refused()
                refusal.message += " (credentials: \(signer.source))"
            }
            return .refused(refusal)
        }
    }
}

/// A no that came in the form of a yes, as at the end of an operation that was asked after.
package struct FaultInside: Error, Sendable {
    package let fault: Fault

    package init(_ fault: Fault) { self.fault = fault }
}

/// A server-side failure: it may have acted before it failed.
package struct Unanswered: Error, Sendable, CustomStringConvertible {
    package let fault: Fault

    package var description: String {
        "HTTP \(fault.status)" + (fault.code.map { " \($0)" } ?? "")
            + (fault.message.isEmpty ? "" : ": \(fault.message)")
    }
}
