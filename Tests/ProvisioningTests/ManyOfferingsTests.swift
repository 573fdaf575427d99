import Provisioning
import Testing

/// Launches that ask for many offerings at once: refusals are news about offerings, units count by weight.
@Suite struct ManyOfferingsTests {
    private let now = Sample.start + .seconds(30)

    private var traits: APITraits {
        var traits = Sample.traits
        traits.takesManyOfferings = true
        return traits
    }

    private func launching(_ count: Int) -> [Machine] { Sample.machines(1...count, .launching).map(unbound) }

    private func unbound(_ machine: Machine) -> Machine {
        var machine = machine
        machine.instance = nil
        return machine
    }

    private func intent(of machines: [Machine], weights: [String: Int]? = nil) -> Intent {
        var template = Template(id: "t", image: "ami-1", offerings: Sample.offerings)
        template.fleet = FleetOptions()
        template.fleet?.weights = weights
        var order = LaunchOrder(
            request: "req-one", template: template, offering: Sample.spotA, count: machines.count, tags: [:])
        order.others = [Sample.spotB, Sample.demandA]
        return Intent(
            token: "int-1", request: "req-one", verb: .launch, account: Sample.account, api: "aws/ec2-fleet",
            order: order, machines: machines.map(\.id), openedAt: Sample.start)
    }

    private func instances(_ count: Int, type: String = "m6i.large") -> [Instance] {
        (0..<count).map { Instance(id: Instance.ID("i-\($0)"), state: .pending, type: type, market: .spot) }
    }

    private func refusal(_ offering: Offering?, _ meaning: Refusal.Meaning) -> OfferingRefusal {
        OfferingRefusal(offering, Refusal(meaning, code: "Code-\(meaning.rawValue)", message: "no"))
    }

    @Test func oneCallAsksForAllThatIsNotBlocked() {
        let machines = Sample.machines(1...5)
        let blocks = [Sample.block(Sample.spotB, since: .seconds(1), until: .seconds(600))]
        let snapshot = Sample.snapshot(
            Sample.request(count: 5), machines, blocks: blocks, traits: traits)
        #expect(plan(snapshot, at: now).steps == [.launch(Sample.ids(1...5), [Sample.spotA, Sample.demandA])])
    }

    @Test func aRefusalOfOneOfferingBlocksItAndNoOther() {
        let machines = launching(3)
        let closing = close(
            machines, of: intent(of: machines), with: instances(2), refusals: [refusal(Sample.spotB, .capacity)],
            at: now)
        #expect(closing.blocks.map(\.scope.reach) == [.offering(Sample.spotB)])
        #expect(closing.moves.map(\.after.state) == [.pending, .pending, .planned])
        #expect(closing.moves[2].after.failure?.meaning == .capacity)
    }

