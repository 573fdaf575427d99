import Provisioning
import Testing

@testable import CloudEmulator

/// Instances of the emulated Compute Engine, one by one.
@Suite struct ComputeLifecycleTests {
    private let cloud: ComputeCloud

    init() throws { cloud = try ComputeCloud() }

    @Test func anInstanceComesUpStepByStepAndItsOperationEndsWithIt() throws {
        let begun = try cloud.insert("one")
        #expect(begun.json["operationType"]?.string == "insert")
        #expect(begun.json["status"]?.string == "PENDING")
        #expect(begun.json["progress"]?.integer == 0)
        let link = "https://www.googleapis.com/compute/v1/projects/demo/zones/us-central1-a"
        #expect(begun.json["targetLink"]?.string == "\(link)/instances/one")
        #expect(try cloud.status("one") == "PROVISIONING")
        cloud.clock.turn(.seconds(5))
        #expect(try cloud.status("one") == "STAGING")
        #expect(try cloud.operation(begun).json["status"]?.string == "RUNNING")
        cloud.clock.turn(.seconds(8))
        #expect(try cloud.status("one") == "RUNNING")
        let done = try cloud.operation(begun).json
        #expect(done["status"]?.string == "DONE")
        #expect(done["progress"]?.integer == 100)
        #expect(done["error"] == nil)
        let instance = try cloud.get("\(ComputeCloud.zone)/instances/one").json
        #expect(instance["id"] == done["targetId"])
        #expect(instance["networkInterfaces"]?.array?.first?["networkIP"]?.string?.hasPrefix("10.") == true)
    }

