import Provisioning

/// How fast a cloud's API may be called, as its manual says: what an account begins with.
package struct PaceTable: Sendable, Hashable {
    /// Tokens a second, and how many may be saved up.
    package struct Rate: Sendable, Hashable {
        package var perSecond: Double
        package var burst: Double

        package init(perSecond: Double, burst: Double) {
            self.perSecond = perSecond
            self.burst = burst
        }
    }

    /// Actions that a cloud counts together, apart from all others.
    package struct Family: Sendable, Hashable {
        package var name: String
        package var service: Service
        /// `Describe*` stands for every action that begins so.
        package var actions: [String]
        package var calls: Rate
        /// What the machines that its calls are about are counted by, if they are.
        package var machines: Rate?

        package init(name: String, service: Service, actions: [String], calls: Rate, machines: Rate? = nil) {
            self.name = name
            self.service = service
            self.actions = actions
            self.calls = calls
            self.machines = machines
        }

        func holds(_ action: String, of service: Service) -> Bool {
            service == self.service
                && actions.contains { $0.hasSuffix("*") ? action.hasPrefix($0.dropLast()) : action == $0 }
        }
    }

    /// For what is in no family.
    package var reading: Rate
    package var changing: Rate
    /// The first that holds an action counts.
    package var families: [Family]

    package init(reading: Rate, changing: Rate, families: [Family] = []) {
        self.reading = reading
        self.changing = changing
        self.families = families
    }

    /// For a cloud that counts nothing unless it is told to, as the emulated one: its throttles teach what it counts.
    package var withoutFamilies: PaceTable { PaceTable(reading: reading, changing: changing) }
}

/// How fast an account's API is called: a bucket of tokens for each family of actions, shared by all who call.
///
/// Seeded from `providers/`; a throttle empties the bucket and halves its refill, which recovers by itself.
package final class Pace: Sendable {
    package typealias Rate = PaceTable.Rate

    private struct Line: Sendable {
        let family: PaceTable.Family?
        let state: Lock<Counters>
    }

    private struct Counters {
        var calls: Bucket
        var machines: Bucket?
        /// How many calls were sent, and how many were when the last throttle slowed it down.
        var sent = 0
        var slowedAfter = 0
    }

    /// Which call of its family one is; what was sent before a throttle cannot have heeded it.
    struct Departure: Sendable { fileprivate let number: Int }

    /// How long whoever waits may be gone before it is noticed.
    private static let attention: Duration = .seconds(5)

    private let lines: [Line]
    private let reading: Line
    private let changing: Line

    package init(_ table: PaceTable) {
        func line(_ calls: Rate, _ family: PaceTable.Family? = nil) -> Line {
            Line(
                family: family, state: Lock(Counters(calls: Bucket(calls), machines: family?.machines.map(Bucket.init)))
            )
        }
        lines = table.families.map { line($0.calls, $0) }
        reading = line(table.reading)
        changing = line(table.changing)
    }

    package convenience init(reading: Rate, changing: Rate) {
        self.init(PaceTable(reading: reading, changing: changing))
    }

    /// Waits for a call's turn; turns are handed out in the order they were asked for.
    ///
    /// Whether it is still wanted is asked every now and then; if not, its place goes to those behind it.
    ///
    /// - Returns: whether it was wanted to the end.
    func wait<Reply>(
        for call: Call<Reply>, _ surroundings: Surroundings, while isWanted: () throws -> Bool
    ) async throws -> Bool {
        let state = line(of: call).state
        let turn = state.withLock { counters in
            (
                call: counters.calls.take(1, at: surroundings.now()),
                machines: call.machines == 0
                    ? nil : counters.machines?.take(Double(call.machines), at: surroundings.now())
            )
        }
        var hasLeft = false
        defer { if !hasLeft { state.withLock { $0.calls.giveBack(1) }; giveBack(call) } }
        while true {
            let now = surroundings.now()
            // Looked at again after every sleep: a throttle in the meantime has moved all who wait.
            let delay = state.withLock { counters in
                max(
                    counters.calls.delay(until: turn.call, at: now),
                    turn.machines.flatMap { counters.machines?.delay(until: $0, at: now) } ?? .zero)
            }
            hasLeft = delay <= .zero
            if hasLeft { return true }
            guard try isWanted() else { return false }
            try await surroundings.sleep(min(delay, Pace.attention))
            // A clock that stands still says nothing about how long was slept.
            hasLeft = surroundings.now() <= now
            if hasLeft { return true }
        }
    }

    func depart<Reply>(_ call: Call<Reply>) -> Departure {
        line(of: call).state.withLock {
            $0.sent += 1
            return Departure(number: $0.sent)
        }
    }

    /// The cloud said that it goes too fast.
    ///
    /// Many calls that were under way at once are told so at once: they slow it down once, not each of them.
    func slowDown<Reply>(_ call: Call<Reply>, _ departure: Departure, for pause: Duration?, at now: Timestamp) {
        line(of: call).state.withLock { counters in
            if let pause { counters.calls.pause(until: now + pause, at: now) }
            guard departure.number > counters.slowedAfter else { return }
            counters.slowedAfter = counters.sent
            counters.calls.slowDown(at: now)
        }
    }

    /// The cloud said how many more like it it takes for now: others than we may be calling, too.
    func limit<Reply>(_ call: Call<Reply>, to count: Int, at now: Timestamp) {
        line(of: call).state.withLock { $0.calls.keep(Double(max(0, count)), at: now) }
    }

    /// Nothing came of a call that we know of: what it would have used up is there for the next.
    func giveBack<Reply>(_ call: Call<Reply>) {
        guard call.machines > 0 else { return }
        line(of: call).state.withLock { $0.machines?.giveBack(Double(call.machines)) }
    }

    /// What throttles have left of the rate, from 1/16 to 1.
    func share<Reply>(of call: Call<Reply>) -> Double { line(of: call).state.withLock(\.calls.share) }

    private func line<Reply>(of call: Call<Reply>) -> Line {
        lines.first { $0.family?.holds(call.action, of: call.service) == true }
            ?? (call.effect == .reads ? reading : changing)
    }
}
