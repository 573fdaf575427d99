import Provisioning
import Testing

@testable import Cloud

/// How fast calls leave, by a clock that the test turns.
@Suite struct PaceTests {
    private let world = PacedWorld()

    private func session(_ table: PaceTable) -> Session { world.session(table) }

    private static let slow = PaceTable.Rate(perSecond: 2, burst: 3)
    private static let fast = PaceTable.Rate(perSecond: 1000, burst: 1000)

    private static let families = PaceTable(
        reading: fast, changing: fast,
        families: [
            .init(
                name: "launch", service: "ec2", actions: ["RunInstances"], calls: fast,
                machines: .init(perSecond: 2, burst: 1000)),
            .init(name: "fleets", service: "ec2", actions: ["CreateFleet", "Delete*"], calls: slow),
        ])

    @Test func whatWasSavedUpLeavesAtOnceAndTheRestAtItsRate() async throws {
        let session = session(PaceTable(reading: Self.slow, changing: Self.fast))
        for _ in 1...3 { try await session.takeTurn(for: world.call("DescribeInstances", .reads)) }
        #expect(world.elapsed == .zero)
        for _ in 1...4 { try await session.takeTurn(for: world.call("DescribeInstances", .reads)) }
        #expect(world.elapsedMilliseconds == 2000)
    }

    @Test func familiesDoNotWaitForEachOther() async throws {
        let session = session(Self.families)
        for _ in 1...3 { try await session.takeTurn(for: world.call("CreateFleet")) }
        for _ in 1...50 { try await session.takeTurn(for: world.call("CreateTags")) }
        #expect(world.elapsed == .zero)
        try await session.takeTurn(for: world.call("DeleteFleets"))
        #expect(world.elapsedMilliseconds == 500)
    }

    /// 1,000 may be launched at once and two a second after that, whatever the number of calls.
    @Test func aLargeLaunchLeavesNothingForTheNext() async throws {
        let session = session(Self.families)
        for machines in [700, 300] {
            _ = await session.perform(world.call("RunInstances", machines: machines), within: .seconds(9))
        }
        #expect(world.elapsed == .zero)
        _ = await session.perform(world.call("RunInstances", machines: 10), within: .seconds(9))
        #expect(world.elapsedMilliseconds == 5000)
        _ = await session.perform(world.call("DescribeInstances", .reads), within: .seconds(9))
        #expect(world.elapsedMilliseconds == 5000)
    }

    /// Whatever it may have brought, the same call is to be made again at once and not minutes later.
    @Test func aLaunchThatBroughtNothingWeKnowOfUsesNothingUp() async throws {
        let session = session(Self.families)
        for status in [400, 500, nil] {
            world.answers([status])
            _ = await session.perform(world.call("RunInstances", machines: 1000), within: .seconds(9))
        }
        _ = await session.perform(world.call("RunInstances", machines: 1000), within: .seconds(9))
        #expect(world.elapsed == .zero)
    }

    /// Nobody has to wait for the machines of others who asks for none.
    @Test func whatIsAboutNoMachinesDoesNotWaitForAny() async throws {
        let session = session(Self.families)
        try await session.takeTurn(
            for: world.call("RunInstances", machines: 3000), while: { world.elapsed < .seconds(60) })
        #expect((60_000...65_000).contains(world.elapsedMilliseconds))
        let before = world.now
        try await session.takeTurn(for: world.call("RunInstances", .reads))
        #expect(world.now == before)
    }

    @Test func whoeverIsNotWantedAnyMoreLeavesTheirPlaceToTheNext() async throws {
        let session = session(Self.families)
        try await session.takeTurn(for: world.call("RunInstances", machines: 1000))
        let launch = world.call("RunInstances", machines: 900)
        let wasWanted = try await session.takeTurn(for: launch, while: { world.elapsed < .seconds(12) })
        #expect(!wasWanted)
        #expect((12_000...17_000).contains(world.elapsedMilliseconds))
        // What came meanwhile is there, and nobody waits for 900 machines that are not launched.
        let isNext = try await session.takeTurn(for: world.call("RunInstances", machines: 40))
        #expect(isNext)
        #expect((20_000...20_001).contains(world.elapsedMilliseconds))
        struct Gone: Error {}
        await #expect(throws: Gone.self) { try await session.takeTurn(for: launch, while: { throw Gone() }) }
    }

    // MARK: Throttles

    @Test func aThrottleTakesWhatWasSavedUpAndHalvesTheRate() async throws {
        let session = session(PaceTable(reading: Self.fast, changing: Self.slow))
        world.answers([503])
        _ = await session.perform(world.call("CreateTags"), within: .seconds(9))
        #expect(world.elapsed == .zero)
        try await session.takeTurn(for: world.call("CreateTags"))
        #expect((990...1001).contains(world.elapsedMilliseconds))
    }

    @Test func aThrottleOfOneFamilyDoesNotSlowAnother() async throws {
        let session = session(Self.families)
        world.answers([503])
        _ = await session.perform(world.call("RunInstances", machines: 1), within: .seconds(9))
        for _ in 1...3 { try await session.takeTurn(for: world.call("CreateFleet")) }
        for _ in 1...100 { try await session.takeTurn(for: world.call("DescribeInstances", .reads)) }
        #expect(world.elapsed == .zero)
    }

