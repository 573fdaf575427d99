import Catalog
import Provisioning
import Testing

/// Readers at once, with a loader that the test holds up.
@Suite(.timeLimit(.minutes(1))) struct SingleFlightTests {
    private let clock = Lock(Timestamp(seconds: 1_700_000_000))
    private let identity = Lock(1)
    private let looks = Lock(0)
    private let gate = Gate()
    /// Whether loads stop at the gate.
    private let isHeld = Lock(false)

    /// Its values say what they were made of, as it was when they were made.
    private func cache() -> TimedCache<Int, String> {
        let (clock, identity, looks, gate, isHeld) = (clock, identity, looks, gate, isHeld)
        return TimedCache(timeToLive: .seconds(60), now: { clock.withLock { $0 } }) {
            looks.withLock { $0 += 1 }
            return identity.withLock { $0 }
        } make: { identity, last in
            if isHeld.withLock({ $0 }) { gate.stopHere() }
            return "\(identity) after \(last ?? "nothing")"
        }
    }

    private func turnClock(by duration: Duration) { clock.withLock { $0 = $0 + duration } }
    private func hold(_ claim: Bool) { isHeld.withLock { $0 = claim } }
    private func change(to number: Int) { identity.withLock { $0 = number } }

    @Test func aHundredReadersAtOnceCauseOneLoad() {
        let cache = cache()
        for round in 1...5 {
            change(to: round)
            hold(true)
            let readers = (1...100).map { _ in Reader { cache.value() } }
            gate.awaitArrival()
            hold(false)
            gate.letPass()
            let values = Set(readers.map { $0.value() })
            #expect(values.count == 1)
            #expect(values.first?.hasPrefix("\(round) ") == true)
            #expect(cache.status.loads == round)
            #expect(cache.status.hits == 99 * round)
        }
    }

    @Test func whoAsksWhileTheTimeIsOverIsServedTheOldValueMeanwhile() {
        let cache = cache()
        #expect(cache.value() == "1 after nothing")
        turnClock(by: .seconds(61))
        hold(true)
        let loader = Reader { cache.value() }
        gate.awaitArrival()
        // In this thread, which could not open the gate if it were held up itself.
        for _ in 1...100 { #expect(cache.value() == "1 after nothing") }
        gate.letPass()
        #expect(loader.value() == "1 after 1 after nothing")
        #expect(cache.value() == "1 after 1 after nothing")
        #expect(cache.status.loads == 2)
    }

    @Test func aChangeDuringALoadIsSeenByAllWhoAskAfterIt() {
        let cache = cache()
        _ = cache.value()
        turnClock(by: .seconds(61))
        hold(true)
        let loader = Reader { cache.value() }
        gate.awaitArrival()
        change(to: 2)
        let readers = (1...20).map { _ in Reader { cache.value() } }
        hold(false)
        gate.letPass()
        #expect(loader.value() == "1 after 1 after nothing")
        #expect(Set(readers.map { $0.value() }) == ["2 after 1 after 1 after nothing"])
        #expect(cache.status.loads == 3)
    }

    @Test func aChangeDuringTheFirstLoadIsSeenToo() {
        let cache = cache()
        hold(true)
        let loader = Reader { cache.value() }
        gate.awaitArrival()
        change(to: 2)
        let reader = Reader { cache.value() }
        hold(false)
        gate.letPass()
        #expect(loader.value() == "1 after nothing")
        #expect(reader.value() == "2 after 1 after nothing")
    }

    // MARK: - With somebody who tells of changes

    private final class Bell: ChangeSignal {
        let number = Lock<UInt64?>(1)
        func mark() -> UInt64? { number.withLock { $0 } }
        func renew() -> UInt64? { mark() }
    }

    @Test func nothingIsLookedAtWhileNobodyRings() {
        let cache = cache(), bell = Bell()
        cache.listen(to: bell)
        _ = cache.value()
        let before = looks.withLock { $0 }
        for _ in 1...100 { #expect(cache.value() == "1 after nothing") }
        #expect(looks.withLock { $0 } == before)
        #expect(cache.status.loads == 1)

        // What an identity does not show is a change all the same.
        bell.number.withLock { $0 = 2 }
        #expect(cache.value() == "1 after 1 after nothing")
        #expect(cache.status.changes == 1)

        turnClock(by: .seconds(61))
        _ = cache.value()
        #expect(cache.status.loads == 3)
        #expect(cache.status.changes == 1)
    }

    @Test func whereNobodyCanTellALookDoes() {
        let cache = cache(), bell = Bell()
        cache.listen(to: bell)
        _ = cache.value()
        bell.number.withLock { $0 = nil }
        #expect(cache.value() == "1 after nothing")
        change(to: 2)
        #expect(cache.value() == "2 after 1 after nothing")
        change(to: 3)
        bell.number.withLock { $0 = 7 }
        #expect(cache.value().hasPrefix("3 "))
    }

    @Test func aRingDuringALoadIsHeard() {
        let cache = cache(), bell = Bell()
        cache.listen(to: bell)
        hold(true)
        let loader = Reader { cache.value() }
        gate.awaitArrival()
        bell.number.withLock { $0 = 2 }
        let readers = (1...20).map { _ in Reader { cache.value() } }
        hold(false)
        gate.letPass()
        #expect(loader.value() == "1 after nothing")
        #expect(Set(readers.map { $0.value() }) == ["1 after 1 after nothing"])
    }
}
