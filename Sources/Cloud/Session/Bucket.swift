import Provisioning

/// Tokens that come by the second; whoever wants some is given a place in line, and waits until that many have come.
struct Bucket {
    private let rate: PaceTable.Rate
    /// All that ever came, and all that was ever asked for: a turn is due once as many have come as were asked for
    /// up to it. So whoever asks first is due first, however the rate changes meanwhile.
    private var come: Double
    private var asked = 0.0
    private var filledAt: Timestamp?
    private var pausedUntil: Timestamp?
    /// Between 1/16 and 1: what throttles have left of the refill.
    private(set) var share = 1.0

    /// Full.
    init(_ rate: PaceTable.Rate) {
        self.rate = rate
        come = rate.burst
    }

    /// Returns a place in line.
    mutating func take(_ count: Double, at now: Timestamp) -> Double {
        fill(to: now)
        asked += count
        return asked
    }

    /// How long until a place in line is due, if nothing changes.
    mutating func delay(until place: Double, at now: Timestamp) -> Duration {
        fill(to: now)
        let pause = pausedUntil.map { max(.zero, $0 - now) } ?? .zero
        guard place > come else { return pause }
        let seconds = (place - come) / (rate.perSecond * share)
        return pause + .microseconds(Int64((seconds * 1_000_000).rounded(.up)) + 1)
    }

    /// Halves the rate and takes away what was saved up.
    mutating func slowDown(at now: Timestamp) {
        fill(to: now)
        come = min(come, asked)
        share = max(share / 2, 1.0 / 16)
    }

    /// No more than so many are saved up, as whoever counts them says.
    mutating func keep(_ count: Double, at now: Timestamp) {
        fill(to: now)
        come = min(come, asked + count)
    }

    /// Nothing comes until then.
    mutating func pause(until moment: Timestamp, at now: Timestamp) {
        fill(to: now)
        pausedUntil = max(pausedUntil ?? moment, moment)
    }

    mutating func giveBack(_ count: Double) { come = min(asked + rate.burst, come + count) }

    private mutating func fill(to now: Timestamp) {
        // A clock that is set back must not stop the filling until it has caught up.
        defer { filledAt = now }
        guard let filledAt else { return }
        let start = max(filledAt, pausedUntil ?? filledAt)
        guard now > start else { return }
        let seconds = Double((now - start).wholeMicroseconds) / 1_000_000
        come = min(asked + rate.burst, come + seconds * rate.perSecond * share)
        // A minute without a throttle makes up for one.
        share = min(1, share * (1 + seconds / 60))
    }
}
