import Provisioning

/// A value made from things that change: kept for a time, made again at once when they did.
///
/// Single flight: however many ask at once, one makes the value and the others wait for it. Every question looks
/// at the identity of what the value was made from; the time to live is for changes an identity does not show.
package final class TimedCache<Identity: Equatable & Sendable, Value: Sendable>: Sendable {
    private let timeToLive: Duration
    private let now: @Sendable () -> Timestamp
    private let identify: @Sendable () -> Identity
    private let make: @Sendable (Identity, Value?) -> Value
    private let kept = Lock<Kept?>(nil)

    private struct Kept {
        var value: Value
        var identity: Identity
        var madeAt: Timestamp
    }

    /// `make` is given the last value, so that it can keep it if the new one is no good.
    package init(
        timeToLive: Duration, now: @escaping @Sendable () -> Timestamp,
        identify: @escaping @Sendable () -> Identity, make: @escaping @Sendable (Identity, Value?) -> Value
    ) {
        self.timeToLive = timeToLive
        self.now = now
        self.identify = identify
        self.make = make
    }

    package func value() -> Value {
        kept.withLock { kept in
            // Before the value is made: what changes while we read is seen as changed the next time.
            let identity = identify(), moment = now()
            if let kept, kept.identity == identity, isFresh(kept.madeAt, at: moment) { return kept.value }
            let value = make(identity, kept?.value)
            kept = Kept(value: value, identity: identity, madeAt: moment)
            return value
        }
    }

    /// A clock that was set back makes nothing fresh for longer.
    private func isFresh(_ madeAt: Timestamp, at moment: Timestamp) -> Bool {
        moment >= madeAt && moment - madeAt < timeToLive
    }
}
