import Provisioning
import Testing

/// What the outcome of a launch means for its machines.
@Suite struct ClosingTests {
    private let now = Sample.start + .seconds(30)

    private func launching(_ numbers: ClosedRange<Int>, attempt: Int = 1) -> [Machine] {
        numbers.map { number in
            Sample.machine(number, .launching) {
                $0.attempt = attempt
                $0.offering = Sample.spotA
            }
        }
    }

    private func instances(_ numbers: some Sequence<Int>) -> [Instance] {
        numbers.map { Instance(id: Instance.ID("i-\($0)"), state: .pending, type: "m6i.large", market: .spot) }
    }

    // MARK: Done

    @Test func whichInstanceBelongsToWhichMachineDoesNotDependOnTheOrderOfEither() {
        let machines = launching(1...5), instances = instances(101...105)
        let expected = Dictionary(
            uniqueKeysWithValues: (1...5).map { (Sample.id($0), Instance.ID("i-\(100 + $0)")) })
        var chance = SeededGenerator(seed: 12)
        for _ in 0..<50 {
            let closing = close(
                machines.shuffled(using: &chance), of: Sample.intent(of: machines),
                with: instances.shuffled(using: &chance), at: now)
            #expect(
                Dictionary(uniqueKeysWithValues: closing.moves.map { ($0.after.id, $0.after.instance) }) == expected)
        }
    }

    @Test func aMachineTakesOverWhatTheCloudGave() throws {
        var instance = Instance(id: "i-7", state: .running, type: "m6i.xlarge", market: .spot)
        instance.zone = "us-east-1c"
        instance.privateIP = "10.0.0.7"
        instance.publicIP = "192.0.2.7"
        instance.launchedAt = Sample.start + .seconds(2)
        let before = Sample.machine(1, .launching) {
            $0.offering = Offering(type: "m6i.large", zone: "us-east-1a", subnet: "subnet-1", market: .spot)
            $0.failure = Failure(.refused, "earlier", meaning: .capacity)
        }
        let move = try #require(close([before], of: Sample.intent(of: [before]), with: [instance], at: now).moves.first)
        #expect(move.before == before)
        #expect(move.after.state == .pending)
        #expect(move.after.since == now)
        #expect(move.after.instance == "i-7")
        #expect(
            move.after.offering == Offering(type: "m6i.xlarge", zone: "us-east-1c", subnet: "subnet-1", market: .spot))
        #expect(move.after.privateIP == "10.0.0.7")
        #expect(move.after.publicIP == "192.0.2.7")
        #expect(move.after.launchedAt == Sample.start + .seconds(2))
        #expect(move.after.failure == nil)
    }

    @Test func machinesLeftOverArePlannedAgainWithoutAFailure() {
        let closing = close(
            launching(1...3), of: Sample.intent(of: launching(1...3)), with: instances([9, 8]), at: now)
        #expect(closing.moves.map(\.after.state) == [.pending, .pending, .planned])
        #expect(closing.moves.map(\.after.instance) == ["i-8", "i-9", nil])
        #expect(closing.moves[2].after.failure == nil)
        #expect(closing.moves[2].after.offering == Sample.spotA)
        #expect(closing.moves[2].cause == "the launch brought 2 of 3")
        #expect(closing.blocks.isEmpty)
    }

    @Test func aLaunchThatBroughtNothingPlansEveryMachineAgain() {
        let closing = close(launching(1...2), of: Sample.intent(of: launching(1...2)), with: [], at: now)
        #expect(closing.moves.map(\.after.state) == [.planned, .planned])
    }

    @Test func anInstanceTooManyGoesToNoMachine() {
        let closing = close(
            launching(1...2), of: Sample.intent(of: launching(1...2)), with: instances([1, 2, 3]), at: now)
        #expect(closing.moves.map(\.after.instance) == ["i-1", "i-2"])
    }

    // MARK: Refused

    @Test(arguments: Refusal.Meaning.allCases)
    func aRefusalFailsWhereNothingWillHelpAndPlansAgainWhereSomethingMay(meaning: Refusal.Meaning) {
        let machines = launching(1...2)
        let refusal = Refusal(meaning, code: "X", message: "no")
        let closing = close(machines, of: Sample.intent(of: machines), with: refusal, at: now)
        let hopeless: Set<Refusal.Meaning> = [.credentials, .invalid]
        let state: Machine.State = hopeless.contains(meaning) ? .failed : .planned
        #expect(closing.moves.map(\.after.state) == [state, state])
        var failure = Failure(.refused, "X: no", meaning: meaning, code: "X")
        if meaning == .oversized { failure.atMost = 1 }
        #expect(closing.moves.map(\.after.failure) == [failure, failure])
        #expect(closing.moves.allSatisfy { $0.after.since == now })
    }

    @Test(arguments: [Refusal.Meaning.unclassified, .absent])
    func aNoThatNoTableKnowsIsTriedFourTimes(meaning: Refusal.Meaning) {
        for (attempt, state) in [(1, Machine.State.planned), (3, .planned), (4, .failed), (5, .failed)] {
            let machines = launching(1...1, attempt: attempt)
            let refusal = Refusal(meaning, code: "X", message: "no")
            let closing = close(machines, of: Sample.intent(of: machines), with: refusal, at: now)
            #expect(closing.moves.map(\.after.state) == [state])
        }
    }

    /// A network that is down comes back; the deadline ends what waits for it.
    @Test func anEndpointThatCannotBeReachedIsNeverGivenUp() {
        let machines = launching(1...1, attempt: 40)
        let refusal = Refusal(.unreachable, code: "X", message: "no")
        let closing = close(machines, of: Sample.intent(of: machines), with: refusal, at: now)
        #expect(closing.moves.map(\.after.state) == [.planned])
    }

    @Test func aRefusalLeavesABlockForAsLongAsItHolds() throws {
        let machines = launching(1...1)
        let refusal = Refusal(.capacity, code: "X", message: "no", holdsSeconds: 77)
        let closing = close(machines, of: Sample.intent(of: machines, offering: Sample.spotB), with: refusal, at: now)
        let scope = Block.Scope(account: Sample.account, reach: .offering(Sample.spotB))
        #expect(closing.blocks == [Block(scope: scope, since: now, until: now + .seconds(77), refusal: refusal)])
    }

    @Test(arguments: [
        Refusal.Meaning.throttled, .credentials, .invalid, .conflict, .absent, .unreachable, .unclassified,
    ])
    func aRefusalThatSaysNothingAboutOfferingsLeavesNoBlock(meaning: Refusal.Meaning) {
        let machines = launching(1...1)
        let refusal = Refusal(meaning, code: "X", message: "no", holdsSeconds: 60)
        #expect(close(machines, of: Sample.intent(of: machines), with: refusal, at: now).blocks.isEmpty)
    }

    /// From the first unknown no to the last: the planner and the closing together.
    @Test func anUnknownNoIsTriedAgainLaterAndLaterAndThenEndsTheRequest() {
        var machine = Sample.machine(1)
        var now = Sample.start
        var waits: [Duration] = []
        let request = Sample.request(count: 1)
        let refusal = Refusal(.unclassified, code: "NewCode", message: "no")
        for _ in 0..<20 where !machine.state.isFinal {
            let plan = plan(Sample.snapshot(request, [machine]), at: now)
            if let wakeAt = plan.wakeAt, plan.steps.isEmpty {
                waits.append(wakeAt - now)
                now = wakeAt
            } else if case .launch(_, let offerings)? = plan.steps.first {
                let offering = offerings[0]
                #expect(offering == Sample.spotA)
                let intent = Sample.intent(of: [machine], offering: offering, attempts: 1)
                machine.state = .launching
                machine.offering = offering
                machine.attempt += 1
                machine = close([machine], of: intent, with: refusal, at: now).moves[0].after
            }
        }
        #expect(waits == [.seconds(1), .seconds(2), .seconds(4)])
        #expect(machine.state == .failed)
        #expect(machine.failure == Failure(.refused, "NewCode: no", meaning: .unclassified, code: "NewCode"))
        #expect(plan(Sample.snapshot(request, [machine]), at: now).steps == [.settle(.failed)])
    }

    // MARK: Given up

    @Test func anAbandonedLaunchLeavesItsMachinesWhereTheyWere() {
        let machines = launching(1...2, attempt: 3)
        let moves = abandon(machines, at: now).moves
        #expect(moves.map(\.before) == machines)
        #expect(moves.map(\.after.state) == [.planned, .planned])
        #expect(moves.map(\.after.attempt) == [3, 3])
        #expect(abandon(machines, at: now).blocks.isEmpty)
    }

    @Test func aChangeWithinAStateDoesNotBeginItAnew() {
        let machine = Sample.machine(1, .running)
        #expect(Move(machine, cause: "seen", at: now) { $0.publicIP = "192.0.2.1" }.after.since == machine.since)
        #expect(Move(machine, cause: "gone", at: now) { $0.state = .lost }.after.since == now)
    }
}
