import Provisioning
import Testing

@testable import CloudEmulator

/// Managed groups of the emulated Compute Engine.
@Suite struct ComputeGroupTests {
    private let cloud: ComputeCloud
    private let path = "\(ComputeCloud.zone)/instanceGroupManagers/workers"

    init() throws { cloud = try ComputeCloud() }

    private func settle() { cloud.clock.turn(.seconds(20)) }

    private func actions() throws -> [String] {
        try cloud.members().compactMap { $0["currentAction"]?.string }
    }

    private func size() throws -> Int? { try cloud.get(path).json["targetSize"]?.integer }

    @Test func aGroupMakesItsInstancesByItself() throws {
        let begun = try cloud.group(3)
        #expect(begun.json["operationType"]?.string == "insert")
        #expect(try actions() == ["CREATING", "CREATING", "CREATING"])
        #expect(try cloud.get(path).json["status"]?["isStable"]?.bool == false)
        cloud.clock.turn(.seconds(1))
        // The operation is done when all is on its way, not when it has come.
        #expect(try cloud.operation(begun).json["status"]?.string == "DONE")
        #expect(try actions() == ["CREATING", "CREATING", "CREATING"])
        settle()
        #expect(try actions() == ["NONE", "NONE", "NONE"])
        let group = try cloud.get(path).json
        #expect(group["status"]?["isStable"]?.bool == true)
        #expect(group["currentActions"]?["none"]?.integer == 3)
        let names = try cloud.names()
        #expect(names.count == 3)
        #expect(names.allSatisfy { $0.hasPrefix("worker-") && $0.utf8.count == 11 })
        let one = try cloud.get("\(ComputeCloud.zone)/instances/\(names[0])").json
        let creator = one["metadata"]?["items"]?.array?.first { $0["key"]?.string == "created-by" }
        #expect(creator?["value"]?.string?.hasSuffix("zones/us-central1-a/instanceGroupManagers/workers") == true)
        let plain = try cloud.post(
            "\(ComputeCloud.zone)/instanceGroups/workers/listInstances", ["instanceState": "RUNNING"])
        #expect(plain.items.count == 3)
    }

    @Test func aGroupGrowsAndShrinks() throws {
        _ = try cloud.group(1)
        settle()
        #expect(try cloud.post("\(path)/resize", query: ["size": "3"]).status == 200)
        settle()
        #expect(try cloud.names().count == 3)
        #expect(try cloud.post("\(path)/resize", query: ["size": "1"]).status == 200)
        #expect(try actions().sorted() == ["DELETING", "DELETING", "NONE"])
        settle()
        #expect(try cloud.names().count == 1)
        #expect(try actions() == ["NONE"])
        #expect(try cloud.post("\(path)/resize").status == 400)
        #expect(try cloud.post("\(path)/resize", query: ["size": "1001"]).status == 400)
    }

