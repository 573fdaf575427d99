import Provisioning
import Testing

@testable import CloudEmulator

/// Many instances of the emulated Compute Engine by one call.
@Suite struct ComputeBulkTests {
    private let cloud: ComputeCloud

    init() throws { cloud = try ComputeCloud() }

    private func children(_ parent: ComputeAnswer) throws -> [JSONValue] {
        let group = try #require(parent.json["operationGroupId"]?.string)
        let all = try cloud.get(
            "aggregated/operations", query: ["filter": "operationGroupId=\(group) AND operationType=insert"])
        return (all.json["items"]?.object?.fields ?? []).flatMap { $0.value["operations"]?.array ?? [] }
    }

    private func counts(_ parent: ComputeAnswer) throws -> JSONValue? {
        try cloud.operation(parent).json["instancesBulkInsertOperationMetadata"]?["perLocationStatus"]
    }

    @Test func onePromiseBringsManyEachWithAnOperationOfItsOwn() throws {
        let parent = try cloud.bulk(["count": "3"])
        #expect(parent.json["operationType"]?.string == "bulkInsert")
        #expect(try cloud.names() == ["w-001", "w-002", "w-003"])
        #expect(try children(parent).count == 3)
        cloud.clock.turn(.seconds(15))
        #expect(
            try counts(parent) == ["zones/us-central1-a": ["targetVmCount": 3, "createdVmCount": 3, "status": "DONE"]])
        #expect(try children(parent).allSatisfy { $0["status"]?.string == "DONE" && $0["error"] == nil })
        let next = try cloud.bulk(["count": 2])
        #expect(next.status == 200)
        #expect(try cloud.names() == ["w-001", "w-002", "w-003", "w-004", "w-005"])
    }

    @Test func namesMayBeChosen() throws {
        let parent = try cloud.bulk([
            "count": "2", "namePattern": .null, "perInstanceProperties": ["red": [:], "blue": [:]],
        ])
        #expect(parent.status == 200, "\(parent.message)")
        #expect(try cloud.names() == ["blue", "red"])
        let twice = try cloud.bulk([
            "count": "2", "minCount": "1", "perInstanceProperties": ["red": [:], "green": [:]],
        ])
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.errors(of: twice) == [])
        #expect(try cloud.names() == ["blue", "green", "red"])
        let failed = try children(twice).compactMap { $0["error"]?["errors"]?.array?.first?["code"]?.string }
        #expect(failed == ["RESOURCE_ALREADY_EXISTS"])
    }

    @Test func fewerThanNeededIsNone() throws {
        try cloud.emulator.change { $0.limits.capacity[Pool(type: "n2-standard-4", zone: "us-central1-a")] = 2 }
        let parent = try cloud.bulk(["count": "3"])
        cloud.clock.turn(.seconds(15))
        let wanted = ["ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", "VM_MIN_COUNT_NOT_REACHED"]
        #expect(try cloud.errors(of: parent) == wanted)
        #expect(try cloud.operation(parent).json["httpErrorStatusCode"]?.integer == 503)
        #expect(try cloud.names() == [])
        #expect(try cloud.names("\(ComputeCloud.zone)/disks") == [])
        let some = try cloud.bulk(["count": "3", "minCount": "1"])
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.errors(of: some) == [])
        #expect(try cloud.names() == ["w-001", "w-002"])
        #expect(
            try counts(some) == [
                "zones/us-central1-a": [
                    "targetVmCount": 3, "createdVmCount": 2, "failedToCreateVmCount": 1, "status": "DONE",
                ]
            ])
        #expect(try children(some).count { $0["error"] != nil } == 1)
    }

    @Test func whatCannotAllBeMadeIsTakenBack() throws {
        _ = try cloud.insert("red")
        let names: JSONValue = ["red": [:], "blue": [:]]
        let parent = try cloud.bulk(["count": "2", "namePattern": .null, "perInstanceProperties": names])
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.errors(of: parent) == ["RESOURCE_ALREADY_EXISTS", "VM_MIN_COUNT_NOT_REACHED"])
        #expect(try cloud.names() == ["red"])
        let count: JSONValue = [
            "targetVmCount": 2, "createdVmCount": 1, "failedToCreateVmCount": 1, "deletedVmCount": 1, "status": "DONE",
        ]
        #expect(try counts(parent) == ["zones/us-central1-a": count])
    }

    @Test func quotaIsLookedAtUpFront() throws {
        try cloud.emulator.change { $0.limits.quotas[Quota(family: "N2_CPUS", region: "us-central1")] = 8 }
        let parent = try cloud.bulk(["count": "3"])
        cloud.clock.turn(.seconds(5))
        #expect(try cloud.errors(of: parent) == ["QUOTA_EXCEEDED", "VM_MIN_COUNT_NOT_REACHED"])
        #expect(try children(parent).isEmpty)
        #expect(try cloud.names() == [])
        _ = try cloud.bulk(["count": "3", "minCount": "2"])
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.names().count == 2)
    }

    @Test func aRegionalOneGoesWhereItMayAndWhereThereIsRoom() throws {
        for zone in ["us-central1-a", "us-central1-b"] {
            try cloud.emulator.change { $0.limits.capacity[Pool(type: "n2-standard-4", zone: zone)] = 1 }
        }
        func zones(_ policy: JSONValue, _ count: Int) throws -> [String: Int] {
            let parent = try cloud.bulk(
                ["count": .integer(count), "locationPolicy": policy], in: ComputeCloud.region)
            let all = try cloud.get("aggregated/instances").json["items"]?.object?.fields ?? []
            let found = all.compactMap { field in field.value["instances"]?.array.map { (field.name, $0.count) } }
            for (zone, instances) in all.map({ ($0.name, $0.value["instances"]?.array ?? []) }) {
                for one in instances { _ = try cloud.call("DELETE", "\(zone)/instances/\(one["name"]?.string ?? "")") }
            }
            #expect(parent.status == 200)
            cloud.clock.turn(.seconds(30))
            return Dictionary(uniqueKeysWithValues: found)
        }
        #expect(try zones([:], 3) == ["zones/us-central1-c": 3])
        #expect(
            try zones(["targetShape": "ANY"], 4) == [
                "zones/us-central1-a": 1, "zones/us-central1-b": 1, "zones/us-central1-c": 2,
            ])
        let denied: JSONValue = [
            "targetShape": "BALANCED",
            "locations": [
                "zones/us-central1-f": ["preference": "DENY"], "zones/us-central1-a": ["preference": "DENY"],
            ],
        ]
        #expect(try zones(denied, 3) == ["zones/us-central1-b": 1, "zones/us-central1-c": 2])
        #expect(
            try cloud.bulk(
                ["count": 1, "locationPolicy": ["locations": ["zones/us-east1-b": [:]]]], in: ComputeCloud.region
            ).status == 400)
    }

    @Test func aZoneThatDoesNotHaveTheTypeIsNotInTheWay() throws {
        try cloud.emulator.change { world in
            for zone in ["us-central1-a", "us-central1-b"] {
                for market in Market.allCases {
                    world.limits.unoffered.insert(Pool(type: "n2-standard-4", zone: zone, market: market))
                }
            }
        }
        let policy: JSONValue = ["targetShape": "BALANCED"]
        let parent = try cloud.bulk(["count": "4", "locationPolicy": policy], in: ComputeCloud.region)
        #expect(parent.status == 200, "\(parent.message)")
        cloud.clock.turn(.seconds(15))
        #expect(try counts(parent)?.object?.names.sorted() == ["zones/us-central1-c", "zones/us-central1-f"])
        #expect(try cloud.bulk(["count": "1"]).status == 400)
    }

    @Test func anotherTypeTakesThePlaceOfOneThatRanOut() throws {
        try cloud.emulator.change { $0.limits.capacity[Pool(type: "n2-standard-4", zone: "us-central1-a")] = 1 }
        let selections: JSONValue = [
            "second": ["rank": "2", "machineTypes": ["n2d-standard-4"]],
            "first": ["rank": "1", "machineTypes": ["n2-standard-4"]],
        ]
        let parent = try cloud.bulk(["count": "3", "instanceFlexibilityPolicy": ["instanceSelections": selections]])
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.errors(of: parent) == [])
        let types = try cloud.get("\(ComputeCloud.zone)/instances").items.compactMap {
            $0["machineType"]?.string?.split(separator: "/").last
        }
        #expect(types == ["n2-standard-4", "n2d-standard-4", "n2d-standard-4"])
    }

    @Test func whatCannotBeUnderstoodIsRefusedAtOnce() throws {
        for bad: JSONValue in [
            [:], ["count": "0"], ["count": "2", "minCount": "3"], ["count": "2", "namePattern": "w"],
            ["count": "2", "namePattern": "w-#-#"], ["count": "1", "namePattern": "W-#"], ["count": "5001"],
            ["count": "2", "locationPolicy": ["targetShape": "ROUND"]],
        ] {
            #expect(try cloud.bulk(bad).status == 400, "\(bad.text)")
        }
        #expect(try cloud.names() == [])
    }
}
