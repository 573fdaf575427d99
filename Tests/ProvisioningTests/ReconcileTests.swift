import Provisioning
import Testing

/// What a listing says of machines that have an instance.
@Suite struct ReconcileTests {
    private let now = Sample.start + .seconds(1000)

    private func listing(
        _ instances: [Instance] = [], askedAt: Timestamp? = nil, isComplete: Bool = true
    ) -> Listing {
        Listing(instances: instances, askedAt: askedAt ?? now, isComplete: isComplete)
    }

    private func instance(of machine: Machine, _ state: Instance.State) -> Instance {
        Instance(id: machine.instance ?? "i-none", state: state, type: "m6i.large", market: .spot)
    }

    private func moves(_ machine: Machine, _ listing: Listing, at now: Timestamp? = nil) -> [Move] {
        reconcile([machine], with: listing, lifetime: { _ in nil }, at: now ?? self.now).moves
    }

    // MARK: Seen

    /// Where each pair leads; a machine that is not here, or an instance that is not, stays as it is.
    private static let table: [Machine.State: [Instance.State: Machine.State]] = [
        .pending: [
            .running: .running, .stopping: .running, .stopped: .running, .terminating: .lost, .terminated: .lost,
        ],
        .running: [.terminating: .lost, .terminated: .lost],
        .terminating: [.terminated: .terminated],
    ]

