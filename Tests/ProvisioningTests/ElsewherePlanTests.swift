import Provisioning
import Testing

/// A request that more than one account may serve.
struct ElsewherePlanTests {
    private let now = Sample.start
    private static let azure: AccountName = "azure-prod"
    private static let small = Offering(type: "Standard_D2s_v5", zone: "1")

    private func request(count: Int) -> Request {
        var request = Sample.request(count: count)
        var there = request.template!
        there.offerings = [Self.small]
        request.elsewhere = [Elsewhere(account: Self.azure, template: there)]
        return request
    }

    private func planned(_ machines: [Machine], blocks: [Block]) -> Plan {
        var snapshot = Sample.snapshot(request(count: machines.count), machines, blocks: blocks)
        snapshot.traits[Self.azure] = Sample.traits
        return plan(snapshot, at: now)
    }

    private func full(_ offering: Offering, at account: AccountName = Sample.account) -> Block {
        Block(
            scope: Sample.full.blocks(offering, at: account)!, since: now, until: now + .seconds(180),
            refusal: Sample.full)
    }

    @Test func whatHasRoomAtHomeStaysThere() {
        let plan = planned(Sample.machines(1...2), blocks: [full(Sample.spotA)])
        #expect(plan.steps.first == .launch(Sample.ids(1...2), [Sample.spotB]))
    }

    @Test func onceAllOfItsOfferingsAreRefusedTheNextAccountIsAsked() {
        let plan = planned(Sample.machines(1...2), blocks: Sample.offerings.map { full($0) })
        #expect(plan.steps.first == .move(Sample.ids(1...2), to: Self.azure, because: Sample.full))
    }

    @Test func whatHasMovedIsLaunchedAsItsTemplateSaysThere() {
        let moved = Sample.machines(1...2).map { machine in
            var machine = machine
            machine.account = Self.azure
            return machine
        }
        let plan = planned(moved, blocks: Sample.offerings.map { full($0) })
        #expect(plan.steps.first == .launch(Sample.ids(1...2), [Self.small]))
    }

    @Test func whereNobodyHasRoomTheRequestFailsRatherThanGoRound() {
        let blocks = Sample.offerings.map { full($0) } + [full(Self.small, at: Self.azure)]
        for home in [Sample.account, Self.azure] {
            var machine = Sample.machine(1)
            machine.account = home
            let plan = planned([machine], blocks: blocks)
            #expect(plan.steps.first == .fail(Sample.ids(1...1), Failure(Sample.full)))
        }
    }

    @Test func aBlockOfBeforeTheRequestIsWaitedForOnlyIfNobodyElseHasRoom() {
        var earlier = Sample.offerings.map { full($0) }
        for index in earlier.indices { earlier[index].since = now + .seconds(-10) }
        let elsewhere = planned([Sample.machine(1)], blocks: earlier)
        #expect(elsewhere.steps.first == .move(Sample.ids(1...1), to: Self.azure, because: Sample.full))
        let nowhere = planned([Sample.machine(1)], blocks: earlier + [full(Self.small, at: Self.azure)])
        #expect(nowhere.steps.isEmpty)
        #expect(nowhere.wakeAt == now + .seconds(180))
    }

    @Test func aMistakeInTheCallGoesNowhereElse() {
        let machine = Sample.machine(1, .failed) {
            $0.failure = Failure(.refused, "it makes no sense", meaning: .invalid)
        }
        #expect(planned([machine], blocks: []).steps == [.settle(.failed)])
    }

    @Test func whatIsLostElsewhereIsReplacedThere() {
        var lost = Sample.machine(1, .lost) { $0.offering = Self.small }
        lost.account = Self.azure
        #expect(planned([lost], blocks: []).steps.first == .replace(1, at: Self.azure, after: Self.small))
    }
}