    @Test func aRefusalOfTheWholeCallIsOneOfEachOfItsOfferings() {
        let machines = launching(2)
        let closing = close(
            machines, of: intent(of: machines), with: Refusal(.capacity, code: "Full", message: "no"), at: now)
        #expect(
            closing.blocks.map(\.scope.reach) == [Sample.spotA, Sample.spotB, Sample.demandA].map { .offering($0) })
    }

    @Test func wordsAboutNothingInParticularBlockNothing() {
        let machines = launching(1)
        let closing = close(
            machines, of: intent(of: machines), with: [], refusals: [refusal(nil, .capacity)], at: now)
        #expect(closing.blocks.isEmpty)
        #expect(closing.moves.map(\.after.state) == [.planned])
    }

    @Test func aMistakeEndsHopeOnlyWhereNothingElseWasWrong() {
        let machines = launching(1)
        let mistake = refusal(Sample.spotA, .invalid)
        let alone = close(machines, of: intent(of: machines), with: [], refusals: [mistake], at: now)
        #expect(alone.moves.map(\.after.state) == [.failed])
        let beside = close(
            machines, of: intent(of: machines), with: [], refusals: [mistake, refusal(Sample.spotB, .capacity)],
            at: now)
        #expect(beside.moves.map(\.after.state) == [.planned])
    }

    @Test func whatAFleetGoesByIsMadeAnewOnce() {
        var machine = launching(1)[0]
        let gone = [refusal(nil, .stale)]
        machine.attempt = 1
        let first = close([machine], of: intent(of: [machine]), with: [], refusals: gone, at: now)
        #expect(first.moves.map(\.after.state) == [.planned])
        machine.attempt = 2
        let second = close([machine], of: intent(of: [machine]), with: [], refusals: gone, at: now)
        #expect(second.moves.map(\.after.state) == [.failed])
    }

    @Test func aLaunchThatBringsNothingAndSaysNothingIsTriedAFewTimesOnly() {
        var machine = launching(1)[0]
        machine.attempt = 1
        let intent = intent(of: [machine])
        #expect(close([machine], of: intent, with: [], at: now).moves.map(\.after.state) == [.planned])
        machine.attempt = 4
        let last = close([machine], of: intent, with: [], at: now)
        #expect(last.moves.map(\.after.state) == [.failed])
        #expect(last.moves.first?.after.failure?.meaning == .unclassified)
    }

    @Test(arguments: [(10, 5, 2, 0, 5), (10, 3, 2, 4, 3), (5, 3, 2, 0, 2), (5, 5, 1, 0, 0), (7, 2, 3, 1, 4)])
    func unitsThatHeavyMachinesBringNeedNoMachineOfTheirOwn(
        asked: Int, came: Int, weight: Int, again: Int, spare: Int
    ) {
        let machines = launching(asked)
        let closing = close(
            machines, of: intent(of: machines, weights: ["m6i.large": weight]), with: instances(came),
            refusals: [refusal(Sample.spotB, .capacity)], at: now)
        #expect(closing.moves.count { $0.after.state == .pending } == came)
        #expect(closing.moves.count { $0.after.state == .planned } == again)
        #expect(closing.spare.count == spare)
        #expect(closing.moves.prefix(came).allSatisfy { $0.after.weight == weight })
    }

    @Test func anOrderIsFulfilledInUnits() {
        let machines = Sample.machines(1...5, .running).map { machine in
            var machine = machine
            machine.weight = 2
            return machine
        }
        let snapshot = Sample.snapshot(Sample.request(count: 10), machines, traits: traits)
        #expect(plan(snapshot, at: now).steps == [.settle(.fulfilled)])
    }

    @Test func typesWeighForTheMarketTheyWereBoughtIn() {
        var template = Template(id: "t", image: "ami-1", offerings: Sample.offerings)
        template.fleet = FleetOptions()
        template.fleet?.weights = ["m6i.large": 2]
        #expect(template.weight(of: "m6i.large", in: .onDemand) == 2)
        template.fleet?.onDemandWeights = ["m6i.large": 3]
        #expect(template.weight(of: "m6i.large", in: .onDemand) == 3)
        #expect(template.weight(of: "m6i.large", in: .spot) == 2)
        #expect(template.weight(of: "c6i.large", in: .spot) == 1)
    }

    @Test func aGroupsMachinesWaitForItsMembers() {
        let machines = launching(2)
        let closing = close(machines, of: intent(of: machines), asMembersOf: "int-1", at: now)
        #expect(closing.moves.map(\.after.state) == [.pending, .pending])
        #expect(closing.moves.map(\.after.group) == ["int-1", "int-1"])
        #expect(closing.moves.allSatisfy { $0.after.isWaiting })
    }

    @Test func aGroupThatCannotBringAnythingIsGivenUpWithItsReason() {
        let failure = Failure(.refused, "InvalidAMIID.NotFound: no", meaning: .invalid)
        let machines = Sample.machines(1...2, .pending).map { machine in
            var machine = unbound(machine)
            machine.group = "int-1"
            machine.failure = failure
            return machine
        }
        let snapshot = Sample.snapshot(Sample.request(count: 2), machines, traits: traits, observedAt: .seconds(30))
        let steps = plan(snapshot, at: now).steps
        #expect(steps == [.terminate(Sample.ids(1...2), Sample.account, group: "int-1", failure)])
    }

    @Test func machinesOfDifferentGroupsAreEndedApart() {
        let machines = (1...4).map { number in
            Sample.machine(number, .running) { $0.group = number < 3 ? "int-1" : number == 3 ? "int-2" : nil }
        }
        let snapshot = Sample.snapshot(Sample.giveBack(machines), machines)
        #expect(
            plan(snapshot, at: now).steps == [
                .terminate(Sample.ids([4]), Sample.account, group: nil, nil),
                .terminate(Sample.ids([1, 2]), Sample.account, group: "int-1", nil),
                .terminate(Sample.ids([3]), Sample.account, group: "int-2", nil),
            ])
    }
}
