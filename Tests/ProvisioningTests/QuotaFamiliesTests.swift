import FoundationEssentials
import Provisioning
import Testing

/// What an allowance is counted by.
@Suite struct QuotaFamiliesTests {
    private let families = QuotaFamilies([
        "standard": ["a", "c", "m", "r", "t", "im"], "g": ["g", "gr", "vt"], "high-memory": ["u"], "p": ["p"],
    ])

    @Test(arguments: [
        ("m6i.large", "standard"), ("c7gn.16xlarge", "standard"), ("im4gn.large", "standard"), ("t3.nano", "standard"),
        ("g4dn.xlarge", "g"), ("gr6.4xlarge", "g"), ("vt1.3xlarge", "g"), ("p5.48xlarge", "p"),
        ("u-6tb1.112xlarge", "high-memory"), ("u7i-12tb.224xlarge", "high-memory"),
        // In no list, and nothing at all.
        ("trn1.2xlarge", "trn"), ("mac2.metal", "mac"), ("", ""),
    ])
    func aTypeIsCountedWithThoseItSharesAnAllowanceWith(type: String, name: String) {
        #expect(families.name(ofType: type) == name)
    }

    @Test func aQuotaRefusalBlocksAllThatIsCountedTogetherInItsMarket() throws {
        let refused = Offering(type: "m6i.large", zone: "us-east-1a", market: .spot)
        let refusal = Refusal(.quota, code: "MaxSpotInstanceCountExceeded", message: "")
        let scope = try #require(refusal.blocks(refused, at: "prod", counting: families))
        #expect(scope.reach == .family("standard", .spot))
        func isCovered(_ type: String, _ market: Market = .spot) -> Bool {
            scope.covers(Offering(type: type, zone: "us-east-1b", market: market), counting: families)
        }
        #expect(isCovered("m6i.large") && isCovered("c5.xlarge") && isCovered("r7g.medium"))
        #expect(!isCovered("g4dn.xlarge") && !isCovered("p5.48xlarge") && !isCovered("c5.xlarge", .onDemand))
    }
}

/// What earlier programs have written down.
@Suite struct OlderMemoryTests {
    private func read<Value: Decodable>(_ text: String, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    @Test func aFamilyThatWasBlockedByItsLettersIsReadAsItWasMeant() throws {
        let reach = try read(#"{"family":{"_0":"m","_1":"spot"}}"#, as: Block.Scope.Reach.self)
        #expect(reach == .family("m", .spot))
        let scope = Block.Scope(account: "prod", reach: reach)
        #expect(scope.covers(Offering(type: "m6i.large", market: .spot)))
        #expect(
            !scope.covers(
                Offering(type: "c6i.large", market: .spot), counting: QuotaFamilies(["standard": ["c", "m"]])))
    }

    @Test func aRefusalAndAFailureWithoutTheNewerWordsAreRead() throws {
        let refusal = try read(#"{"meaning":"quota","code":"X","message":"no","subjects":[]}"#, as: Refusal.self)
        #expect(refusal == Refusal(.quota, code: "X", message: "no"))
        let failure = try read(#"{"cause":"gone","detail":"X: no"}"#, as: Failure.self)
        #expect(failure == Failure(.gone, "X: no"))
    }

    @Test(arguments: [
        Block.Scope.Reach.market(.spot), .placementGroup("apart", zone: "us-east-1a", subnet: nil), .subnet("subnet-1"),
        .family("standard", .onDemand), .offering(Offering(type: "m6i.large")),
    ])
    func whatIsWrittenDownIsReadBack(reach: Block.Scope.Reach) throws {
        let bytes = try JSONEncoder().encode(reach)
        #expect(try JSONDecoder().decode(Block.Scope.Reach.self, from: bytes) == reach)
    }
}

/// Refusals whose words say that they are about less, or about more, than is usual.
@Suite struct RefusalReachTests {
    private let refused = Offering(type: "m6i.large", zone: "us-east-1a", market: .spot)
    private let role = Refusal(
        .credentials, code: "AuthFailure.ServiceLinkedRoleCreationNotPermitted", message: "", reach: .market)
    private let spread = Refusal(.capacity, code: "InsufficientInstanceCapacity", message: "", reach: .placementGroup)

    private func template(group: String?) -> Template {
        var template = Sample.request(count: 1).template!
        template.placement = group.map { name in
            var placement = Placement()
            placement.group = name
            return placement
        }
        return template
    }

    @Test func aFullPlacementGroupIsFullForItsOwnTemplatesInThatPlace() throws {
        let scope = try #require(spread.blocks(refused, of: template(group: "apart"), at: "prod"))
        let larger = Offering(type: "c6i.large", zone: "us-east-1a")
        #expect(scope.covers(refused, of: template(group: "apart")))
        #expect(scope.covers(larger, of: template(group: "apart")))
        #expect(!scope.covers(refused, of: template(group: "together")))
        #expect(!scope.covers(refused, of: template(group: nil)))
        let elsewhere = Offering(type: "m6i.large", zone: "us-east-1b", market: .spot)
        #expect(!scope.covers(elsewhere, of: template(group: "apart")))
    }

    @Test func withoutAGroupOfItsOwnTheOfferingIsBlocked() {
        #expect(spread.blocks(refused, of: template(group: nil), at: "prod")?.reach == .offering(refused))
    }

    @Test func aClosedMarketLeavesTheOther() throws {
        let scope = try #require(role.blocks(refused, at: "prod"))
        #expect(scope.reach == .market(.spot))
        #expect(scope.covers(Offering(type: "g5.xlarge", zone: "us-east-1f", market: .spot)))
        #expect(!scope.covers(Offering(type: "m6i.large", zone: "us-east-1a")))
        #expect(role.holds > .zero)
    }

    /// What is not accepted for the spot market is no reason not to buy on demand; alone it is the end.
    @Test func afterAClosedMarketTheOtherIsAskedAndIfThereIsNoneItIsToldWhy() {
        for (offerings, step) in [
            (Sample.offerings, Plan.Step.launch([Sample.id(1)], [Sample.demandA])),
            ([Sample.spotA, Sample.spotB], .fail([Sample.id(1)], Failure(role))),
        ] {
            var machine = Sample.machine(1, .launching) { $0.offering = Sample.spotA }
            let closing = close(
                [machine], of: Sample.intent(of: [machine], attempts: 1, answers: 1), with: role, at: Sample.start)
            machine = closing.moves[0].after
            #expect(machine.state == .planned)
            let request = Sample.request(count: 1, offerings: offerings)
            let plan = plan(Sample.snapshot(request, [machine], blocks: closing.blocks), at: Sample.start)
            #expect(plan.steps.first == step)
        }
    }
}
