import Cloud
import CloudEmulator
import Provisioning
import Testing

/// The life of an emulated machine of Azure.
@Suite struct AzureMachineTests {
    private let azure: EmulatedAzure

    init() throws { azure = try EmulatedAzure() }

    @Test func aMachineIsMadeRunsAndGoesWithAllThatWasMadeForIt() throws {
        let made = azure.launch("one", EmulatedAzure.machine(publicAddress: true))
        #expect(made.status == 201)
        #expect(made.state == "Creating")
        #expect(made.headers["Retry-After"] != nil)
        #expect(azure.follow(made.operation).body["status"] == "InProgress")
        azure.clock.turn(.seconds(15))
        let over = azure.follow(made.operation)
        #expect(over.body["status"] == "Succeeded")
        #expect(over.headers["Retry-After"] == nil)

        let running = azure.machine("one", query: "$expand=instanceView")
        #expect(running.state == "Succeeded")
        let codes = running.body.way("properties", "instanceView", "statuses")?.array?.compactMap { $0["code"]?.string }
        #expect(codes == ["ProvisioningState/succeeded", "PowerState/running"])
        #expect(azure.list("networkInterfaces", in: EmulatedAzure.network).names.count == 1)
        #expect(azure.list("publicIPAddresses", in: EmulatedAzure.network).names.count == 1)
        #expect(azure.list("disks").names.count == 1)

        let ended = azure.call("DELETE", EmulatedAzure.path("one"))
        #expect(ended.status == 202)
        #expect(ended.headers["Location"]?.contains("monitor=true") == true)
        #expect(azure.follow(ended.headers["Location"]).status == 202)
        #expect(azure.machine("one").state == "Deleting")
        azure.clock.turn(.seconds(10))
        #expect(azure.follow(ended.operation).body["status"] == "Succeeded")
        #expect(azure.follow(ended.headers["Location"]).status == 204)
        #expect(azure.machine("one").code == "ResourceNotFound")
        #expect(azure.list("networkInterfaces", in: EmulatedAzure.network).names == [])
        #expect(azure.list("publicIPAddresses", in: EmulatedAzure.network).names == [])
        #expect(azure.list("disks").names == [])
        #expect(azure.call("DELETE", EmulatedAzure.path("one")).status == 204)
    }

    // MARK: - Once more

