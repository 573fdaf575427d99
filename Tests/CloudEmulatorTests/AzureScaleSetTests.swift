import Cloud
import CloudEmulator
import Provisioning
import Testing

/// Sets of machines in the emulated Azure.
@Suite struct AzureScaleSetTests {
    private let azure: EmulatedAzure
    private let path = "\(EmulatedAzure.compute)/virtualMachineScaleSets/set"

    init() throws { azure = try EmulatedAzure() }

    private func set(
        _ capacity: Int, zones: [String] = [], spot: Bool = false, _ change: (inout JSONValue) -> Void = { _ in }
    ) -> JSONValue {
        var login = EmulatedAzure.login
        login["computerName"] = nil
        login["computerNamePrefix"] = "worker"
        var storage = EmulatedAzure.storage()
        storage["osDisk"]?["deleteOption"] = "Delete"
        var body: JSONValue = [
            "location": "eastus", "tags": ["owner": "me"],
            "sku": ["name": "Standard_D2s_v5", "tier": "Standard", "capacity": .integer(capacity)],
            "properties": [
                "orchestrationMode": "Flexible", "platformFaultDomainCount": 1, "singlePlacementGroup": false,
                "virtualMachineProfile": [
                    "storageProfile": storage, "osProfile": login, "networkProfile": EmulatedAzure.network(),
                    "priority": spot ? "Spot" : nil, "evictionPolicy": spot ? "Delete" : nil,
                ],
            ],
        ]
        if !zones.isEmpty { body["zones"] = JSONValue(zones) }
        change(&body)
        return body
    }

    private func members(_ query: String = "") -> [JSONValue] {
        let filter = "$filter='virtualMachineScaleSet%2Fid'%20eq%20'\(path)'"
        let all = "/subscriptions/\(EmulatedAzure.subscription)/providers/Microsoft.Compute"
        return azure.list(in: all, query: filter + query).values
    }

    @Test func aSetMakesItsMembersAndTakesThemAlong() throws {
        let made = azure.call("PUT", path, set(3, zones: ["1", "2", "3"]))
        #expect(made.status == 201)
        #expect(made.state == "Creating")
        azure.clock.turn(.seconds(20))
        #expect(azure.follow(made.operation).body["status"] == "Succeeded")
        let found = members()
        #expect(found.count == 3)
        #expect(Set(found.compactMap { $0["zones"]?.array?.first?.string }) == ["1", "2", "3"])
        #expect(found.allSatisfy { $0["tags"] == ["owner": "me"] })
        #expect(found.allSatisfy { $0.way("properties", "virtualMachineScaleSet", "id")?.string == path })
        let shown = azure.call("GET", path + "/virtualMachines", query: "$expand=instanceView")
        #expect(shown.values.map { $0["instanceId"] } == found.map { $0["name"] })
        let view = azure.call("GET", path + "/instanceView").body
        let counts = view.way("virtualMachine", "statusesSummary")?.array ?? []
        #expect(counts.contains(["code": "PowerState/running", "count": 3]))

        #expect(azure.call("DELETE", path).status == 202)
        azure.clock.turn(.seconds(10))
        #expect(azure.call("GET", path).status == 404)
        #expect(azure.list().names == [])
        #expect(azure.list("networkInterfaces", in: EmulatedAzure.network).names == [])
        #expect(azure.call("DELETE", path).status == 204)
    }

    @Test func theSameBodyAgainMakesNoMore() throws {
        _ = azure.call("PUT", path, set(2))
        #expect(azure.call("PUT", path, set(2)).status == 200)
        #expect(members().count == 2)
    }

    @Test func capacityGoesUpAndDown() throws {
        _ = azure.call("PUT", path, set(1))
        azure.clock.turn(.seconds(20))
        let more = azure.call("PATCH", path, ["sku": ["capacity": 4]])
        #expect(more.status == 200)
        #expect(more.state == "Updating")
        #expect(members().count == 4)
        _ = azure.call("PATCH", path, ["sku": ["capacity": 2]])
        azure.clock.turn(.seconds(20))
        #expect(members().count == 2)
        #expect(azure.call("GET", path).body.way("sku", "name") == "Standard_D2s_v5")
    }

