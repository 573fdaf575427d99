import CloudEmulator
import PublishedModels
import Testing

/// The validator finds what it is for.
@Suite struct SwaggerModelTests {
    private let model: SwaggerModel
    private let path = EmulatedAzure.path("one")

    init() throws { model = try SwaggerModel(folder: Fixtures.folder.appending(path: "apispecs/azure")) }

    private func faults(_ change: (inout JSONValue) -> Void) -> [String] {
        var body = EmulatedAzure.machine(zone: "1", spot: true, publicAddress: true)
        change(&body)
        return model.faults(inRequest: body, "PUT", path)
    }

    @Test func aSoundBodyHasNoFault() {
        #expect(faults { _ in } == [])
    }

    @Test func whatNobodyDescribesIsFoundAtAnyDepth() {
        #expect(faults { $0["colour"] = "red" } == ["VirtualMachines_CreateOrUpdate.colour: nobody describes it"])
        let deep = faults { $0["properties"]?["storageProfile"]?["osDisk"]?["size"] = 30 }
        #expect(deep == ["VirtualMachines_CreateOrUpdate.properties.storageProfile.osDisk.size: nobody describes it"])
    }

    @Test func wrongKindsClosedListsAndWhatIsNotTheCallersAreFound() {
        #expect(faults { $0["zones"] = "1" } == ["VirtualMachines_CreateOrUpdate.zones: no list"])
        #expect(faults { $0["properties"]?["priority"] = 7 }.count == 1)
        #expect(faults { $0["properties"]?["storageProfile"]?["osDisk"]?["caching"] = "Sometimes" }.count == 1)
        #expect(faults { $0["properties"]?["vmId"] = "x" }.count == 1)
        #expect(faults { $0["properties"]?["storageProfile"]?["osDisk"]?["createOption"] = nil }.count == 1)
        #expect(faults { $0["properties"]?["storageProfile"]?["osDisk"]?["diskSizeGB"] = 1.5 }.count == 1)
    }

    @Test func answersAreHeldAgainstTheirStatusToo() {
        #expect(model.faults(inAnswer: nil, status: 418, "GET", path).count == 1)
        #expect(model.faults(inAnswer: ["error": ["code": "x"]], status: 418, "GET", path) == [])
        #expect(model.faults(inAnswer: ["error": ["code": "x", "why": "y"]], status: 404, "GET", path).count == 1)
        #expect(model.faults(inAnswer: nil, status: 299, "GET", path).count == 1)
        #expect(model.faults(inAnswer: ["name": 7], status: 200, "GET", path).count == 1)
        #expect(model.faults(inAnswer: nil, status: 200, "GET", "/nothing").count == 1)
        #expect(!model.describes("GET", "/nothing"))
    }
}
