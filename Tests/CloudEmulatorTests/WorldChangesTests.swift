import Cloud
import FoundationEssentials
import Provisioning
import Testing

@testable import CloudEmulator

/// A world's file holds the world as it was and what has changed since; whoever reads it finds the world as it is.
@Suite struct WorldChangesTests {
    let folder: ScratchFolder
    let file: String
    let clock = TurnedClock()

    init() throws {
        folder = try ScratchFolder()
        file = folder.file("world.json")
    }

    /// All clouds, by one emulator on the file.
    private struct Clouds {
        let aws: EmulatedCloud
        let azure: EmulatedAzure
        let google: ComputeCloud
    }

    private func clouds(_ seed: UInt64 = 7) throws -> Clouds {
        Clouds(
            aws: try EmulatedCloud(seed: seed, clock: clock) { $0.worldFile = file },
            azure: try EmulatedAzure(seed: seed + 100, clock: clock) { $0.worldFile = file },
            google: try ComputeCloud(seed: seed + 200, clock: clock) { $0.worldFile = file })
    }

    private func emulator() throws -> Emulator {
        var settings = EmulatorSettings.demo
        settings.worldFile = file
        return try Emulator(settings: settings, surroundings: clock.surroundings(seed: 99))
    }

    /// Everything in a world, in an order.
    private func text(_ emulator: Emulator) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(try emulator.world()), as: UTF8.self)
    }

    private func bytes() throws -> Data { try Data(contentsOf: URL(filePath: file)) }
    private func size() throws -> Int { try bytes().count }
    private func lineCount() throws -> Int { try bytes().count { $0 == UInt8(ascii: "\n") } }

    // MARK: - After every step

    @Test func afterEveryStepWhoeverComesLaterFindsTheSame() throws {
        let clouds = try clouds(), follower = try emulator()
        var launched: [String] = [], longest = 0
        let steps: [(String, () throws -> Int)] = [
            (
                "RunInstances",
                {
                    let made = clouds.aws.launch(3...3, token: "t"); launched = made.instances; return made.status
                }
            ),
            ("PUT one", { clouds.azure.launch("one", EmulatedAzure.machine(publicAddress: true)).status }),
            ("insert one", { try clouds.google.insert("one").status }),
            ("TerminateInstances", { clouds.aws.terminate([launched[1]]).status }),
            (
                "CreateTags",
                {
                    clouds.aws.call(
                        "CreateTags", ["ResourceId.1": launched[0], "Tag.1.Key": "a", "Tag.1.Value": "b"]
                    ).status
                }
            ),
            ("RunInstances again", { clouds.aws.launch(2...2).status }),
            ("PUT two", { clouds.azure.launch("two").status }),
            ("DELETE one", { clouds.azure.call("DELETE", EmulatedAzure.path("one")).status }),
            ("bulkInsert", { try clouds.google.bulk(["count": 3]).status }),
            ("delete one", { try clouds.google.call("DELETE", "\(ComputeCloud.zone)/instances/one").status }),
            ("group", { try clouds.google.group(2).status }),
            (
                "time",
                {
                    clock.turn(.seconds(7200)); return 200
                }
            ),
            ("insert late", { try clouds.google.insert("late").status }),
            ("RunInstances late", { clouds.aws.launch(1...1).status }),
            ("PUT three", { clouds.azure.launch("three").status }),
        ]
        for (what, step) in steps {
            #expect((200..<300).contains(try step()), "\(what)")
            let now = try text(clouds.aws.emulator)
            #expect(try text(emulator()) == now, "\(what): read anew")
            #expect(try text(follower) == now, "\(what): followed")
            longest = max(longest, try lineCount())
        }
        #expect(longest > 4)
    }

    @Test func whatARefusedCallOpenedIsSavedWithTheNext() throws {
        let azure = try clouds().azure
        #expect(azure.launch("one", ["location": "nowhere"]).status == 400)
        #expect(!FileManager.default.fileExists(atPath: file))
        #expect(try clouds().google.insert("one").status == 200)
        #expect(azure.launch("two", ["location": "nowhere"]).status == 400)
        #expect(azure.launch("three").status == 201)
        let later = try clouds().azure
        #expect(later.call("GET", "\(EmulatedAzure.network)/virtualNetworks").names == ["default"])
        #expect(later.list().names == ["three"])
    }

    @Test func whatIsPutInThePlaceOfAWholeCloudIsSaved() throws {
        let clouds = try clouds()
        _ = clouds.azure.launch("one")
        _ = try clouds.google.insert("one")
        try clouds.aws.emulator.change { world in
            world.azure = nil
            world.gcp = GCPWorld()
        }
        let later = try emulator().world()
        #expect(later.azure == nil)
        #expect(later.gcp?.projects.isEmpty == true)
    }

    // MARK: - What is written

    @Test func aChangeIsWrittenByItselfHoweverMuchThereIs() throws {
        let azure = try clouds().azure
        _ = azure.launch("first")
        var growths: [Int] = []
        for number in 1...40 {
            let before = try size(), lines = try lineCount()
            _ = azure.launch("m\(number)")
            if try lineCount() == lines + 1 { growths.append(try size() - before) }
        }
        #expect(growths.count > 30)
        #expect((growths.max() ?? 0) < 2 * (growths.min() ?? 0))
    }

    @Test func theFileDoesNotGrowWithoutEnd() throws {
        let clouds = try clouds(), follower = try emulator()
        _ = clouds.aws.launch(1...1)
        let id = try #require(clouds.aws.describe().instances.first)
        var wholes = 0, before = try lineCount()
        for number in 1...400 {
            _ = clouds.aws.call("CreateTags", ["ResourceId.1": id, "Tag.1.Key": "n", "Tag.1.Value": "\(number)"])
            let lines = try lineCount()
            if lines < before { wholes += 1 }
            before = lines
        }
        #expect(wholes > 0)
        #expect(try size() < 100_000)
        #expect(try text(follower) == text(clouds.aws.emulator))
        #expect(try text(emulator()) == text(clouds.aws.emulator))
    }

    @Test func emulatorsThatWriteAtOnceWhileTheFileIsReplacedLoseNothing() async throws {
        let all = try (1...3).map { try clouds(UInt64($0)) }
        await withTaskGroup(of: Void.self) { group in
            for (at, clouds) in all.enumerated() {
                group.addTask {
                    for number in 0..<12 {
                        _ = clouds.azure.launch("m\(at)-\(number)")
                        _ = try? clouds.google.insert("m\(at)-\(number)")
                        if number % 3 == 0 { _ = clouds.azure.call("DELETE", EmulatedAzure.path("m\(at)-\(number)")) }
                        await Task.yield()
                    }
                }
            }
        }
        clock.turn(.seconds(60))
        let later = try clouds(9)
        #expect(later.azure.list().names.count == 24)
        #expect(try later.google.names().count == 36)
        let now = try text(later.aws.emulator)
        for clouds in all { #expect(try text(clouds.azure.emulator) == now) }
    }

    // MARK: - What is broken

    /// Wherever a crash cut the last change off, the world is as it was before it, and goes on from there.
    @Test(arguments: [1, 2, 40, 400, -1])
    func aChangeThatWasCutOffIsNone(_ cut: Int) throws {
        let azure = try clouds().azure
        _ = azure.launch("one")
        _ = azure.launch("two")
        let before = try text(azure.emulator), start = try size()
        _ = azure.launch("three")
        let whole = try bytes()
        let kept = cut < 0 ? start + 1 : whole.count - cut
        try #require(kept > start)
        try whole[..<kept].write(to: URL(filePath: file))
        let later = try clouds().azure
        #expect(try text(later.emulator) == before)
        #expect(later.list().names == ["one", "two"])
        #expect(later.launch("four").status == 201)
        #expect(try clouds().azure.list().names == ["one", "two", "four"])
        #expect(try bytes().last == UInt8(ascii: "\n"))
    }

    @Test func aDamagedChangeIsToldAndLeftAlone() throws {
        let azure = try clouds().azure
        for name in ["one", "two", "three"] { _ = azure.launch(name) }
        var damaged = try bytes()
        let ends = damaged.indices.filter { damaged[$0] == UInt8(ascii: "\n") }
        damaged[ends[2] - 5] = 0
        try damaged.write(to: URL(filePath: file))
        let error = #expect(throws: DamagedWorld.self) { try emulator() }
        #expect(error?.description.contains(file) == true)
        #expect(azure.launch("four").status == 500)
        #expect(try bytes() == damaged)
    }

    @Test func aWorldWithoutItsEndIsDamaged() throws {
        _ = try clouds().azure.launch("one")
        try bytes().dropLast(10).write(to: URL(filePath: file))
        #expect(throws: DamagedWorld.self) { try emulator() }
    }

    // MARK: - Of before

    @Test func aWorldOfOneValueIsReadAndGoesOnInLines() throws {
        let token = GCPToken(text: "ya29.c.before", user: "somebody", expiresAt: clock.now + .seconds(60))
        let saved = String(decoding: try JSONEncoder().encode([token]), as: UTF8.self)
        let old = """
            {"format":1,"world":{"regions":{"us-east-1":{"reservations":[],"launches":{}}},"faults":[],"revision":3,
            "names":0,"addresses":0,"limits":{"capacity":[],"quotas":[],"rates":{},"unoffered":[],"subnets":{}},
            "gcp":{"projects":{},"tokens":\(saved),"showsDoomed":false,"ids":4}}}
            """
        try Data(old.utf8).write(to: URL(filePath: file))
        let clouds = try clouds()
        #expect(try clouds.aws.emulator.world().gcp?.tokens["ya29.c.before"]?.user == "somebody")
        _ = clouds.aws.launch(2...2)
        _ = try clouds.google.insert("one")
        let later = try emulator().world()
        #expect(later.gcp?.tokens["ya29.c.before"]?.user == "somebody")
        #expect(later.regions["us-east-1"]?.reservations.first?.instances.count == 2)
        #expect(try lineCount() == 3)
    }
}