    @Test func theSameBodyAgainIsTheSameMachine() throws {
        let first = azure.launch("one")
        let again = azure.launch("one")
        #expect(again.status == 200)
        #expect(again.body.way("properties", "vmId") == first.body.way("properties", "vmId"))
        azure.clock.turn(.seconds(30))
        #expect(azure.launch("one").status == 200)
        #expect(azure.machine("one").state == "Succeeded")
        #expect(azure.list("networkInterfaces", in: EmulatedAzure.network).names.count == 1)
        // A path in other letters is the same path.
        #expect(
            azure.call("GET", EmulatedAzure.path("ONE").uppercased().replacing("SUBSCRIPTIONS", with: "Subscriptions"))
                .status == 200)
    }

    @Test func whatCannotChangeIsRefused() throws {
        _ = azure.launch("one", EmulatedAzure.machine(zone: "1"))
        let moved = azure.launch("one", EmulatedAzure.machine(zone: "2"))
        #expect(moved.status == 409)
        #expect(moved.code == "PropertyChangeNotAllowed")
        #expect(moved.body.way("error", "target") == "zones")
        var other = EmulatedAzure.machine(zone: "1")
        other["properties"]?["osProfile"]?["customData"] = "AAAA"
        #expect(azure.launch("one", other).body.way("error", "target") == "osProfile.customData")
        #expect(azure.launch("one", EmulatedAzure.machine(location: "westeurope")).code == "InvalidResourceLocation")
    }

    @Test func tagsAndSizesChange() throws {
        _ = azure.launch("one", EmulatedAzure.machine(tags: ["a": "1"]))
        azure.clock.turn(.seconds(30))
        let patched = azure.call("PATCH", EmulatedAzure.path("one"), ["tags": ["b": "2"]])
        #expect(patched.status == 200)
        #expect(patched.state == "Updating")
        #expect(patched.operation != nil)
        azure.clock.turn(.seconds(2))
        #expect(azure.machine("one").body["tags"] == ["b": "2"])
        #expect(azure.machine("one").state == "Succeeded")
        let size: JSONValue = ["properties": ["hardwareProfile": ["vmSize": "Standard_D4s_v5"]]]
        #expect(azure.call("PATCH", EmulatedAzure.path("one"), size).status == 200)
        #expect(azure.machine("one").body.way("properties", "hardwareProfile", "vmSize") == "Standard_D4s_v5")
    }

    @Test func conditionsOfHeadersAreHeld() throws {
        let made = azure.launch("one", headers: [HTTPHeader("If-None-Match", "*")])
        #expect(made.status == 201)
        #expect(azure.launch("one", headers: [HTTPHeader("If-None-Match", "*")]).code == "PreconditionFailed")
        let tag = made.headers["ETag"] ?? ""
        #expect(made.body["etag"]?.string == tag)
        let patch: JSONValue = ["tags": ["a": "1"]]
        #expect(
            azure.call("PATCH", EmulatedAzure.path("one"), patch, headers: [HTTPHeader("If-Match", tag)]).status == 200)
        let late = azure.call("PATCH", EmulatedAzure.path("one"), patch, headers: [HTTPHeader("If-Match", tag)])
        #expect(late.status == 412)
        #expect(azure.launch("two", headers: [HTTPHeader("If-Match", "*")]).status == 412)
    }

    @Test func aMachineOnItsWayOutTakesNothingMore() throws {
        _ = azure.launch("one")
        azure.clock.turn(.seconds(30))
        _ = azure.call("DELETE", EmulatedAzure.path("one"))
        #expect(azure.launch("one").code == "OperationNotAllowed")
        #expect(azure.call("POST", EmulatedAzure.path("one") + "/start").code == "OperationNotAllowed")
        #expect(azure.call("DELETE", EmulatedAzure.path("one")).status == 202)
        azure.clock.turn(.seconds(10))
        // The name is free again.
        #expect(azure.launch("one").status == 201)
    }

    // MARK: - Power

    @Test func machinesStopAndStart() throws {
        _ = azure.launch("one")
        azure.clock.turn(.seconds(30))
        func power() -> String? {
            let view = azure.call("GET", EmulatedAzure.path("one") + "/instanceView")
            return view.body["statuses"]?.array?.last?["code"]?.string
        }
        for (verb, during, after) in [
            ("deallocate", "deallocating", "deallocated"), ("start", "starting", "running"),
            ("powerOff", "stopping", "stopped"), ("start", "starting", "running"), ("restart", "running", "running"),
        ] {
            let answer = azure.call("POST", EmulatedAzure.path("one") + "/\(verb)")
            #expect(answer.status == 202)
            #expect(power() == "PowerState/\(during)")
            azure.clock.turn(.seconds(10))
            #expect(power() == "PowerState/\(after)")
            #expect(azure.follow(answer.headers["Location"]).status == 200)
        }
    }

    @Test func spotMachinesAreTakenAway() throws {
        _ = azure.launch("gone", EmulatedAzure.machine(spot: true))
        var stopped = EmulatedAzure.machine(spot: true)
        stopped["properties"]?["evictionPolicy"] = "Deallocate"
        _ = azure.launch("stopped", stopped)
        _ = azure.launch("safe")
        azure.clock.turn(.seconds(30))
        #expect(azure.call("POST", EmulatedAzure.path("safe") + "/simulateEviction").status == 409)
        for name in ["gone", "stopped"] {
            #expect(azure.call("POST", EmulatedAzure.path(name) + "/simulateEviction").status == 204)
        }
        #expect(azure.machine("gone").state == "Succeeded")
        azure.clock.turn(.seconds(6))
        #expect(azure.machine("gone").state == "Deleting")
        azure.clock.turn(.seconds(10))
        #expect(azure.machine("gone").status == 404)
        let view = azure.machine("stopped", query: "$expand=instanceView").body
        let codes = view.way("properties", "instanceView", "statuses")?.array?.compactMap { $0["code"]?.string }
        #expect(codes?.last == "PowerState/deallocated")
    }

    // MARK: - Listing

    @Test func listsComeInPagesAndNameWhatWasAskedFor() throws {
        try azure.emulator.change { $0.conditions.pageSize = 2 }
        for name in ["a", "b", "c", "d", "e"] { _ = azure.launch(name) }
        var page = azure.list()
        var names = page.names
        var pages = 1
        while let next = page.body["nextLink"]?.string, pages < 9 {
            page = azure.follow(next)
            names += page.names
            pages += 1
        }
        #expect(names == ["a", "b", "c", "d", "e"])
        #expect(pages == 3)
        let everywhere = azure.list(in: "/subscriptions/\(EmulatedAzure.subscription)/providers/Microsoft.Compute")
        #expect(everywhere.names == ["a", "b"])
        let other = "/subscriptions/99999999-2222-3333-4444-555555555555"
        #expect(azure.list(in: "\(other)/providers/Microsoft.Compute").names == [])
        let missing = azure.list(in: "\(other)/resourceGroups/none/providers/Microsoft.Compute")
        #expect(missing.code == "ResourceGroupNotFound")
    }

    @Test func theStatusOfAllIsToldWithoutWhatTheyAre() throws {
        _ = azure.launch("one", EmulatedAzure.machine(tags: ["a": "1"]))
        azure.clock.turn(.seconds(30))
        let all = "/subscriptions/\(EmulatedAzure.subscription)/providers/Microsoft.Compute"
        let machine = azure.list(in: all, query: "statusOnly=true").values.first
        #expect(machine?.way("properties", "instanceView", "statuses")?.array?.count == 2)
        #expect(machine?.way("properties", "hardwareProfile") == nil)
    }

    @Test func newMachinesAreMissingFromListsForAWhile() throws {
        try azure.emulator.change { $0.conditions.visibilityLag = .seconds(60) }
        _ = azure.launch("one")
        #expect(azure.list().names == [])
        #expect(azure.machine("one").status == 200)
        azure.clock.turn(.seconds(60))
        #expect(azure.list().names == ["one"])
    }

    // MARK: - What is asked for must make sense

    @Test(
        arguments: [
            ("location", nil, "LocationRequired"), ("location", "nowhere", "LocationNotAvailableForResourceType"),
            ("zones", ["9"], "AvailabilityZoneNotSupported"), ("zones", ["1", "2"], "InvalidParameter"),
            ("properties", nil, "InvalidParameter"),
        ] as [(String, JSONValue?, String)]) func whatIsWrongIsSaid(_ name: String, _ value: JSONValue?, _ code: String)
    {
        var body = EmulatedAzure.machine()
        body[name] = value
        #expect(azure.launch("one", body).code == code)
        #expect(azure.list().names == [])
    }

    @Test(
        arguments: [
            ("hardwareProfile", ["vmSize": "Large"], "InvalidParameter"),
            ("evictionPolicy", "Delete", "EvictionPolicyCanBeSetOnlyOnAzureSpotVirtualMachines"),
            ("billingProfile", ["maxPrice": 1], "MaxPriceCanBeSetOnlyOnAzureSpotVirtualMachines"),
            ("osProfile", nil, "InvalidParameter"), ("networkProfile", nil, "NetworkInterfaceConfigurationMissing"),
            ("storageProfile", nil, "InvalidParameter"), ("userData", "not base64", "InvalidParameter"),
        ] as [(String, JSONValue?, String)]) func whatIsWrongWithinIsSaid(
            _ name: String, _ value: JSONValue?, _ code: String
        )
    {
        var body = EmulatedAzure.machine()
        body["properties"]?[name] = value
        #expect(azure.launch("one", body).code == code)
        #expect(azure.list("networkInterfaces", in: EmulatedAzure.network).names == [])
    }

    @Test func spotHasItsRules() throws {
        var body = EmulatedAzure.machine(spot: true)
        body["properties"]?["billingProfile"] = ["maxPrice": 0]
        #expect(azure.launch("one", body).code == "MaxPriceValueInvalid")
        body["properties"]?["billingProfile"] = ["maxPrice": 0.0001]
        #expect(azure.launch("one", body).code == "SpotPriceGreaterThanProvidedMaxPrice")
        body["properties"]?["billingProfile"] = ["maxPrice": -1]
        #expect(azure.launch("one", body).status == 201)
        let small = EmulatedAzure.machine(size: "Standard_B2s", spot: true)
        #expect(azure.launch("two", small).code == "AzureSpotIsNotSupportedForThisVMSize")
    }

    @Test func imagesMustBeThere() throws {
        var body = EmulatedAzure.machine()
        body["properties"]?["storageProfile"]?["imageReference"]?["sku"] = "no-such-plan"
        let refused = azure.launch("one", body)
        #expect(refused.code == "PlatformImageNotFound")
        #expect(refused.message?.contains("Canonical:ubuntu-24_04-lts:no-such-plan:latest") == true)
        body["properties"]?["storageProfile"]?["imageReference"] = ["id": "/communityGalleries/x/images/y"]
        #expect(azure.launch("one", body).status == 201)
        let own = "\(EmulatedAzure.compute)/images/mine"
        body["properties"]?["storageProfile"]?["imageReference"] = ["id": .string(own)]
        #expect(azure.launch("two", body).code == "NotFound")
        let image: JSONValue = [
            "location": "eastus", "properties": ["sourceVirtualMachine": ["id": .string(EmulatedAzure.path("one"))]],
        ]
        #expect(azure.call("PUT", own, image).status == 201)
        #expect(azure.launch("two", body).status == 201)
        let arm = EmulatedAzure.machine(size: "Standard_D2ps_v6")
        #expect(azure.launch("three", arm).code == "InvalidParameter")
    }

    @Test func secretsAreNeitherShownNorKept() throws {
        var body = EmulatedAzure.machine()
        body["properties"]?["osProfile"]?["adminPassword"] = "hunter2-Hunter2"
        body["properties"]?["userData"] = "c2VjcmV0LXVzZXItZGF0YQ=="
        #expect(!azure.launch("one", body).body.text.contains("hunter2"))
        let shown = azure.machine("one").body.text
        #expect(!shown.contains("hunter2") && !shown.contains("IyEvYmluL3NoCg") && !shown.contains("c2VjcmV0LX"))
        let world = String(describing: try azure.emulator.world())
        #expect(!world.contains("hunter2") && !world.contains("c2VjcmV0LX"))
    }
}

extension JSONValue {
    func way(_ path: String...) -> JSONValue? {
        var value: JSONValue? = self
        for name in path { value = value?[name] }
        return value
    }
}
