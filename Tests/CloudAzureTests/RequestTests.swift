import Cloud
import CloudEmulator
import FoundationEssentials
import Provisioning
import PublishedModels
import Testing

@testable import CloudAzure

/// What is written, held against Azure's published descriptions.
@Suite struct RequestTests {
    private let descriptions: SwaggerModel
    private let strategy = Sample.machines

    init() throws {
        descriptions = try SwaggerModel(folder: Fixtures.tests.appending(path: "Fixtures/apispecs/azure"))
    }

    private func expectValid<Reply>(_ call: Call<Reply>, _ what: String) throws {
        try descriptions.expectValid(call, what)
    }

    @Test func everyMachineIsOneThatAzureDescribes() throws {
        let orders = Sample.orders
        #expect(orders.count > 250)
        for (name, order) in orders {
            let calls = try strategy.launches(order, token: Sample.token, besides: [])
            #expect(calls.count == 3)
            for call in calls { try expectValid(call, name) }
        }
    }

    @Test func everyMachineHasANameOfItsOwnThatIsTheSameEveryTime() throws {
        let calls = try strategy.launches(Sample.order(count: 1000), token: Sample.token, besides: [])
        #expect(Set(calls.map(\.path)).count == 1000)
        #expect(calls[999].path.hasSuffix("/muster-06fz3k9q2m7w1c4d-1000"))
        let again = try strategy.launches(Sample.order(count: 1000), token: Sample.token, besides: [])
        #expect(again.map(\.listing) == calls.map(\.listing))
    }

    @Test func whatIsThereAlreadyIsNotAskedForAgain() throws {
        let there: Set<Instance.ID> = ["muster-06fz3k9q2m7w1c4d-0002"]
        let calls = try strategy.launches(Sample.order(), token: Sample.token, besides: there)
        #expect(calls.map { $0.path.suffix(4) } == ["0001", "0003"])
    }

    @Test func everyRehearsalIsOneThatAzureDescribes() throws {
        for (name, order) in Sample.orders {
            let rehearsal = try #require(try strategy.rehearse(order, token: Sample.token)).call
            #expect(rehearsal.effect == .reads)
            try expectValid(rehearsal, name)
        }
    }

    @Test func whatLooksLikeAnExpressionIsOneNoMoreInARehearsal() throws {
        let rehearsal = try #require(
            try strategy.rehearse(Sample.order(tags: Sample.oddTags), token: Sample.token)
        ).call
        let tags = rehearsal.parameters.filter { $0.name.contains(".tags.") }
        #expect(tags.contains { $0.name.hasSuffix("[x]") && $0.value == "[[concat('a')]" })
    }

    @Test func listingsDeletionsAndQuestionsAreOnesThatAzureDescribes() throws {
        try expectValid(strategy.observe(.ours, after: nil), "machines")
        try expectValid(strategy.observe(.ours, after: "cards  "), "cards")
        try expectValid(strategy.observe(.ours, after: "addresses  "), "addresses")
        for call in try strategy.terminations(["muster-a-0001", "muster-a-0002"], token: Sample.token) {
            try expectValid(call, "deletion")
        }
        for call in try strategy.reasons(for: [Granted("muster-a-0001", operation: nil)]) {
            try expectValid(call, "question")
        }
        try expectValid(strategy.probe(), "probe")
    }

    @Test func nobodysKeyIsTheHashThatItIsSaidToBe() throws {
        let blob = try #require(Data(base64Encoded: String(MachineProfile.nobodysKey.split(separator: " ")[1])))
        let point = sha256(Array("muster: nobody has the other half of this key 1".utf8))
        #expect(Array(blob.suffix(32)) == point)
        #expect(Array(blob.dropFirst(4).prefix(11)) == Array("ssh-ed25519".utf8))
    }

    @Test(arguments: ["plain", "full", "own words", "windows", "shared image"])
    func aLaunchReadsAsAPersonHasReadIt(name: String) throws {
        let wish = try #require(Sample.wishes.first { $0.name == name })
        for market in Market.allCases {
            let offering = Offering(type: "Standard_D2as_v5", zone: "1", market: market)
            let order = Sample.order(count: 1, offering: offering, wish.change)
            let call = try strategy.launches(order, token: Sample.token, besides: [])[0]
            let file = name.split(separator: " ").joined(separator: "-")
            try Golden.expect(call.listing, "machine-\(file)-\(market.rawValue).txt")
        }
    }

    /// Were the validator blind, the tests above would prove nothing.
    @Test func whatNobodyDescribesIsFound() throws {
        let call = try strategy.launches(Sample.order(), token: Sample.token, besides: [])[0]
        var body = try CloudEmulator.JSONValue(parsing: call.body)
        #expect(descriptions.faults(inRequest: body, "PUT", call.path).isEmpty)
        body["properties"]?["storageProfile"]?["osDisk"]?["colour"] = "red"
        body["zones"] = "1"
        #expect(descriptions.faults(inRequest: body, "PUT", call.path).count == 2)
        #expect(descriptions.faults(inQuery: ["api-version", "colour"], "PUT", call.path).count == 1)
        #expect(descriptions.faults(inQuery: [], "PUT", call.path).count == 1)
    }
}

extension SwaggerModel {
    func expectValid<Reply>(
        _ call: Call<Reply>, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let names = call.query.split(separator: "&").map { String($0.split(separator: "=")[0]) }
        var faults = faults(inQuery: names, call.method, call.path)
        if !call.body.isEmpty {
            faults += self.faults(inRequest: try CloudEmulator.JSONValue(parsing: call.body), call.method, call.path)
        }
        #expect(faults.isEmpty, "\(what)", sourceLocation: sourceLocation)
        #expect(call.service == "management", sourceLocation: sourceLocation)
    }
}