    @Test func membersThatAreDeletedLeaveNoPlaceBehind() throws {
        _ = azure.call("PUT", path, set(3))
        azure.clock.turn(.seconds(20))
        let names = members().compactMap { $0["name"] }
        let deleted = azure.call("POST", path + "/delete", ["instanceIds": [names[0]]])
        #expect(deleted.status == 202)
        #expect(azure.call("GET", path).body.way("sku", "capacity") == 2)
        #expect(azure.call("DELETE", EmulatedAzure.path(names[1].string ?? "")).status == 202)
        #expect(azure.call("GET", path).body.way("sku", "capacity") == 1)
        azure.clock.turn(.seconds(10))
        #expect(azure.follow(deleted.operation).body["status"] == "Succeeded")
        #expect(members().compactMap { $0["name"] } == [names[2]])
        #expect(azure.call("POST", path + "/delete", ["instanceIds": ["none"]]).code == "InvalidParameter")
        #expect(azure.call("PUT", path, set(1)).status == 200)
        #expect(members().count == 1)
    }

    @Test func whereThereIsNoRoomMembersAreMissing() throws {
        try azure.emulator.change {
            for zone in ["1", "2"] { $0.limits.capacity[Pool(type: "Standard_D2s_v5", zone: zone)] = 1 }
        }
        let made = azure.call("PUT", path, set(5, zones: ["1", "2"]))
        azure.clock.turn(.seconds(20))
        let over = azure.follow(made.operation)
        #expect(over.body["status"] == "Failed")
        #expect(over.body.way("error", "code") == "ZonalAllocationFailed")
        #expect(azure.call("GET", path).state == "Failed")
        #expect(members().count == 2)
    }

    @Test func mixesTakeTheSizeThatThereIs() throws {
        try azure.emulator.change { $0.limits.capacity[Pool(type: "Standard_D2s_v5", zone: "")] = 2 }
        let body = set(4) {
            $0["sku"]?["name"] = "Mix"
            $0["properties"]?["skuProfile"] = [
                "vmSizes": [["name": "Standard_D2s_v5"], ["name": "Standard_E2s_v5"]],
                "allocationStrategy": "CapacityOptimized",
            ]
        }
        #expect(azure.call("PUT", path, body).status == 201)
        let sizes = members().compactMap { $0.way("properties", "hardwareProfile", "vmSize")?.string }.sorted()
        #expect(sizes == ["Standard_D2s_v5", "Standard_D2s_v5", "Standard_E2s_v5", "Standard_E2s_v5"])
    }

    @Test func prioritiesAreMixedAsAsked() throws {
        let body = set(6, spot: true) {
            $0["properties"]?["priorityMixPolicy"] = [
                "baseRegularPriorityCount": 2, "regularPriorityPercentageAboveBase": 50,
            ]
        }
        #expect(azure.call("PUT", path, body).status == 201)
        #expect(members().count { $0.way("properties", "priority") == "Spot" } == 2)
    }

    @Test func quotasAreOfTheWholeSet() throws {
        try azure.emulator.change { $0.limits.quotas[Quota(family: "cores", region: "eastus")] = 5 }
        let refused = azure.call("PUT", path, set(3))
        #expect(refused.status == 409)
        #expect(refused.code == "OperationNotAllowed")
        #expect(azure.call("GET", path).status == 404)
        #expect(azure.call("PUT", path, set(2)).status == 201)
    }

    @Test func onlyFlexibleSetsAreHad() throws {
        let body = set(1) { $0["properties"]?["orchestrationMode"] = "Uniform" }
        #expect(azure.call("PUT", path, body).body.way("error", "target") == "orchestrationMode")
    }
}
