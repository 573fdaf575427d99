import CloudEmulator
import Provisioning
import Testing

/// A client token makes a repeated call the same call.
@Suite struct TokenTests {
    @Test func theSameTokenBringsTheSameInstances() throws {
        let cloud = try EmulatedCloud()
        let first = cloud.launch(2...5, token: "once")
        let second = cloud.launch(2...5, token: "once")
        #expect(first.instances.count == 5)
        #expect(second.instances == first.instances)
        #expect(second.all("reservationId") == first.all("reservationId"))
        #expect(cloud.describe().instances.count == 5)
    }

    @Test func aReplayTellsWhatHasBecomeOfTheInstances() throws {
        let cloud = try EmulatedCloud()
        let first = cloud.launch(2...2, token: "once")
        cloud.clock.turn(.seconds(30 * 86400))
        #expect(cloud.launch(2...2, token: "once").states == ["running", "running"])
        _ = cloud.terminate([first.instances[0]])
        cloud.clock.turn(.seconds(60))
        let replay = cloud.launch(2...2, token: "once")
        #expect(replay.instances == first.instances)
        #expect(replay.states.sorted() == ["running", "terminated"])
    }

    @Test(arguments: [
        ["InstanceType": "m6i.xlarge"], ["MaxCount": "6"], ["KeyName": "other"], ["UserData": "Zm9v"],
        ["TagSpecification.1.ResourceType": "instance", "TagSpecification.1.Tag.1.Key": "k"],
    ]) func theSameTokenWithOtherParametersIsRefused(_ change: [String: String]) throws {
        let cloud = try EmulatedCloud()
        _ = cloud.launch(2...5, token: "once")
        let second = cloud.launch(2...5, token: "once", change)
        #expect(second.status == 400)
        #expect(second.code == "IdempotentParameterMismatch")
        #expect(cloud.describe().instances.count == 5)
    }

    @Test func theTokenOfTheDeadBringsNobody() throws {
        let cloud = try EmulatedCloud()
        let first = cloud.launch(2...2, token: "once")
        _ = cloud.terminate(first.instances)
        #expect(cloud.launch(2...2, token: "once").states == ["shutting-down", "shutting-down"])
        cloud.clock.turn(.seconds(60))
        #expect(cloud.launch(2...2, token: "once").code == "IdempotentInstanceTerminated")
        // Even when nothing else remembers them, and after another launch has swept them away.
        cloud.clock.turn(.seconds(7200))
        _ = cloud.launch()
        _ = cloud.launch()
        #expect(cloud.launch(2...2, token: "once").code == "IdempotentInstanceTerminated")
    }

    @Test func aRefusedCallLeavesItsTokenFree() throws {
        let cloud = try EmulatedCloud()
        for zone in EmulatorSettings.someRegions["us-east-1"] ?? [] {
            try cloud.emulator.change { $0.limits.capacity[Pool(type: "m6i.large", zone: zone)] = 0 }
        }
        #expect(cloud.launch(2...2, token: "once").code == "InsufficientInstanceCapacity")
        #expect(cloud.launch(1...1, token: "once", ["InstanceType": "m5.large"]).instances.count == 1)
    }

    @Test func aRehearsalLeavesItsTokenFree() throws {
        let cloud = try EmulatedCloud()
        #expect(cloud.launch(2...2, token: "once", ["DryRun": "true"]).code == "DryRunOperation")
        #expect(cloud.launch(3...3, token: "once").instances.count == 3)
    }

    @Test func aTokenSpeaksForItsRegionOrItsZone() throws {
        let cloud = try EmulatedCloud()
        let anywhere = cloud.launch(token: "once")
        let inA = cloud.launch(token: "once", ["Placement.AvailabilityZone": "us-east-1a"])
        let inB = cloud.launch(token: "once", ["Placement.AvailabilityZone": "us-east-1b"])
        let abroad = cloud.launch(token: "once", in: "eu-west-1")
        #expect(Set([anywhere, inA, inB, abroad].flatMap(\.instances)).count == 4)
        #expect(cloud.launch(token: "once", ["Placement.AvailabilityZone": "us-east-1b"]).instances == inB.instances)
    }

    @Test func twoCallsWithoutATokenAreTwoLaunches() throws {
        let cloud = try EmulatedCloud()
        #expect(cloud.launch().instances != cloud.launch().instances)
    }

    @Test(arguments: [String(repeating: "x", count: 65), "a b", "é"])
    func aTokenIsAtMost64VisibleASCIILetters(_ token: String) throws {
        let cloud = try EmulatedCloud()
        #expect(cloud.launch(token: token).code == "InvalidParameterValue")
        #expect(cloud.launch(token: String(repeating: "x", count: 64)).status == 200)
    }
}