    @Test func whatIsDeletedStopsFirstAndIsGoneThenWithItsBootDisk() throws {
        _ = try cloud.insert("one")
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.names("\(ComputeCloud.zone)/disks") == ["one"])
        let begun = try cloud.call("DELETE", "\(ComputeCloud.zone)/instances/one")
        #expect(try cloud.status("one") == "STOPPING")
        #expect(try cloud.call("DELETE", "\(ComputeCloud.zone)/instances/one").reason == "resourceNotReady")
        cloud.clock.turn(.seconds(6))
        let gone = try cloud.get("\(ComputeCloud.zone)/instances/one")
        #expect(gone.status == 404)
        #expect(gone.reason == "notFound")
        #expect(gone.message == "The resource 'projects/demo/zones/us-central1-a/instances/one' was not found")
        #expect(try cloud.operation(begun).json["status"]?.string == "DONE")
        #expect(try cloud.names("\(ComputeCloud.zone)/disks") == [])
        #expect(try cloud.names() == [])
    }

    @Test func aDiskThatIsNotToGoStaysAndIsInTheWayOfTheNext() throws {
        let disk: JSONValue = [
            "boot": true, "initializeParams": ["sourceImage": "projects/debian-cloud/global/images/family/debian-12"],
        ]
        _ = try cloud.insert("one", ["disks": [disk]])
        cloud.clock.turn(.seconds(15))
        let inUse = try cloud.call("DELETE", "\(ComputeCloud.zone)/disks/one")
        #expect(inUse.reason == "resourceInUseByAnotherResource")
        _ = try cloud.call("DELETE", "\(ComputeCloud.zone)/instances/one")
        cloud.clock.turn(.seconds(6))
        #expect(try cloud.get("\(ComputeCloud.zone)/disks/one").json["users"] == nil)
        let again = try cloud.insert("one")
        #expect(again.status == 409)
        #expect(again.message == "The resource 'projects/demo/zones/us-central1-a/disks/one' already exists")
        #expect(try cloud.call("DELETE", "\(ComputeCloud.zone)/disks/one").status == 200)
        cloud.clock.turn(.seconds(6))
        #expect(try cloud.insert("one").status == 200)
    }

    @Test func aNameIsTakenUntilItsInstanceIsGone() throws {
        #expect(try cloud.insert("one").status == 200)
        let second = try cloud.insert("one")
        #expect(second.status == 409)
        #expect(second.reason == "alreadyExists")
        #expect(second.message == "The resource 'projects/demo/zones/us-central1-a/instances/one' already exists")
    }

    @Test func aRequestIDBringsTheSameOperationAndNotASecondInstance() throws {
        let id = ["requestId": "0d8c6f5e-1d2a-4c5e-9f30-7a1c2b3d4e5f"]
        let first = try cloud.insert("one", query: id)
        let second = try cloud.insert("one", query: id)
        #expect(first.json == second.json)
        #expect(first.json["clientOperationId"]?.string == id["requestId"])
        cloud.clock.turn(.seconds(20))
        let third = try cloud.insert("one", query: id)
        #expect(third.json["name"] == first.json["name"])
        #expect(third.json["status"]?.string == "DONE")
        #expect(try cloud.names() == ["one"])
        for bad in ["00000000-0000-0000-0000-000000000000", "x", "0d8c6f5e1d2a4c5e9f307a1c2b3d4e5f"] {
            let refused = try cloud.insert("two", query: ["requestId": bad])
            #expect(refused.status == 400)
            #expect(refused.reason == "invalid")
        }
    }

    @Test func whatStopsHoldsItsNameAndStartsAgain() throws {
        _ = try cloud.insert("one", ["networkInterfaces": [["accessConfigs": [["name": "out"]]]]])
        let path = "\(ComputeCloud.zone)/instances/one"
        cloud.clock.turn(.seconds(15))
        func address() throws -> String? {
            try cloud.get(path).json["networkInterfaces"]?.array?.first?["accessConfigs"]?.array?.first?["natIP"]?
                .string
        }
        #expect(try address()?.hasPrefix("198.") == true)
        #expect(try cloud.post("\(path)/stop").status == 200)
        #expect(try cloud.status("one") == "STOPPING")
        #expect(try cloud.post("\(path)/start").reason == "resourceNotReady")
        cloud.clock.turn(.seconds(6))
        #expect(try cloud.status("one") == "TERMINATED")
        #expect(try address() == nil)
        #expect(try cloud.insert("one").status == 409)
        #expect(try cloud.post("\(path)/start").status == 200)
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.status("one") == "RUNNING")
        #expect(try cloud.post("\(path)/reset").status == 200)
    }

    @Test func labelsAreChangedByWhoeverHasSeenThemLast() throws {
        _ = try cloud.insert("one", ["labels": ["team": "red"]])
        let path = "\(ComputeCloud.zone)/instances/one"
        let fingerprint = try cloud.get(path).json["labelFingerprint"]
        let changed = try cloud.post(
            "\(path)/setLabels", ["labels": ["team": "blue"], "labelFingerprint": fingerprint])
        #expect(changed.status == 200)
        #expect(try cloud.get(path).json["labels"] == ["team": "blue"])
        let late = try cloud.post("\(path)/setLabels", ["labels": ["team": "green"], "labelFingerprint": fingerprint])
        #expect(late.status == 412)
        #expect(late.reason == "conditionNotMet")
        #expect(try cloud.post("\(path)/setMetadata", ["items": [["key": "a", "value": "b"]]]).status == 412)
        let metadata = try cloud.get(path).json["metadata"]?["fingerprint"]
        let more: JSONValue = ["fingerprint": metadata, "items": [["key": "a", "value": "b"]]]
        #expect(try cloud.post("\(path)/setMetadata", more).status == 200)
    }

    @Test func whatSomebodyAsksForIsKeptAndGivenBack() throws {
        let more: JSONValue = [
            "description": "a worker", "labels": ["a": "b"], "tags": ["items": ["web", "ssh"]],
            "serviceAccounts": [["email": "default", "scopes": ["https://www.googleapis.com/auth/cloud-platform"]]],
            "metadata": ["items": [["key": "startup-script", "value": "#!/bin/sh"]]],
            "shieldedInstanceConfig": ["enableSecureBoot": true], "minCpuPlatform": "Intel Ice Lake",
            "guestAccelerators": [
                ["acceleratorType": "zones/us-central1-a/acceleratorTypes/nvidia-tesla-t4", "acceleratorCount": 2]
            ], "scheduling": ["onHostMaintenance": "TERMINATE"], "canIpForward": true,
            "reservationAffinity": ["consumeReservationType": "NO_RESERVATION"],
        ]
        _ = try cloud.insert("one", more)
        let instance = try cloud.get("\(ComputeCloud.zone)/instances/one").json
        for name in [
            "description", "labels", "shieldedInstanceConfig", "minCpuPlatform", "canIpForward", "reservationAffinity",
        ] {
            #expect(instance[name] == more[name])
        }
        #expect(instance["tags"]?["items"] == ["web", "ssh"])
        #expect(
            instance["serviceAccounts"]?.array?.first?["email"]?.string?.hasSuffix(
                "-compute@developer.gserviceaccount.com") == true)
        #expect(instance["metadata"]?["items"] == more["metadata"]?["items"])
        #expect(instance["guestAccelerators"]?.array?.first?["acceleratorCount"]?.integer == 2)
    }

    @Test func whatTheRealOneWouldRefuseIsRefused() throws {
        let bad: [(String, JSONValue)] = [
            ("Bad_Name", [:]), ("-x", [:]), (String(repeating: "a", count: 64), [:]),
            ("x", ["labels": ["Team": "a"]]), ("x", ["labels": ["team": "A"]]),
            ("x", ["labels": [String(repeating: "k", count: 64): ""] as JSONValue]),
            ("x", ["machineType": "zones/us-central1-a/machineTypes/n2-standard-3"]),
            ("x", ["machineType": "zones/us-central1-b/machineTypes/n2-standard-4"]),
            ("x", ["disks": []]), ("x", ["networkInterfaces": []]),
            (
                "x",
                [
                    "disks": [
                        ["boot": true, "initializeParams": ["sourceImage": "projects/debian-cloud/global/images/none"]]
                    ]
                ]
            ),
            ("x", ["networkInterfaces": [["subnetwork": "regions/us-central1/subnetworks/none"]]]),
            ("x", ["networkInterfaces": [["subnetwork": "regions/us-east1/subnetworks/default"]]]),
            ("x", ["scheduling": ["provisioningModel": "SPOT", "automaticRestart": true]]),
            ("x", ["scheduling": ["provisioningModel": "SPOT", "onHostMaintenance": "MIGRATE"]]),
            ("x", ["scheduling": ["instanceTerminationAction": "DELETE"]]),
            ("x", ["tags": ["items": ["No"]]]),
        ]
        for (name, more) in bad {
            let refused = try cloud.insert(name, more)
            #expect(refused.status == 400, "\(name) \(more.text)")
            #expect(refused.reason == "invalid", "\(refused.message)")
        }
        let unknown = try cloud.insert("x", ["colour": "red"])
        #expect(
            unknown.message
                == "Invalid JSON payload received. Unknown name \"colour\" at 'resource': Cannot find field.")
        let wrong = try cloud.insert("x", ["scheduling": ["provisioningModel": "CHEAP"]])
        #expect(wrong.status == 400)
        #expect(try cloud.insert("x", query: ["size": "3"]).status == 400)
        let small: JSONValue = [
            "disks": [
                [
                    "boot": true,
                    "initializeParams": [
                        "sourceImage": "projects/debian-cloud/global/images/family/debian-12", "diskSizeGb": "5",
                    ],
                ]
            ]
        ]
        #expect(try cloud.insert("x", small).message.hasSuffix("cannot be smaller than the image size (10 GB)"))
        #expect(try cloud.names() == [])
    }

    @Test func aZoneThatIsNotThereIsNoZone() throws {
        #expect(try cloud.get("zones/us-central1-z/instances").status == 400)
        #expect(try cloud.get("zones/us-central1-z").status == 404)
        #expect(try cloud.get("nonsense/x").status == 404)
    }

    @Test func aNewInstanceIsMissingFromListsWhileTheCloudLags() throws {
        let cloud = try ComputeCloud { $0.visibilityLag = .seconds(4) }
        let begun = try cloud.insert("one")
        #expect(try cloud.get("\(ComputeCloud.zone)/instances/one").status == 404)
        #expect(try cloud.names() == [])
        #expect(try cloud.insert("one").status == 409)
        cloud.clock.turn(.seconds(4))
        #expect(try cloud.names() == ["one"])
        #expect(begun.status == 200)
    }

    @Test func whatRunsForSoLongEndsByItsOwnTerminationAction() throws {
        for (name, action) in [("stops", "STOP"), ("goes", "DELETE")] {
            _ = try cloud.insert(
                name,
                ["scheduling": ["maxRunDuration": ["seconds": "60"], "instanceTerminationAction": .string(action)]])
        }
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.status("stops") == "RUNNING")
        cloud.clock.turn(.seconds(65))
        #expect(try cloud.status("stops") == "TERMINATED")
        #expect(try cloud.status("goes") == nil)
        #expect(try cloud.names("\(ComputeCloud.zone)/disks") == ["stops"])
    }

    @Test func aSpotMachineIsTakenAwayAndEndsByItsTerminationAction() throws {
        _ = try cloud.insert("plain")
        for (name, action) in [("stops", "STOP"), ("goes", "DELETE")] {
            _ = try cloud.insert(
                name, ["scheduling": ["provisioningModel": "SPOT", "instanceTerminationAction": .string(action)]])
        }
        cloud.clock.turn(.seconds(15))
        let keys = ["plain", "stops", "goes"].map { "us-central1-a/\($0)" }
        try cloud.emulator.change { $0.preempt(keys, in: "demo", at: cloud.clock.now) }
        #expect(try cloud.status("stops") == "STOPPING")
        cloud.clock.turn(.seconds(6))
        #expect(try cloud.names() == ["plain", "stops"])
        #expect(try cloud.status("plain") == "RUNNING")
        #expect(try cloud.status("stops") == "TERMINATED")
        let told = try cloud.get(
            "\(ComputeCloud.zone)/operations", query: ["filter": "operationType=compute.instances.preempted"])
        #expect(told.items.count == 2)
        #expect(told.items.allSatisfy { $0["user"]?.string == "system" })
    }

    @Test func aSpotMachineThatIsTakenWhileItComesUpIsToldOfByItsOperation() throws {
        let begun = try cloud.insert("one", ComputeCloud.spot)
        cloud.clock.turn(.seconds(2))
        try cloud.emulator.change { $0.preempt(["us-central1-a/one"], in: "demo", at: cloud.clock.now) }
        #expect(try cloud.errors(of: begun) == ["UNSUPPORTED_OPERATION"])
        #expect(try cloud.status("one") == "STOPPING")
    }

    @Test func aMachineImageIsNotThere() throws {
        let image = ["sourceMachineImage": "projects/demo/global/machineImages/none"]
        #expect(try cloud.insert("one", query: image).status == 404)
    }

    @Test func whoeverIsInMayDoEverything() throws {
        _ = try cloud.insert("one")
        let asked: JSONValue = ["permissions": ["compute.instances.delete"]]
        let request = cloud.request("POST", "\(ComputeCloud.zone)/instances/one/testIamPermissions", asked)
        #expect(ComputeAnswer(cloud.emulator.handle(request)).json == asked)
    }

    @Test func anybodyMayTryAPreemptionOut() throws {
        _ = try cloud.insert("one", ComputeCloud.spot)
        cloud.clock.turn(.seconds(15))
        #expect(try cloud.post("\(ComputeCloud.zone)/instances/one/simulateMaintenanceEvent").status == 200)
        #expect(try cloud.status("one") == "STOPPING")
    }
}
