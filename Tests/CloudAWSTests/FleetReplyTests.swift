import Cloud
import Provisioning
import Testing

@testable import CloudAWS

/// What EC2 answers to a fleet's creation, and how it is read.
@Suite struct FleetReplyTests {
    private func receipt(
        _ body: String, _ order: LaunchOrder = FleetSample.order(), by strategy: any OneCallStrategy = EC2Fleet()
    ) throws -> LaunchReceipt {
        try strategy.launch(order, token: Sample.token)
            .read(HTTPResponse(status: 200, headers: [], body: Array(body.utf8)))
    }

    private static func answer(_ instances: String = "", errors: String = "") -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <CreateFleetResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId>\
        <fleetId>fleet-1</fleetId><fleetInstanceSet>\(instances)</fleetInstanceSet><errorSet>\(errors)</errorSet>\
        </CreateFleetResponse>
        """
    }

    private static func override(_ type: String?, _ place: String) -> String {
        """
        <launchTemplateAndOverrides><launchTemplateSpecification><launchTemplateId>lt-1</launchTemplateId>\
        <version>1</version></launchTemplateSpecification><overrides>\
        \(type.map { "<instanceType>\($0)</instanceType>" } ?? "")\(place)</overrides></launchTemplateAndOverrides>
        """
    }

    private static func error(
        _ code: String, _ type: String?, _ place: String = "", lifecycle: String = "on-demand"
    ) -> String {
        """
        <item>\(override(type, place))<lifecycle>\(lifecycle)</lifecycle><errorCode>\(code)</errorCode>\
        <errorMessage>so it is</errorMessage></item>
        """
    }

    private static let zone = "<availabilityZone>us-east-1a</availabilityZone>"

    @Test func everyInstanceIsReadWithItsPool() throws {
        let launched = """
            <item><instanceIds><item>i-1</item><item>i-2</item></instanceIds><instanceType>m6i.large</instanceType>\
            \(Self.override("m6i.large", Self.zone))<lifecycle>on-demand</lifecycle></item>\
            <item><instanceIds><item>i-3</item></instanceIds><instanceType>c7g.xlarge</instanceType>\
            \(Self.override("c7g.xlarge", "<subnetId>subnet-1</subnetId>"))<lifecycle>spot</lifecycle></item>
            """
        let receipt = try receipt(Self.answer(launched))
        #expect(receipt.instances.map(\.id) == ["i-1", "i-2", "i-3"])
        #expect(receipt.instances.map(\.type) == ["m6i.large", "m6i.large", "c7g.xlarge"])
        #expect(receipt.instances.map(\.market) == [.onDemand, .onDemand, .spot])
        #expect(receipt.instances.map(\.zone) == ["us-east-1a", "us-east-1a", nil])
        #expect(receipt.instances.allSatisfy { $0.state == .pending })
        #expect(receipt.group == nil)
        #expect(receipt.faults.isEmpty)
    }

    @Test func everyRefusalIsToldOfItsOffering() throws {
        let order = FleetSample.order(markets: [.spot, .onDemand], zones: ["us-east-1a", "us-east-1b"]) {
            $0.fleet?.percentOnDemand = 50
        }
        let receipt = try receipt(
            Self.answer(
                errors: Self.error("InsufficientInstanceCapacity", "m6i.large", Self.zone)
                    + Self.error("SpotMaxPriceTooLow", "m6a.large", Self.zone, lifecycle: "spot")), order)
        #expect(receipt.instances.isEmpty)
        #expect(
            receipt.faults == [
                OfferingFault(
                    Offering(type: "m6i.large", zone: "us-east-1a"),
                    Fault(status: 400, code: "InsufficientInstanceCapacity", message: "so it is")),
                OfferingFault(
                    Offering(type: "m6a.large", zone: "us-east-1a", market: .spot),
                    Fault(status: 400, code: "SpotMaxPriceTooLow", message: "so it is")),
            ])
    }

    /// Else nothing would hold it back, and it would be asked for again at once.
    @Test func aRefusalIsToldOfOfferingsThatAreThere() throws {
        func offerings(_ error: String, _ order: LaunchOrder) throws -> [String?] {
            try receipt(Self.answer(errors: error), order).faults.map { $0.offering?.description }
        }
        // Nobody asked for a zone, and EC2 names one.
        #expect(
            try offerings(Self.error("A", "m6i.large", Self.zone), FleetSample.order())
                == ["m6i.large / any zone / on-demand"])
        // By attributes there is no type, or one that no list has.
        let byAttributes = FleetSample.order(zones: ["us-east-1a", "us-east-1b"]) {
            $0.requirements = FleetSample.requirements()
        }
        let all = FleetSample.types.map { "\($0) / us-east-1a / on-demand" }
        #expect(try offerings(Self.error("A", nil, Self.zone), byAttributes) == all)
        #expect(try offerings(Self.error("A", "x2idn.metal", Self.zone), byAttributes) == all)
        // Nothing of the order is in that subnet or market.
        let inSubnet = FleetSample.order(subnets: ["subnet-1"])
        #expect(
            try offerings(Self.error("A", "m6i.large", "<subnetId>subnet-9</subnetId>"), inSubnet)
                == ["m6i.large / subnet-9 / on-demand"])
        #expect(try offerings(Self.error("A", nil, lifecycle: "spot"), inSubnet) == [nil])
    }

    @Test func theSameRefusalIsToldOnce() throws {
        let error = Self.error("InsufficientInstanceCapacity", "m6i.large")
        #expect(try receipt(Self.answer(errors: error + error)).faults.count == 1)
    }

    @Test(arguments: [FleetKind.request, .maintain])
    func aFleetThatGoesOnAskingIsAGroup(kind: FleetKind) throws {
        let body = "<CreateFleetResponse><fleetId>fleet-1</fleetId></CreateFleetResponse>"
        #expect(try receipt(body, FleetSample.order(kind)) == LaunchReceipt(instances: [], group: "fleet-1"))
        let spot = "<RequestSpotFleetResponse><spotFleetRequestId>sfr-1</spotFleetRequestId></RequestSpotFleetResponse>"
        #expect(
            try receipt(spot, FleetSample.order(kind), by: SpotFleet()) == LaunchReceipt(instances: [], group: "sfr-1"))
    }

    @Test(arguments: [
        "", "OK", "<html/>", "<CreateFleetResponse/>", "<CreateFleetResponse><fleetId/></CreateFleetResponse>",
        "<CreateFleetResponse><fleetId>fleet-1</fleetId><fleetInstanceSet><item/></fleetInstanceSet></CreateFleetResponse>",
    ])
    func anAnswerThatIsNoFleetIsNotTakenForOneThatBroughtNothing(body: String) {
        #expect(throws: (any Error).self) { try receipt(body) }
        #expect(throws: (any Error).self) { try receipt(body, by: SpotFleet()) }
    }
}
