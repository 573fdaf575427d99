import Provisioning

@testable import Cloud

/// A cloud that answers as it is told to, and a clock that only sleeping turns.
final class PacedWorld: Transport {
    private struct State {
        var now = PacedWorld.start
        var answers: [Int?] = []
        var retryAfter: Duration?
        var sent = 0
    }

    private static let start = Timestamp(seconds: 1_800_000_000)
    private let state = Lock(State())

    var now: Timestamp { state.withLock { $0.now } }
    var elapsed: Duration { now - PacedWorld.start }
    var elapsedMilliseconds: Int64 { elapsed.wholeMicroseconds / 1000 }
    var sent: Int { state.withLock { $0.sent } }

    func advance(by duration: Duration) { state.withLock { $0.now = $0.now + duration } }

    var surroundings: Surroundings {
        Surroundings(now: { self.now }, sleep: { self.advance(by: $0) }, random: { 0 })
    }

    /// The statuses of the next answers; nil: there is none. After those, every answer is a yes.
    func answers(_ statuses: [Int?], retryAfter: Duration? = nil) {
        state.withLock {
            $0.answers = statuses
            $0.retryAfter = retryAfter
        }
    }

    func send(_ request: HTTPRequest, within deadline: Duration) async throws(TransportError) -> HTTPResponse {
        let answer = state.withLock { state in
            state.sent += 1
            return state.answers.isEmpty ? 200 : state.answers.removeFirst()
        }
        guard let answer else { throw .unknown("lost") }
        return HTTPResponse(status: answer)
    }

    func call(_ action: String, _ effect: CallEffect = .changes, machines: Int = 0) -> Call<Void> {
        let retryAfter = state.withLock { $0.retryAfter }
        var call = Call<Void>(
            action: action, effect: effect, service: "ec2", method: "POST", read: { _ in },
            fault: { Fault(status: $0.status, code: PacedWorld.codes[$0.status], message: "", retryAfter: retryAfter) })
        call.machines = machines
        return call
    }

    private static let codes = [503: "RequestLimitExceeded", 400: "Full"]

    func session(_ table: PaceTable) -> Session {
        Session(
            cloud: "aws", region: "us-east-1", endpoints: { _ in Endpoint(scheme: .https, host: "ec2.test") },
            signer: Unsigned(source: "nobody"), transport: self, pace: Pace(table),
            refusals: RefusalTable(rows: [
                "RequestLimitExceeded": .init(meaning: .throttled), "Full": .init(meaning: .capacity),
            ]), surroundings: surroundings)
    }
}
