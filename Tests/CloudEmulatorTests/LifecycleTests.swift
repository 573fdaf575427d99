import CloudEmulator
import Provisioning
import Testing

/// Instances live by the clock and nothing else.
@Suite struct LifecycleTests {
    @Test func anInstanceComesUpRunsAndEnds() throws {
        let cloud = try EmulatedCloud()
        let launched = cloud.launch(3...3)
        #expect(launched.states == ["pending", "pending", "pending"])
        #expect(launched.all("privateIpAddress").count == 3)
        #expect(launched.all("ipAddress").isEmpty)

        cloud.clock.turn(.seconds(13))
        let running = cloud.describe()
        #expect(running.states == ["running", "running", "running"])
        #expect(Set(running.all("ipAddress")).count == 3)

        let ended = cloud.terminate(launched.instances)
        #expect(ended.states == ["shutting-down", "running", "shutting-down", "running", "shutting-down", "running"])
        #expect(cloud.describe().states == ["shutting-down", "shutting-down", "shutting-down"])
        cloud.clock.turn(.seconds(5))
        let gone = cloud.describe()
        #expect(gone.states == ["terminated", "terminated", "terminated"])
        #expect(gone.all("privateIpAddress").isEmpty)
        #expect(gone.all("code").contains("Client.UserInitiatedShutdown"))
    }

    @Test func instancesOfOneLaunchComeUpOneByOne() throws {
        let cloud = try EmulatedCloud()
        _ = cloud.launch(40...40)
        cloud.clock.turn(.seconds(7))
        #expect(Set(cloud.describe().states) == ["pending"])
        cloud.clock.turn(.seconds(3))
        #expect(Set(cloud.describe().states) == ["pending", "running"])
        cloud.clock.turn(.seconds(3))
        #expect(Set(cloud.describe().states) == ["running"])
    }

    @Test func theTerminatedStayInSightForAnHour() throws {
        let cloud = try EmulatedCloud()
        let id = cloud.launch().instances
        _ = cloud.terminate(id)
        cloud.clock.turn(.seconds(3600))
        #expect(cloud.describe().states == ["terminated"])
        #expect(cloud.terminate(id).states == ["terminated", "terminated"])
        cloud.clock.turn(.seconds(6))
        #expect(cloud.describe().instances.isEmpty)
        #expect(cloud.terminate(id).code == "InvalidInstanceID.NotFound")
    }

    @Test func endingWhatEndsChangesNothing() throws {
        let cloud = try EmulatedCloud()
        let id = cloud.launch().instances
        _ = cloud.terminate(id)
        cloud.clock.turn(.seconds(4))
        #expect(cloud.terminate(id).states == ["shutting-down", "shutting-down"])
        cloud.clock.turn(.seconds(1))
        #expect(cloud.describe().states == ["terminated"])
    }

    @Test func oneUnknownInstanceSavesAllOfThem() throws {
        let cloud = try EmulatedCloud()
        let known = cloud.launch().instances
        let one = cloud.terminate(known + ["i-00000000"])
        #expect(one.code == "InvalidInstanceID.NotFound")
        #expect(one.message == "The instance ID 'i-00000000' does not exist")
        let two = cloud.terminate(["i-00000000"] + known + ["i-0123456789abcdef0"])
        #expect(two.message == "The instance IDs 'i-00000000, i-0123456789abcdef0' do not exist")
        #expect(cloud.terminate(known, in: "us-west-2").code == "InvalidInstanceID.NotFound")
        #expect(cloud.terminate(known + ["x"]).code == "InvalidInstanceID.Malformed")
        #expect(cloud.describe().states == ["pending"])
    }

    @Test func aNewInstanceIsNowhereToBeSeenForAWhile() throws {
        let cloud = try EmulatedCloud { $0.visibilityLag = .milliseconds(800) }
        let id = cloud.launch(token: "once").instances
        #expect(id.count == 1)
        #expect(cloud.describe().instances.isEmpty)
        #expect(cloud.describe(["InstanceId.1": id[0]]).code == "InvalidInstanceID.NotFound")
        #expect(cloud.terminate(id).code == "InvalidInstanceID.NotFound")
        #expect(cloud.launch(token: "once").instances == id)
        cloud.clock.turn(.milliseconds(800))
        #expect(cloud.describe().instances == id)
        #expect(cloud.terminate(id).status == 200)
    }

    @Test func theSpotMarketTakesBackWhatItGave() throws {
        let cloud = try EmulatedCloud()
        let id = cloud.launch(1...1, ["InstanceMarketOptions.MarketType": "spot"]).instances
        cloud.clock.turn(.seconds(20))
        #expect(cloud.describe().all("instanceLifecycle") == ["spot"])
        try cloud.emulator.change { try $0.interrupt(id, in: "us-east-1", at: cloud.clock.now) }
        cloud.clock.turn(.seconds(20))
        let gone = cloud.describe()
        #expect(gone.states == ["terminated"])
        #expect(gone.all("code").contains("Server.SpotInstanceTermination"))
    }

    @Test func aLaunchMayFailLate() throws {
        let cloud = try EmulatedCloud()
        let ending = EmulatedInstance.Ending(code: "Server.InternalError", message: "Internal error on launch")
        try cloud.emulator.change { $0.faults = [Fault(.failLate(ending), times: 2)] }
        #expect(cloud.launch(3...3).states == ["pending", "pending", "pending"])
        cloud.clock.turn(.seconds(20))
        let after = cloud.describe()
        #expect(after.states.sorted() == ["running", "terminated", "terminated"])
        #expect(after.all("code").count { $0 == "Server.InternalError" } == 2)
    }

    @Test func readingNeverChangesTheWorld() throws {
        let cloud = try EmulatedCloud()
        let ids = cloud.launch(3...3).instances
        let before = try cloud.emulator.world().revision
        cloud.clock.turn(.seconds(100))
        _ = cloud.describe()
        _ = cloud.call("DescribeRegions")
        _ = cloud.call("DescribeAvailabilityZones")
        _ = cloud.launch(1...1, ["DryRun": "true"])
        _ = cloud.terminate(ids, ["DryRun": "true"])
        _ = cloud.launch(1...1, ["InstanceType": "nonsense"])
        #expect(try cloud.emulator.world().revision == before)
        #expect(Set(cloud.describe().states) == ["running"])
    }

    @Test func aWorldLivedInForMonthsDoesNotGrow() throws {
        let cloud = try EmulatedCloud()
        for _ in 0..<50 {
            _ = cloud.terminate(cloud.launch(2...2).instances)
            cloud.clock.turn(.seconds(4000))
        }
        let kept = try cloud.emulator.world().regions["us-east-1"]?.reservations.count ?? 0
        #expect(kept <= 2)
    }
}
