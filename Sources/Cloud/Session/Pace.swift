import Provisioning

/// How fast an account's API may be called: a token bucket for calls that read and one for calls that change.
///
/// Seeded from `providers/`; a throttle empties the bucket and halves its refill, which recovers by itself.
package final class Pace: Sendable {
    /// Tokens a second, and how many may be saved up.
    package struct Rate: Sendable, Hashable {
        package var perSecond: Double
        package var burst: Double

        package init(perSecond: Double, burst: Double) {
            self.perSecond = perSecond
            self.burst = burst
        }
    }

    fileprivate struct Bucket {
        let rate: Rate
        var tokens: Double
        var filledAt: Timestamp?
        /// Between 1/16 and 1: what throttles have left of the refill.
        var share = 1.0
    }

    private let reading: Lock<Bucket>
    private let changing: Lock<Bucket>

    package init(reading: Rate, changing: Rate) {
        self.reading = Lock(Bucket(rate: reading, tokens: reading.burst))
        self.changing = Lock(Bucket(rate: changing, tokens: changing.burst))
    }

    /// Waits for its turn; turns are handed out in the order they were asked for.
    func wait(for effect: CallEffect, _ surroundings: Surroundings) async throws {
        let delay = bucket(effect).withLock { $0.take(at: surroundings.now()) }
        if delay > .zero { try await surroundings.sleep(delay) }
    }

    func slowDown(_ effect: CallEffect, at now: Timestamp) {
        bucket(effect).withLock {
            $0.fill(to: now)
            $0.tokens = min($0.tokens, 0)
            $0.share = max($0.share / 2, 1.0 / 16)
        }
    }

    private func bucket(_ effect: CallEffect) -> Lock<Bucket> {
        switch effect {
        case .reads: reading
        case .changes: changing
        }
    }
}

extension Pace.Bucket {
    /// Takes a token, going into debt if need be; returns how long until the debt is paid.
    fileprivate mutating func take(at now: Timestamp) -> Duration {
        fill(to: now)
        tokens -= 1
        guard tokens < 0 else { return .zero }
        return .microseconds(Int64(-tokens / (rate.perSecond * share) * 1_000_000))
    }

    fileprivate mutating func fill(to now: Timestamp) {
        // A clock that is set back must not stop the filling until it has caught up.
        defer { filledAt = now }
        guard let filledAt, now > filledAt else { return }
        let seconds = Double((now - filledAt).wholeMicroseconds) / 1_000_000
        tokens = min(rate.burst, tokens + seconds * rate.perSecond * share)
        // A minute without a throttle makes up for one.
        share = min(1, share * (1 + seconds / 60))
    }
}
