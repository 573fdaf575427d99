import Cloud
import Provisioning
import Testing

@testable import CloudEmulator

/// Who may do what in the emulated Google Cloud, and what comes of it.
@Suite struct GooglePermissionTests {
    private let cloud: ComputeCloud

    init() throws { cloud = try ComputeCloud() }

    private func ask(
        _ path: String, _ body: JSONValue, token: String? = EmulatorSettings.demoBearer.revealed
    ) -> ComputeAnswer {
        var request = cloud.request("POST", "", body, token: token)
        request.path = path
        return ComputeAnswer(cloud.emulator.handle(request))
    }

    private static let places = [
        "/v3/projects/demo:testIamPermissions", "/v1/projects/demo:testIamPermissions",
        "/v1/projects/demo/serviceAccounts/w%40demo.iam.gserviceaccount.com:testIamPermissions",
        "/v1/projects/-/serviceAccounts/w%40demo.iam.gserviceaccount.com:testIamPermissions",
        "/compute/v1/projects/demo/regions/us-central1/subnetworks/default/testIamPermissions",
    ]

    @Test(arguments: places)
    func whatIsNotDeniedIsGranted(place: String) throws {
        let asked: JSONValue = ["permissions": ["compute.instances.create", "compute.disks.create"]]
        #expect(ask(place, asked).json["permissions"]?.array?.count == 2)
        try cloud.emulator.change { $0.limits.denied = ["compute.disks.create"] }
        #expect(ask(place, asked).json["permissions"] == ["compute.instances.create"])
        try cloud.emulator.change { $0.limits.denied = ["compute.disks.create", "compute.instances.create"] }
        let nothing = ask(place, asked)
        #expect(nothing.status == 200 && nothing.json.object?.fields.isEmpty == true)
    }

    @Test(arguments: places)
    func nobodyUnknownIsAnswered(place: String) {
        #expect(ask(place, ["permissions": ["compute.disks.create"]], token: nil).status == 401)
        #expect(ask(place, ["permissions": ["compute.disks.create"]], token: "another").status == 401)
        #expect(ask(place, ["names": ["compute.disks.create"]]).status == 400)
    }

    @Test func wildcardsAreNoPermissions() {
        #expect(ask(Self.places[0], ["permissions": ["compute.*"]]).status == 400)
    }

    @Test func aSubnetworkThatIsNotThereIsNotFound() {
        let place = "/compute/v1/projects/demo/regions/us-central1/subnetworks/none/testIamPermissions"
        #expect(ask(place, ["permissions": ["compute.subnetworks.use"]]).status == 404)
    }

    @Test(arguments: [
        ("compute.instances.create", "POST", "zones/us-central1-a/instances/bulkInsert"),
        ("compute.instances.create", "POST", "regions/us-central1/instances/bulkInsert"),
        ("compute.instances.list", "GET", "aggregated/instances"),
        ("compute.instanceTemplates.get", "GET", "regions/us-central1/instanceTemplates/x"),
        ("compute.instanceGroupManagers.update", "POST", "regions/us-central1/instanceGroupManagers/x/resize"),
        ("compute.zoneOperations.get", "POST", "zones/us-central1-a/operations/x/wait"),
        ("compute.regions.get", "GET", "regions/us-central1"),
        ("compute.images.get", "GET", "global/images/family/x"),
    ])
    func whatIsDeniedIsRefused(permission: String, verb: String, path: String) throws {
        try cloud.emulator.change { $0.limits.denied = [permission] }
        let answer = try cloud.call(verb, path)
        #expect(answer.status == 403 && answer.reason == "forbidden")
        #expect(answer.message.contains("'\(permission)'"))
        try cloud.emulator.change { $0.limits.denied = ["compute.other.get"] }
        #expect(try cloud.call(verb, path).status != 403)
    }

    @Test func diskTypesOfAllZonesAreInOneListAndPlacementPoliciesAreThere() throws {
        let list = try cloud.get("aggregated/diskTypes", query: ["filter": "name = \"pd-ssd\""])
        let zone = list.json["items"]?["zones/us-central1-a"]?["diskTypes"]?.array
        #expect(zone?.compactMap { $0["name"]?.string } == ["pd-ssd"])
        let policy = try cloud.call("GET", "regions/us-central1/resourcePolicies/near")
        #expect(policy.status == 200 && policy.json["groupPlacementPolicy"] != nil)
        #expect(try cloud.get("regions/nowhere/resourcePolicies/near").status != 200)
    }
}
