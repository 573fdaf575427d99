import Provisioning

/// A value made from things that change: kept for a time, made again at once when they did.
///
/// Single flight: however many ask at once, one makes the value.
///
/// - While there is none, the others wait for it.
/// - When its time is over, they get the old one meanwhile: the time to live is for changes that an identity does
///   not show, so there is no reason to think that there was one.
/// - When the identity of what it was made from is another, nobody who asks after the change gets the old one: they
///   wait for a load that began after they asked.
package final class TimedCache<Identity: Equatable & Sendable, Value: Sendable>: Sendable {
    let timeToLive: Duration
    private let now: @Sendable () -> Timestamp
    private let identify: @Sendable () -> Identity
    private let make: @Sendable (Identity, Value?) -> Value
    private let state = Monitor(State())
    private let signal = Lock<(any ChangeSignal)?>(nil)

    private struct State {
        var kept: Kept?
        /// Loads are numbered from 1 as they begin; one is under way at most.
        var begun = 0
        var isLoading = false
        var loads = 0
        var changes = 0
        var hits = 0
    }

    private struct Kept {
        var value: Value
        var identity: Identity
        var mark: UInt64?
        var madeAt: Timestamp
        var load: Int
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

    /// From now on nothing is identified while the signal says that nothing changed.
    package func listen(to signal: any ChangeSignal) { self.signal.withLock { $0 = signal } }

    private var listened: (any ChangeSignal)? { signal.withLock { $0 } }

    // MARK: - Asking

    package func value() -> Value {
        let moment = now()
        // What began after this has seen whatever was there when we were asked.
        let before = state.withLock { $0.begun }
        let evidence: Evidence = if let mark = listened?.mark() { .mark(mark) } else { .identity(identify()) }
        let step = state.wait { decide(&$0, evidence, moment, after: before) }
        switch step {
        case .take(let value): return value
        case .load(let number, let last): return load(number, last)
        }
    }

    /// By what an asker knows whether a kept value is made from what is there.
    private enum Evidence {
        case mark(UInt64)
        case identity(Identity)
    }

    private enum Step {
        case take(Value)
        /// It is for the asker to make it.
        case load(Int, last: Value?)
    }

    /// Nil: to be asked again when the load under way is over.
    private func decide(_ state: inout State, _ evidence: Evidence, _ moment: Timestamp, after before: Int) -> Step? {
        if let kept = state.kept {
            let isSame =
                switch evidence {
                case .mark(let mark): kept.mark == mark
                case .identity(let identity): kept.identity == identity
                }
            let isServed = isSame && (state.isLoading || isFresh(kept.madeAt, at: moment))
            if isServed || kept.load > before {
                state.hits += 1
                return .take(kept.value)
            }
        }
        if state.isLoading { return nil }
        state.isLoading = true
        state.begun += 1
        return .load(state.begun, last: state.kept?.value)
    }

    private func load(_ number: Int, _ last: Value?) -> Value {
        let moment = now()
        // All of this before the value is made: what changes while we read is seen as changed the next time.
        let mark = listened?.renew()
        let identity = identify()
        let value = make(identity, last)
        state.change { state in
            state.isLoading = false
            state.loads += 1
            if let kept = state.kept, kept.identity != identity || kept.mark != mark { state.changes += 1 }
            state.kept = Kept(value: value, identity: identity, mark: mark, madeAt: moment, load: number)
        }
        return value
    }

    /// A clock that was set back makes nothing fresh for longer.
    private func isFresh(_ madeAt: Timestamp, at moment: Timestamp) -> Bool {
        moment >= madeAt && moment - madeAt < timeToLive
    }

    // MARK: - What there is to tell of it

    package var status: CacheStatus {
        let moment = now()
        return state.withLock { state in
            CacheStatus(
                cachedAt: state.kept?.madeAt, age: state.kept.map { moment - $0.madeAt }, timeToLive: timeToLive,
                isExpired: state.kept.map { !isFresh($0.madeAt, at: moment) } ?? true, hits: state.hits,
                loads: state.loads, changes: state.changes)
        }
    }

    /// The last value and what it was made from, whatever became of that; nil: none was made yet.
    var last: (value: Value, identity: Identity, madeAt: Timestamp)? {
        state.withLock { $0.kept.map { ($0.value, $0.identity, $0.madeAt) } }
    }
}

/// What a cache can tell of its entry.
package struct CacheStatus: Sendable, Hashable {
    /// Nil: there is none yet.
    package var cachedAt: Timestamp?
    package var age: Duration?
    package var timeToLive: Duration
    /// Whether the next to ask makes it anew.
    package var isExpired: Bool
    /// How often the entry answered without being made.
    package var hits: Int
    package var loads: Int
    /// How many of the loads found something else than the one before.
    package var changes: Int
}

/// Tells without a look whether anything changed.
package protocol ChangeSignal: Sendable {
    /// Another number after every change, from the moment the change is made; nil: only a look can tell.
    func mark() -> UInt64?
    /// The same at the beginning of a load, having seen to it that all that will be read is watched.
    func renew() -> UInt64?
}
