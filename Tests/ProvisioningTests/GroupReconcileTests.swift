import Provisioning
import Testing

/// Machines that come from a group: bound as they are seen, counted by weight, kept in balance with its target.
@Suite struct GroupReconcileTests {
    private let now = Sample.start + .seconds(60)

    private func scaffold(target: Int, _ upkeep: Scaffold.Upkeep = .fill) -> Scaffold {
        Scaffold(
            id: "int-7", kind: "fleet", account: Sample.account, api: "aws/ec2-fleet", state: .ready,
            since: Sample.start, target: target, upkeep: upkeep)
    }

    private func waiting(_ numbers: ClosedRange<Int>, _ state: Machine.State = .pending) -> [Machine] {
        numbers.map { number in
            Sample.machine(number, state) {
                $0.group = "int-7"
                $0.instance = nil
            }
        }
    }

    private func member(_ number: Int, _ state: Machine.State = .running, weight: Int = 1) -> Machine {
        Sample.machine(number, state) {
            $0.group = "int-7"
            $0.weight = weight
        }
    }

    private func instance(
        _ number: Int, _ state: Instance.State = .running, type: String = "m6i.large", token: String = "int-7"
    ) -> Instance {
        var instance = Instance(id: Instance.ID("i-\(1000 + number)"), state: state, type: type, market: .spot)
        instance.tags = [OurTag.token: token]
        return instance
    }

    private func found(
        _ machines: [Machine], target: Int, _ upkeep: Scaffold.Upkeep = .fill, weights: [String: Int] = [:],
        listing instances: [Instance]
    ) -> Reconciliation {
        let listing = Listing(instances: instances, askedAt: now, isComplete: true)
        var template = Template(id: "t", image: "ami-1", offerings: Sample.offerings)
        template.fleet = FleetOptions()
        template.fleet?.weights = weights
        var found = reconcile(machines, with: listing, lifetime: { _ in nil }, at: now)
        found.add(
            [Group(scaffold: scaffold(target: target, upkeep), machines: machines, template: template)], with: listing,
            lifetime: { _ in nil }, at: now)
        return found
    }

    /// With names for its first machines: `w-1`, `w-2` …
    private func named(
        _ machines: [Machine], target: Int, names: ClosedRange<Int>, listing instances: [Instance]
    ) -> Reconciliation {
        let listing = Listing(instances: instances, askedAt: now, isComplete: true)
        var found = reconcile(machines, with: listing, lifetime: { _ in nil }, at: now)
        let template = Template(id: "t", image: "ami-1", offerings: Sample.offerings)
        let all = names.map { (Sample.ids($0...$0)[0], "w-\($0)") }
        let group = Group(
            scaffold: scaffold(target: target, .maintain), machines: machines, template: template,
            names: Dictionary(uniqueKeysWithValues: all))
        found.add([group], with: listing, lifetime: { _ in nil }, at: now)
        return found
    }

    private func named(_ number: Int, _ name: String) -> Instance {
        var one = instance(number)
        one.name = name
        return one
    }

    @Test func whoWaitsForANameIsGivenTheInstanceThatBearsIt() {
        let found = named(waiting(1...3), target: 3, names: 1...3, listing: [named(1, "w-3"), named(2, "w-1")])
        #expect(found.moves.map(\.after.id) == [Sample.ids(1...1)[0], Sample.ids(3...3)[0]])
        #expect(found.moves.map(\.after.instance) == ["i-1002", "i-1001"])
    }

    @Test func whatBearsTheNameOfNobodyWhoWaitsGoesToWhoeverIsLeft() {
        let found = named(waiting(2...3), target: 2, names: 1...3, listing: [named(1, "w-1"), named(3, "w-3")])
        #expect(found.moves.map(\.after.instance) == ["i-1001", "i-1003"])
    }

    @Test func aGroupThatBringsNobodyUnderANewNameIsToHaveSoManyFewer() {
        let found = named(
            [member(1), member(2, .lost)] + waiting(3...3), target: 3, names: 1...3, listing: [named(1, "w-1")])
        #expect(found.replacements.isEmpty)
        #expect(found.lowered.map(\.target) == [2])
    }

    @Test func whoWaitsIsGivenWhatCame() {
        let found = found(waiting(1...3), target: 3, listing: [instance(2), instance(1, .pending)])
        #expect(found.moves.map(\.after.id) == Sample.ids(1...2))
        #expect(found.moves.map(\.after.instance) == ["i-1001", "i-1002"])
        #expect(found.moves.map(\.after.state) == [.pending, .running])
        #expect(found.moves[1].after.ranAt == now)
        #expect(found.spare.isEmpty)
    }

    @Test func anInstanceOfAnotherGroupIsNobodysHere() {
        #expect(found(waiting(1...1), target: 1, listing: [instance(1, token: "int-8")]).moves.isEmpty)
    }

