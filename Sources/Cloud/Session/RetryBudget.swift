import Provisioning

/// How many calls of an account may soon be made again: a hundred to begin with, and a fifth more for every answer.
///
/// When a cloud is down or overrun, everything that fails wants to be tried again; without a bound, that is all it
/// would be asked to do. Once the budget is spent, what is tried again waits for as long as anything ever waits, one
/// call after the other, until answers come. First calls take nothing from it and wait for nobody.
///
/// As the AWS SDKs count it (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
final class RetryBudget: Sendable {
    private static let longestWait: Duration = .seconds(60)
    /// Between two calls that are made again while the budget is spent.
    private static let spacing: Duration = .seconds(1)
    private static let size = 100.0
    private static let anAnswer = 0.2

    private struct State {
        var left = RetryBudget.size
        var lastTurn: Timestamp?
    }

    private let state = Lock(State())

    init() {}

    /// How long to wait before a call is made again that would otherwise be after `backoff`.
    func delay(_ backoff: Duration, at now: Timestamp) -> Duration {
        state.withLock { state in
            if state.left >= 1 {
                state.left -= 1
                return backoff
            }
            var turn = now + max(backoff, RetryBudget.longestWait)
            if let last = state.lastTurn { turn = max(turn, last + RetryBudget.spacing) }
            state.lastTurn = turn
            return turn - now
        }
    }

    /// The cloud answered a call, and not that it is overrun.
    func earn() {
        state.withLock { $0.left = min(RetryBudget.size, $0.left + RetryBudget.anAnswer) }
    }

    /// Whether nothing is left.
    var isSpent: Bool { state.withLock { $0.left < 1 } }
}