    @Test(arguments: Machine.State.allCases, Instance.State.allCases)
    func everyPairOfStatesLeadsWhereTheTableSays(state: Machine.State, seen: Instance.State) {
        let machine = Sample.machine(1, state) { $0.instance = "i-1" }
        let moves = moves(machine, listing([instance(of: machine, seen)]))
        let expected = ReconcileTests.table[state]?[seen] ?? state
        #expect((moves.first?.after.state ?? state) == expected)
        #expect(moves.count <= 1)
        if expected != state { #expect(moves.first?.after.since == now) }
        if state.isFinal || state == .planned || state == .launching { #expect(moves.isEmpty) }
    }

    @Test func aMachineFirstSeenRunningBeginsItsLifetime() throws {
        let machine = Sample.machine(1, .pending)
        let found = reconcile(
            [machine], with: listing([instance(of: machine, .running)]), lifetime: { _ in .seconds(3600) }, at: now)
        let after = try #require(found.moves.first?.after)
        #expect(after.ranAt == now)
        #expect(after.expiresAt == now + .seconds(3600))
    }

    @Test func aLifetimeBegunIsNotBegunAgain() {
        let machine = Sample.machine(1, .running) { $0.expiresAt = Sample.start + .seconds(3600) }
        let found = reconcile(
            [machine], with: listing([instance(of: machine, .running)]), lifetime: { _ in .seconds(3600) }, at: now)
        #expect(found.moves.allSatisfy { $0.after.expiresAt == machine.expiresAt && $0.after.ranAt == Sample.start })
    }

    @Test func aMachineEndedByTheCloudIsLostWithTheCloudsReason() throws {
        let machine = Sample.machine(1, .running)
        var gone = instance(of: machine, .terminated)
        gone.stateReason = "Server.SpotInstanceTermination: reclaimed"
        let move = try #require(moves(machine, listing([gone])).first)
        #expect(move.after.failure == Failure(.gone, "Server.SpotInstanceTermination: reclaimed"))
        #expect(move.cause == "Server.SpotInstanceTermination: reclaimed")
    }

    @Test func whatIsAsItWasIsNotWrittenAgain() {
        let machine = Sample.machine(1, .running)
        guard let learned = moves(machine, listing([instance(of: machine, .running)])).first?.after else {
            Issue.record("the type was news")
            return
        }
        #expect(moves(learned, listing([instance(of: machine, .running)])).isEmpty)
    }

    @Test func anAddressIsKeptWhenAnAnswerLacksIt() throws {
        let machine = Sample.machine(1, .pending) {
            $0.privateIP = "10.0.0.1"
            $0.publicIP = "192.0.2.1"
            $0.launchedAt = Sample.start
            $0.offering = Sample.spotA
        }
        let after = try #require(moves(machine, listing([instance(of: machine, .running)])).first?.after)
        #expect(after.privateIP == "10.0.0.1")
        #expect(after.publicIP == "192.0.2.1")
        #expect(after.launchedAt == Sample.start)
        #expect(after.offering == Sample.spotA)
    }

    @Test func anAddressThatComesLaterIsLearned() throws {
        let machine = Sample.machine(1, .running)
        var seen = instance(of: machine, .running)
        seen.publicIP = "192.0.2.9"
        #expect(moves(machine, listing([seen])).first?.after.publicIP == "192.0.2.9")
    }

    @Test func anIncompleteListingStillShowsWhatItHas() {
        let machine = Sample.machine(1, .pending)
        let moves = moves(machine, listing([instance(of: machine, .running)], isComplete: false))
        #expect(moves.map(\.after.state) == [.running])
    }

    @Test func instancesOfNobodyAndMachinesWithoutOneSayNothing() {
        let stranger = Instance(id: "i-stranger", state: .running, type: "m6i.large")
        #expect(moves(Sample.machine(1, .planned), listing([stranger])).isEmpty)
        #expect(moves(Sample.machine(1, .launching), listing([stranger])).isEmpty)
    }

    // MARK: Missed

    @Test(arguments: [Machine.State.pending, .running, .terminating])
    func anIncompleteListingProvesNothing(state: Machine.State) {
        let machine = Sample.machine(1, state) { $0.missingSince = Sample.start }
        #expect(moves(machine, listing(isComplete: false)).isEmpty)
    }

    @Test(arguments: [Machine.State.pending, .running, .terminating])
    func oneCompleteListingProvesNothingEither(state: Machine.State) {
        let machine = Sample.machine(1, state)
        let asked = now + .seconds(-2)
        let moves = moves(machine, listing(askedAt: asked))
        #expect(moves.map(\.after.state) == [state])
        #expect(moves.map(\.after.missingSince) == [asked])
        #expect(moves.map(\.after.since) == [machine.since])
    }

    @Test(arguments: [
        (Machine.State.pending, 300, Machine.State.lost), (.running, 300, .lost), (.terminating, 30, .terminated),
    ])
    func twoCompleteListingsAGoodWhileApartProveThatAMachineIsGone(
        state: Machine.State, patience: Int, end: Machine.State
    ) {
        let machine = Sample.machine(1, state) { $0.missingSince = Sample.start + .seconds(100) }
        let enough = Sample.start + .seconds(100 + patience)
        #expect(moves(machine, listing(askedAt: enough + .microseconds(-1))).isEmpty)
        let moves = moves(machine, listing(askedAt: enough))
        #expect(moves.map(\.after.state) == [end])
        #expect(moves.map(\.after.failure) == [end == .lost ? Failure(.gone, "the cloud no longer lists it") : nil])
    }

    /// What counts is when the listing was asked for, not when its answer was read.
    @Test func anOldListingReadLateProvesNoMoreThanItDidWhenItWasAsked() {
        let machine = Sample.machine(1, .terminating) { $0.missingSince = Sample.start + .seconds(100) }
        #expect(moves(machine, listing(askedAt: Sample.start + .seconds(101)), at: now).isEmpty)
    }

    @Test func aMachineSeenAgainIsNoLongerMissing() {
        let machine = Sample.machine(1, .running) { $0.missingSince = Sample.start }
        let moves = moves(machine, listing([instance(of: machine, .running)], isComplete: false))
        #expect(moves.map(\.after.missingSince) == [nil])
        #expect(moves.map(\.after.state) == [.running])
    }

    @Test func timeMissedBeforeATerminationBeganCountsForNothing() {
        let began = Sample.start + .seconds(200)
        let machine = Sample.machine(1, .terminating) {
            $0.missingSince = Sample.start
            $0.since = began
        }
        #expect(moves(machine, listing(askedAt: began + .seconds(29))).isEmpty)
        #expect(moves(machine, listing(askedAt: began + .seconds(30))).map(\.after.state) == [.terminated])
    }

    // MARK: Insisting

    @Test(arguments: Instance.State.allCases)
    func whatStillLivesAMinuteAfterItsTerminationIsAskedAgain(seen: Instance.State) {
        let machine = Sample.machine(1, .terminating) { $0.since = now + .seconds(-60) }
        let found = reconcile(
            [machine], with: listing([instance(of: machine, seen)]), lifetime: { _ in nil }, at: now)
        #expect(found.insist == ([.running, .pending, .broken, .stopped].contains(seen) ? [machine.id] : []))
    }

    @Test func aTerminationIsGivenAMinute() {
        let machine = Sample.machine(1, .terminating) { $0.since = now + .microseconds(-59_999_999) }
        let found = reconcile(
            [machine], with: listing([instance(of: machine, .running)]), lifetime: { _ in nil }, at: now)
        #expect(found.insist.isEmpty)
    }

    @Test func aRunningMachineIsNeverInsistedOn() {
        let machine = Sample.machine(1, .running)
        let found = reconcile(
            [machine], with: listing([instance(of: machine, .running)]), lifetime: { _ in nil }, at: now)
        #expect(found.insist.isEmpty)
    }
}