    @Test func callsThatWereUnderWayTogetherSlowItDownOnce() async {
        let pace = Pace(PaceTable(reading: Self.fast, changing: .init(perSecond: 16, burst: 16)))
        let call = world.call("CreateTags")
        let batch = (1...10).map { _ in pace.depart(call) }
        for departure in batch { pace.slowDown(call, departure, for: nil, at: world.now) }
        #expect(pace.share(of: call) == 0.5)
        // One that left afterwards has heeded it, so it is news.
        pace.slowDown(call, pace.depart(call), for: nil, at: world.now)
        #expect(pace.share(of: call) == 0.25)
    }

    @Test func whatTheCloudSaysIsLeftIsAllThatIsSpentAtOnce() async throws {
        let pace = Pace(PaceTable(reading: Self.fast, changing: .init(perSecond: 1, burst: 100)))
        let call = world.call("PutVM")
        _ = try await pace.wait(for: call, world.surroundings, while: { true })
        pace.limit(call, to: 3, at: world.now)
        for _ in 1...3 { _ = try await pace.wait(for: call, world.surroundings, while: { true }) }
        #expect(world.elapsed == .zero)
        _ = try await pace.wait(for: call, world.surroundings, while: { true })
        #expect((990...1001).contains(world.elapsedMilliseconds))
        // More than was saved up is no present.
        pace.limit(call, to: 50, at: world.now)
        _ = try await pace.wait(for: call, world.surroundings, while: { true })
        #expect((1990...2002).contains(world.elapsedMilliseconds))
    }

    @Test func itNeverStopsAltogetherAndRecoversByItself() async throws {
        let pace = Pace(PaceTable(reading: Self.fast, changing: .init(perSecond: 16, burst: 1)))
        let call = world.call("CreateTags")
        for _ in 1...50 { pace.slowDown(call, pace.depart(call), for: nil, at: world.now) }
        #expect(pace.share(of: call) == 1.0 / 16)
        for _ in 1...2000 { _ = try await pace.wait(for: call, world.surroundings, while: { true }) }
        #expect(pace.share(of: call) == 1)
        #expect(world.elapsed < .seconds(600))
    }

    @Test func howLongTheCloudAsksToWaitNobodyOfThatFamilyCalls() async throws {
        let session = session(Self.families)
        world.answers([503], retryAfter: .seconds(30))
        _ = await session.perform(world.call("CreateFleet"), within: .seconds(9))
        try await session.takeTurn(for: world.call("CreateTags"))
        #expect(world.elapsed == .zero)
        try await session.takeTurn(for: world.call("DeleteFleets"))
        #expect((30_000...31_001).contains(world.elapsedMilliseconds))
    }

    // MARK: In order

    @Test func whoAsksFirstIsDueFirstHoweverTheRateChanges() {
        var bucket = Bucket(.init(perSecond: 4, burst: 1))
        let now = world.now
        let places = (1...6).map { _ in bucket.take(1, at: now) }
        func delays() -> [Duration] { places.map { bucket.delay(until: $0, at: now) } }
        let before = delays()
        #expect(before == before.sorted() && before[0] == .zero)
        bucket.slowDown(at: now)
        let after = delays()
        #expect(after == after.sorted())
        #expect(zip(before, after).dropFirst().allSatisfy { $0 < $1 })
        #expect(bucket.delay(until: places[0], at: now) == .zero)
    }

    @Test func aClockThatIsSetBackStopsNobodyForGood() {
        var bucket = Bucket(.init(perSecond: 1, burst: 1))
        _ = bucket.take(1, at: world.now)
        let place = bucket.take(1, at: world.now)
        #expect(bucket.delay(until: place, at: world.now + .seconds(-3600)) <= .milliseconds(1001))
        #expect(bucket.delay(until: place, at: world.now + .seconds(-3598)) == .zero)
    }

    // MARK: As shipped

    @Test(
        arguments: [
            ("RunInstances", "ec2", "run-instances"), ("TerminateInstances", "ec2", "terminate-instances"),
            ("DescribeInstances", "ec2", "describe"), ("CreateFleet", "ec2", "fleets"),
            ("RequestSpotFleet", "ec2", "spot-fleets"), ("DescribeSpotFleetRequests", "ec2", "spot-fleet-reads"),
            ("CreateLaunchTemplate", "ec2", "launch-templates"),
            ("DescribeAutoScalingGroups", "autoscaling", "autoscaling-reads"),
            ("SetDesiredCapacity", "autoscaling", "autoscaling-changes"), ("GetParameter", "ssm", "ssm"),
            ("AssumeRole", "sts", "sts"), ("CreateTags", "ec2", nil), ("GetInstanceProfile", "iam", nil),
        ] as [(String, Service, String?)])
    func everyActionIsCountedWithThoseItsCloudCountsItWith(action: String, service: Service, family: String?) throws {
        let folder = Fixtures.folder.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "providers/aws").path
        let table = try ProviderDescriptor(folder: folder, apiFiles: []).pace
        #expect(table.families.first { $0.holds(action, of: service) }?.name == family)
    }
}