    @Test func membersWithNamesComeAndGoAndTheSizeFollows() throws {
        _ = try cloud.group(0)
        let made = try cloud.post("\(path)/createInstances", ["instances": [["name": "red"], ["name": "blue"]]])
        #expect(made.status == 200)
        settle()
        #expect(try cloud.names() == ["blue", "red"])
        #expect(try size() == 2)
        let again = try cloud.post("\(path)/createInstances", ["instances": [["name": "green"], ["name": "red"]]])
        cloud.clock.turn(.seconds(1))
        #expect(try cloud.errors(of: again) == ["MEMBER_ALREADY_EXISTS"])
        #expect(try size() == 2, "all of them or none")
        let red = "\(ComputeCloud.zone)/instances/red"
        #expect(try cloud.post("\(path)/deleteInstances", ["instances": [.string(red)]]).status == 200)
        #expect(try size() == 1)
        settle()
        #expect(try cloud.names() == ["blue"])
        #expect(try cloud.post("\(path)/deleteInstances", ["instances": [.string(red)]]).status == 400)
        let skipping: JSONValue = ["instances": [.string(red)], "skipInstancesOnValidationError": true]
        #expect(try cloud.post("\(path)/deleteInstances", skipping).status == 200)
        #expect(try size() == 1)
        #expect(
            try cloud.post("\(path)/abandonInstances", ["instances": ["zones/us-central1-a/instances/blue"]]).status
                == 200)
        #expect(try size() == 0)
        settle()
        #expect(try cloud.members().isEmpty)
        #expect(try cloud.names() == ["blue"])
    }

    @Test func namesOfMembersAreLookedAtBeforeAnybodyIsMade() throws {
        _ = try cloud.group(0)
        func reason(_ instances: [JSONValue]) throws -> String? {
            let answer = try cloud.post("\(path)/createInstances", ["instances": .array(instances)])
            return answer.status == 200 ? nil : answer.reason
        }
        #expect(try reason([["name": "red"], ["name": "Red"]]) == "invalid")
        #expect(try reason([["name": "red"], ["name": "red"]]) == "invalid")
        #expect(try reason([["name": "red"], [:]]) == "required")
        #expect(try reason([]) == "required")
        #expect(try reason((0...1000).map { ["name": .string("w-\($0)")] }) == "invalid")
        #expect(try size() == 0)
        #expect(try cloud.members().isEmpty)
        #expect(try reason((1...1000).map { ["name": .string("w-\($0)")] }) == nil)
        #expect(try size() == 1000)
    }

    @Test func aGroupOfTheRegionTellsOfEachNameThatItHasNoRoomFor() throws {
        let path = "\(ComputeCloud.region)/instanceGroupManagers/workers"
        for zone in ["a", "b", "c"] {
            let pool = Pool(type: "n2-standard-4", zone: "us-central1-\(zone)")
            try cloud.emulator.change { $0.limits.capacity[pool] = zone == "b" ? 1 : 0 }
        }
        _ = try cloud.group(0, in: ComputeCloud.region, ["distributionPolicy": ["targetShape": "ANY"]])
        let made = try cloud.post("\(path)/createInstances", ["instances": [["name": "red"], ["name": "blue"]]])
        #expect(made.json["operationType"]?.string == "compute.regionInstanceGroupManagers.createInstances")
        settle()
        #expect(try cloud.operation(made).json["error"] == nil, "the operation is over when all is on its way")
        let members = try cloud.members(in: ComputeCloud.region)
        let codes = members.compactMap { $0["lastAttempt"]?["errors"]?["errors"]?.array?.first?["code"]?.string }
        #expect(members.compactMap { $0["name"]?.string }.sorted() == ["blue", "red"])
        #expect(codes == ["ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS"])
        #expect(try cloud.get(path).json["targetSize"]?.integer == 2)
    }

    @Test func whatGoesUnaskedIsMadeAgainUnderItsName() throws {
        _ = try cloud.group(2)
        settle()
        let names = try cloud.names()
        let before = try cloud.get("\(ComputeCloud.zone)/instances/\(names[0])").json["id"]
        _ = try cloud.call("DELETE", "\(ComputeCloud.zone)/instances/\(names[0])")
        cloud.clock.turn(.seconds(6))
        #expect(try actions().sorted() == ["NONE", "RECREATING"])
        settle()
        #expect(try cloud.names() == names)
        #expect(try cloud.get("\(ComputeCloud.zone)/instances/\(names[0])").json["id"] != before)
    }

    @Test func aStoppedSpotMemberIsMadeAgain() throws {
        _ = try cloud.post(
            "global/instanceTemplates", ["name": "spot", "properties": ComputeCloud.instance(nil, ComputeCloud.spot)])
        _ = try cloud.group(1, in: ComputeCloud.zone, ["instanceTemplate": "global/instanceTemplates/spot"])
        settle()
        let name = try #require(try cloud.names().first)
        let before = try cloud.get("\(ComputeCloud.zone)/instances/\(name)").json["id"]
        try cloud.emulator.change { $0.preempt(["us-central1-a/\(name)"], in: "demo", at: cloud.clock.now) }
        cloud.clock.turn(.seconds(30))
        #expect(try cloud.status(name) == "RUNNING")
        #expect(try cloud.get("\(ComputeCloud.zone)/instances/\(name)").json["id"] != before)
    }

    @Test func aGroupKeepsTryingWhereThereIsNoRoomAndSaysWhy() throws {
        let pool = Pool(type: "n2-standard-4", zone: "us-central1-a")
        try cloud.emulator.change { $0.limits.capacity[pool] = 1 }
        _ = try cloud.group(3)
        settle()
        #expect(try actions().sorted() == ["CREATING", "CREATING", "NONE"])
        #expect(try cloud.names().count == 1)
        let problem = try cloud.members().lazy.compactMap { $0["lastAttempt"]?["errors"]?["errors"]?.array?.first }
            .first
        #expect(problem?["code"]?.string == "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS")
        let errors = try cloud.get("\(path)/listErrors").items
        #expect(errors.first?["error"]?["code"]?.string == "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS")
        #expect(errors.count >= 2)
        try cloud.emulator.change { $0.limits.capacity[pool] = 9 }
        cloud.clock.turn(.seconds(60))
        #expect(try cloud.names().count == 3)
    }

    @Test func nobodyLosesTimeForNotBeingLookedAt() throws {
        let other = try ComputeCloud()
        for each in [cloud, other] {
            _ = try each.group(2)
            each.clock.turn(.seconds(1))
        }
        for _ in 0..<60 {
            cloud.clock.turn(.seconds(1))
            _ = try cloud.names()
        }
        other.clock.turn(.seconds(60))
        #expect(
            try cloud.get("\(ComputeCloud.zone)/instances").json == other.get("\(ComputeCloud.zone)/instances").json)
    }

    @Test func aGroupEndsWithItsInstancesAndItsTemplateIsFreeThen() throws {
        _ = try cloud.group(2)
        settle()
        let inUse = try cloud.call("DELETE", "global/instanceTemplates/worker")
        #expect(inUse.status == 400)
        #expect(inUse.reason == "resourceInUseByAnotherResource")
        let begun = try cloud.call("DELETE", path)
        #expect(begun.json["operationType"]?.string == "compute.instanceGroupManagers.delete")
        settle()
        #expect(try cloud.operation(begun).json["status"]?.string == "DONE")
        #expect(try cloud.get(path).status == 404)
        #expect(try cloud.names() == [])
        #expect(try cloud.call("DELETE", "global/instanceTemplates/worker").status == 200)
        #expect(try cloud.get("global/instanceTemplates/worker").status == 404)
    }

    @Test func aRegionalGroupSpreadsAndGoesAroundAFullZone() throws {
        try cloud.emulator.change { $0.limits.capacity[Pool(type: "n2-standard-4", zone: "us-central1-b")] = 0 }
        _ = try cloud.group(6, in: ComputeCloud.region, ["distributionPolicy": ["targetShape": "ANY"]])
        settle()
        let zones = try cloud.members(in: ComputeCloud.region).compactMap {
            $0["instance"]?.string?.split(separator: "/").dropLast(2).last
        }
        #expect(Set(zones) == ["us-central1-a", "us-central1-c"])
        #expect(zones.count == 6)
        let group = try cloud.get("\(ComputeCloud.region)/instanceGroupManagers/workers").json
        #expect(group["distributionPolicy"]?["zones"]?.array?.count == 3)
        #expect(group["status"]?["isStable"]?.bool == true)
    }

    @Test func aGroupOfOneZoneIsInOneThatHasRoom() throws {
        try cloud.emulator.change { $0.limits.capacity[Pool(type: "n2-standard-4", zone: "us-central1-a")] = 0 }
        _ = try cloud.group(3, in: ComputeCloud.region, ["distributionPolicy": ["targetShape": "ANY_SINGLE_ZONE"]])
        settle()
        let zones = try cloud.members(in: ComputeCloud.region)
            .compactMap { $0["instance"]?.string?.split(separator: "/").dropLast(2).last }
        #expect(zones == ["us-central1-b", "us-central1-b", "us-central1-b"])
    }

    @Test func allInstancesOfAGroupHaveItsLabels() throws {
        _ = try cloud.group(
            1, in: ComputeCloud.zone,
            ["allInstancesConfig": ["properties": ["labels": ["team": "red"], "metadata": ["a": "b"]]]])
        settle()
        let instance = try cloud.get("\(ComputeCloud.zone)/instances").items.first
        #expect(instance?["labels"] == ["team": "red"])
        let more: JSONValue = ["allInstancesConfig": ["properties": ["labels": ["team": "blue"]]], "targetSize": 2]
        #expect(try cloud.call("PATCH", path, more).status == 200)
        settle()
        let teams = try cloud.get("\(ComputeCloud.zone)/instances").items.compactMap { $0["labels"]?["team"]?.string }
        #expect(teams.sorted() == ["blue", "red"])
        let late: JSONValue = ["fingerprint": "AAAAAAAAAAA=", "targetSize": 1]
        #expect(try cloud.call("PATCH", path, late).status == 412)
    }

    @Test func aMemberIsMadeAgainWhereThatIsAskedFor() throws {
        _ = try cloud.group(1)
        settle()
        let name = try #require(try cloud.names().first)
        let before = try cloud.get("\(ComputeCloud.zone)/instances/\(name)").json["id"]
        #expect(
            try cloud.post(
                "\(path)/recreateInstances", ["instances": [.string("zones/us-central1-a/instances/\(name)")]]
            ).status == 200)
        cloud.clock.turn(.seconds(30))
        #expect(try cloud.names() == [name])
        #expect(try cloud.get("\(ComputeCloud.zone)/instances/\(name)").json["id"] != before)
    }

    @Test func aGroupIsWhatItWasInAWorldThatWasSaved() throws {
        let folder = try ScratchFolder()
        let clock = TurnedClock()
        func open() throws -> ComputeCloud { try ComputeCloud(clock: clock) { $0.worldFile = folder.path + "/world" } }
        _ = try open().group(2)
        clock.turn(.seconds(20))
        let names = try open().names()
        #expect(names.count == 2)
        #expect(try open().members().compactMap { $0["currentAction"]?.string } == ["NONE", "NONE"])
        #expect(try open().names() == names)
    }

    @Test func templatesOfARegionAreItsOwn() throws {
        let body: JSONValue = ["name": "worker", "properties": ComputeCloud.instance()]
        #expect(try cloud.post("\(ComputeCloud.region)/instanceTemplates", body).status == 200)
        #expect(try cloud.post("\(ComputeCloud.region)/instanceTemplates", body).status == 409)
        #expect(try cloud.get("global/instanceTemplates/worker").status == 404)
        #expect(try cloud.names("\(ComputeCloud.region)/instanceTemplates") == ["worker"])
        let from = ["sourceInstanceTemplate": "regions/us-central1/instanceTemplates/worker"]
        let made = try cloud.post("\(ComputeCloud.zone)/instances", query: from, ["name": "one", "labels": ["a": "b"]])
        #expect(made.status == 200, "\(made.message)")
        #expect(try cloud.get("\(ComputeCloud.zone)/instances/one").json["labels"] == ["a": "b"])
        let bad: JSONValue = [
            "name": "bad", "properties": ComputeCloud.instance(nil, ["machineType": "n2-standard-3"]),
        ]
        #expect(try cloud.post("global/instanceTemplates", bad).status == 400)
    }
}
