import Provisioning
import Testing

@Suite struct OfferingTests {
    @Test func aMarketIsLeftLastAndATypeNextToLast() {
        let all = Offering.all(
            types: ["m6i.large", "m5.large"], zones: ["a", "b"], subnets: [], markets: [.spot, .onDemand])
        #expect(
            all.map(\.description) == [
                "m6i.large / a / spot", "m6i.large / b / spot", "m5.large / a / spot", "m5.large / b / spot",
                "m6i.large / a / on-demand", "m6i.large / b / on-demand", "m5.large / a / on-demand",
                "m5.large / b / on-demand",
            ])
    }

    @Test func subnetsStandInPlaceOfZones() {
        let all = Offering.all(types: ["m5.large"], zones: ["a"], subnets: ["subnet-1"], markets: [.onDemand])
        #expect(all == [Offering(type: "m5.large", subnet: "subnet-1")])
    }

    @Test func withNeitherTheCloudPicksTheZone() {
        let all = Offering.all(types: ["m5.large"], zones: [], subnets: [], markets: [.onDemand])
        #expect(all == [Offering(type: "m5.large")])
        #expect(all[0].description == "m5.large / any zone / on-demand")
    }

    @Test func thereAreNoOfferingsWithoutATypeOrAMarket() {
        #expect(Offering.all(types: [], zones: ["a"], subnets: [], markets: [.spot]).isEmpty)
        #expect(Offering.all(types: ["m5.large"], zones: ["a"], subnets: [], markets: []).isEmpty)
    }

    @Test(arguments: [
        ("m6i.large", "m"), ("m5.xlarge", "m"), ("c6gd.metal", "c"), ("inf2.xlarge", "inf"), ("u-6tb1.metal", "u"),
        ("trn1.2xlarge", "trn"), ("mac2.metal", "mac"),
    ])
    func unlessItsCloudSaysOtherwiseAFamilyIsTheLettersATypeBeginsWith(type: String, family: String) {
        #expect(QuotaFamilies().name(ofType: type) == family)
    }
}

@Suite struct BlockScopeTests {
    private static let refused = Offering(type: "m6i.large", zone: "a", subnet: "subnet-1", market: .spot)

    /// The offering refused, and one that differs from it in each respect.
    private static let others: [(String, Offering)] = [
        ("itself", refused),
        ("size", Offering(type: "m6i.xlarge", zone: "a", subnet: "subnet-1", market: .spot)),
        ("family", Offering(type: "c6i.large", zone: "a", subnet: "subnet-1", market: .spot)),
        ("zone", Offering(type: "m6i.large", zone: "b", subnet: "subnet-1", market: .spot)),
        ("subnet", Offering(type: "m6i.large", zone: "a", subnet: "subnet-2", market: .spot)),
        ("market", Offering(type: "m6i.large", zone: "a", subnet: "subnet-1", market: .onDemand)),
    ]

    private func covered(by reach: Block.Scope.Reach) -> Set<String> {
        let scope = Block.Scope(account: "prod", reach: reach)
        return Set(BlockScopeTests.others.filter { scope.covers($0.1) }.map(\.0))
    }

    @Test func anOfferingCoversItselfAlone() {
        #expect(covered(by: .offering(BlockScopeTests.refused)) == ["itself"])
    }

    @Test func aFamilyCoversItsSizesEverywhereInItsMarket() {
        #expect(covered(by: .family("m", .spot)) == ["itself", "size", "zone", "subnet"])
    }

    @Test func aSubnetCoversEveryTypeAndMarketInIt() {
        #expect(covered(by: .subnet("subnet-1")) == ["itself", "size", "family", "zone", "market"])
    }

    @Test func aSubnetDoesNotCoverAnOfferingWithoutOne() {
        #expect(!Block.Scope(account: "prod", reach: .subnet("subnet-1")).covers(Offering(type: "m6i.large")))
    }

    @Test(arguments: Refusal.Meaning.allCases)
    func aRefusalBlocksWhatItsMeaningSpeaksOf(meaning: Refusal.Meaning) {
        let scope = Refusal(meaning, code: "X", message: "").blocks(BlockScopeTests.refused, at: "prod")
        let expected: Block.Scope.Reach? =
            switch meaning {
            case .capacity, .unoffered: .offering(BlockScopeTests.refused)
            case .quota: .family("m", .spot)
            case .addresses: .subnet("subnet-1")
            default: nil
            }
        #expect(scope == expected.map { Block.Scope(account: "prod", reach: $0) })
    }

    @Test func withoutASubnetALackOfAddressesBlocksTheOffering() {
        let offering = Offering(type: "m6i.large", zone: "a")
        let scope = Refusal(.addresses, code: "X", message: "").blocks(offering, at: "prod")
        #expect(scope == Block.Scope(account: "prod", reach: .offering(offering)))
    }

    @Test func theProvidersTableSaysHowLongARefusalHoldsElseItsMeaningDoes() {
        #expect(Refusal(.capacity, code: "X", message: "", holdsSeconds: 7).holds == .seconds(7))
        #expect(Refusal(.capacity, code: "X", message: "").holds == .seconds(180))
        #expect(Refusal(.addresses, code: "X", message: "").holds == .seconds(180))
        #expect(Refusal(.quota, code: "X", message: "").holds == .seconds(600))
        #expect(Refusal(.unoffered, code: "X", message: "").holds == .seconds(86400))
        #expect(Refusal(.throttled, code: "X", message: "").holds == .zero)
    }
}