    @Test func anInstanceThatAMachineEverHadIsNotGivenAgain() {
        let over = member(1, .lost)
        #expect(found([over] + waiting(2...2), target: 1, listing: [instance(1)]).moves.isEmpty)
    }

    @Test func whatIsOverWhenItIsFirstSeenIsNotGiven() {
        let found = found(waiting(1...1), target: 1, listing: [instance(1, .terminated), instance(2, .terminating)])
        #expect(found.moves.isEmpty)
    }

    @Test func heavierMachinesMakeOthersSpare() {
        let found = found(
            waiting(1...10), target: 10, weights: ["m6i.large": 2], listing: (1...5).map { instance($0) })
        #expect(found.moves.map(\.after.weight) == [2, 2, 2, 2, 2])
        #expect(found.spare.map(\.id) == Sample.ids(6...10))
    }

    @Test func onlyWhatThereIsNoRoomForIsSpare() {
        let found = found(
            waiting(1...10), target: 10, weights: ["m6i.large": 3], listing: [instance(1), instance(2)])
        #expect(found.moves.count == 2)
        // Six of ten units are there: four more machines may come.
        #expect(found.spare.map(\.id) == Sample.ids(7...10))
    }

    @Test func theLastMachineMayCountForMoreThanWasMissing() {
        let found = found(
            waiting(1...5), target: 5, weights: ["m6i.large": 2], listing: (1...3).map { instance($0) })
        #expect(found.moves.count == 3)
        #expect(found.spare.map(\.id) == Sample.ids(4...5))
    }

    @Test func aMaintainedGroupReplacesWhatIsLost() {
        let machines = [member(1), member(2)]
        let found = found(machines, target: 2, .maintain, listing: [instance(1), instance(2, .terminated)])
        #expect(found.moves.map(\.after.state).filter { $0 != .running } == [.lost])
        #expect(found.replacements.map(\.count) == [1])
    }

    @Test func aReplacementIsPromisedOnce() {
        let machines = [member(1), member(2, .lost)] + waiting(3...3)
        #expect(found(machines, target: 2, .maintain, listing: [instance(1)]).replacements.isEmpty)
    }

    @Test func aReplacementInUnitsIsAsManyMachinesAsMayCome() {
        let found = found(
            [member(1, weight: 4)], target: 4, .maintain, weights: ["m6i.large": 4], listing: [instance(1, .terminated)]
        )
        #expect(found.replacements.map(\.count) == [4])
    }

    @Test func aGroupThatFillsOnceReplacesNothing() {
        let found = found([member(1)], target: 1, .fill, listing: [instance(1, .terminated)])
        #expect(found.moves.map(\.after.state) == [.lost])
        #expect(found.replacements.isEmpty)
    }

    @Test func whatIsGivenBackGetsOnlyWhatNobodyElseWaitsFor() {
        let machines = waiting(1...1, .terminating) + waiting(2...2)
        let one = found(machines, target: 1, listing: [instance(1)])
        #expect(one.moves.map(\.after.instance).compactMap(\.self) == ["i-1001"])
        #expect(one.moves.first { $0.after.instance != nil }?.after.id == Sample.id(2))
        let both = found(machines, target: 1, listing: [instance(1), instance(2)])
        #expect(both.moves.first { $0.after.id == Sample.id(1) }?.after.state == .terminating)
        #expect(both.insist == [Sample.id(1)])
    }

    @Test func aMemberGivenBackBeforeItCameIsOverOnceItsAbsenceIsProved() {
        var machine = waiting(1...1, .terminating)[0]
        let first = found([machine], target: 0, listing: [])
        #expect(first.moves.map(\.after.missingSince) == [now])
        machine = first.moves[0].after
        let later = Listing(instances: [], askedAt: now + .seconds(91), isComplete: true)
        let found = reconcile([machine], with: later, lifetime: { _ in nil }, at: now + .seconds(91))
        #expect(found.moves.map(\.after.state) == [.terminated])
    }

    @Test func anIncompleteListingProvesNothing() {
        let listing = Listing(instances: [], askedAt: now, isComplete: false)
        let found = reconcile(waiting(1...1, .terminating), with: listing, lifetime: { _ in nil }, at: now)
        #expect(found.moves.isEmpty)
    }

    @Test func aGroupThatIsBeingMadeIsLeftAlone() {
        var scaffold = scaffold(target: 2, .maintain)
        scaffold.state = .making
        var found = Reconciliation()
        let listing = Listing(instances: [instance(1)], askedAt: now, isComplete: true)
        let template = Template(id: "t", image: "ami-1", offerings: Sample.offerings)
        found.add(
            [Group(scaffold: scaffold, machines: [], template: template)], with: listing, lifetime: { _ in nil },
            at: now)
        #expect(found == Reconciliation())
    }
}
