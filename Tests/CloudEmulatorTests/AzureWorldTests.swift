import Cloud
import FoundationEssentials
import Provisioning
import Testing

@testable import CloudEmulator

/// Azure's part of a world that is saved and shared, and its place beside the others.
@Suite struct AzureWorldTests {
    @Test func whoComesLaterFindsAzureAsItWasLeft() throws {
        let folder = try ScratchFolder(), clock = TurnedClock()
        func azure(_ seed: UInt64) throws -> EmulatedAzure {
            try EmulatedAzure(seed: seed, clock: clock) { $0.worldFile = folder.file("world.json") }
        }
        let made = try azure(1).launch("one", EmulatedAzure.machine(zone: "2", tags: ["a": "ü"]))
        clock.turn(.seconds(30))
        let later = try azure(2)
        #expect(later.follow(made.operation).body["status"] == "Succeeded")
        let found = later.machine("one")
        #expect(found.body.way("properties", "vmId") == made.body.way("properties", "vmId"))
        #expect(found.body["tags"] == ["a": "ü"])
        #expect(later.launch("one", EmulatedAzure.machine(zone: "2", tags: ["a": "ü"])).status == 200)
    }

    @Test func readingSavesNothing() throws {
        let folder = try ScratchFolder()
        let azure = try EmulatedAzure { $0.worldFile = folder.file("world.json") }
        #expect(azure.list().names == [])
        #expect(azure.call("GET", "\(EmulatedAzure.network)/virtualNetworks").names == ["default"])
        #expect(!FileManager.default.fileExists(atPath: folder.file("world.json")))
    }

    @Test func aWorldOfBeforeAzureStillLoads() throws {
        let folder = try ScratchFolder()
        let file = folder.file("world.json")
        let old = #"""
            {"format":1,"world":{"regions":{},"faults":[],"revision":3,"names":0,"addresses":0,
            "limits":{"capacity":[],"quotas":[],"rates":{},"unoffered":[],"subnets":{}}}}
            """#
        try Data(old.utf8).write(to: URL(filePath: file))
        let azure = try EmulatedAzure { $0.worldFile = file }
        #expect(azure.launch("one").status == 201)
        #expect(azure.list().names == ["one"])
    }

    @Test func namesDifferWhereChanceRepeatsItself() throws {
        let azure = try EmulatedAzure { _ in }
        var ids: Set<String> = []
        for number in 1...20 {
            let made = azure.launch("m\(number)")
            ids.insert(made.body.way("properties", "vmId")?.string ?? "")
        }
        #expect(ids.count == 20)
        #expect(Set(azure.list("networkInterfaces", in: EmulatedAzure.network).names).count == 20)
    }

    @Test func callsOfOtherCloudsAreNotAzures() throws {
        let emulator = try EmulatedAzure().emulator
        func action(_ method: String, _ path: String) -> String? {
            emulator.action(
                of: HTTPRequest(
                    method: method, endpoint: Endpoint(scheme: .https, host: "localhost"), path: path))
        }
        #expect(action("PUT", EmulatedAzure.path("one")) == "VirtualMachines_CreateOrUpdate")
        #expect(action("POST", "/\(AzureAccess.demo.tenant)/oauth2/v2.0/token") == "Tokens_Get")
        #expect(action("GET", "/metadata/identity/oauth2/token") == "Identity_Get")
        for path in ["/", "/latest/meta-data/", "/token", "/compute/v1/projects/p/zones/z/instances", "/v1/token"] {
            #expect(action("GET", path)?.contains("_") != true)
        }
    }

    @Test func whateverThingsAreCalledTheWorldIsReadAgain() throws {
        let folder = try ScratchFolder()
        let azure = try EmulatedAzure { $0.worldFile = folder.file("world.json") }
        #expect(azure.launch("a%2Fb").code == "InvalidResourceName")
        var body = EmulatedAzure.machine()
        body["properties"]?["storageProfile"]?["osDisk"]?["name"] = "a/b c"
        #expect(azure.launch("one", body).status == 201)
        #expect(try EmulatedAzure { $0.worldFile = folder.file("world.json") }.list().names == ["one"])
    }

    /// Whatever a path or a body is, there is an answer, and it is no fault of ours.
    @Test(arguments: [
        "/subscriptions", "/subscriptions/", "/subscriptions//resourceGroups//providers", "/subscriptions/%zz",
        "/subscriptions/%00/resourcegroups", "/providers/Microsoft.Compute/operations", "/SUBSCRIPTIONS/x/y/z",
        "\(EmulatedAzure.compute)/virtualMachines/a%2Fb", "\(EmulatedAzure.compute)/virtualMachines/a%20b%3F",
    ]) func noPathIsTooMuch(_ path: String) throws {
        let azure = try EmulatedAzure()
        for method in ["GET", "PUT", "PATCH", "POST", "DELETE", "HEAD"] {
            for body in [
                "", "{}", "[]", "{\"properties\":[]}", "{\"location\":7,\"properties\":{\"networkProfile\":1}}",
            ] {
                let response = azure.emulator.handle(
                    HTTPRequest(
                        method: method, endpoint: Endpoint(scheme: .https, host: "management.azure.com"), path: path,
                        query: "api-version=2024-07-01",
                        headers: [HTTPHeader("Authorization", "Bearer \(EmulatorSettings.demoBearer.revealed)")],
                        body: Array(body.utf8)))
                #expect(response.status < 500)
            }
        }
    }
}
