import Cloud
import CloudEmulator
import FoundationEssentials
import Provisioning
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A saved world is one world, however many look at it.
@Suite struct SavedWorldTests {
    let folder: ScratchFolder
    let file: String

    init() throws {
        folder = try ScratchFolder()
        file = folder.file("world.json")
    }

    private func cloud(_ clock: TurnedClock = TurnedClock(), seed: UInt64 = 7) throws -> EmulatedCloud {
        try EmulatedCloud(seed: seed, clock: clock) { $0.worldFile = file }
    }

    @Test func twoEmulatorsOnOneFileSeeTheSame() throws {
        let clock = TurnedClock()
        let one = try cloud(clock), other = try cloud(clock, seed: 8)
        let launched = one.launch(3...3, token: "once")
        #expect(other.describe().instances == launched.instances)
        #expect(other.launch(3...3, token: "once").instances == launched.instances)
        _ = other.terminate([launched.instances[1]])
        #expect(one.describe().states == ["pending", "shutting-down", "pending"])
        try other.emulator.change { $0.limits.quotas[Quota(region: "us-east-1")] = 0 }
        #expect(one.launch().code == "VcpuLimitExceeded")
    }

    @Test func twoEmulatorsThatWriteAtOnceLoseNothing() async throws {
        let clock = TurnedClock()
        let clouds = try (1...4).map { try cloud(clock, seed: UInt64($0)) }
        let launched = await withTaskGroup(of: [String].self) { group in
            for cloud in clouds {
                group.addTask {
                    var mine: [String] = []
                    for _ in 0..<20 {
                        mine += cloud.launch(1...2).instances
                        await Task.yield()
                    }
                    return mine
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(launched).count == 160)
        #expect(Set(try cloud(clock).describe().instances) == Set(launched))
    }

    @Test func whoeverChangesTheWorldKeepsOthersOut() throws {
        let cloud = try cloud()
        func isLocked() -> Bool {
            let descriptor = open(file + ".lock", O_RDWR | O_CREAT, 0o600)
            defer { close(descriptor) }
            return flock(descriptor, LOCK_EX | LOCK_NB) != 0
        }
        #expect(!isLocked())
        #expect(try cloud.emulator.change { _ in isLocked() })
        #expect(!isLocked())
    }

    @Test func whoComesLaterFindsTheWorldAsItWasLeft() throws {
        let clock = TurnedClock()
        let ids = try cloud(clock).launch(2...2).instances
        clock.turn(.seconds(60))
        let later = try cloud(clock)
        #expect(later.describe().instances == ids)
        #expect(later.describe().states == ["running", "running"])
    }

    @Test func onlyWhatChangesTheWorldIsWritten() throws {
        let cloud = try cloud()
        _ = cloud.describe()
        _ = cloud.launch(1...1, ["DryRun": "true"])
        _ = cloud.launch(1...1, ["InstanceType": "nonsense"])
        #expect(!FileManager.default.fileExists(atPath: file))
        _ = cloud.launch()
        let before = try FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date
        _ = cloud.describe()
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date == before)
    }

    @Test func aFaultIsCountedDownForEverybody() throws {
        let clock = TurnedClock()
        let one = try cloud(clock), other = try cloud(clock)
        let fault = Fault(.refuse(code: "Unavailable", message: "", status: 503), times: 2)
        try one.emulator.change { $0.faults = [fault] }
        #expect([one.describe().status, other.describe().status, one.describe().status] == [503, 503, 200])
    }

    @Test func theFileIsForItsOwnerAloneAndNoDraftIsLeft() throws {
        _ = try cloud().launch()
        var status = stat()
        #expect(stat(file, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o600)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(left == ["world.json", "world.json.lock"])
    }

    @Test func aDraftOfACrashedSaveIsNoWorld() throws {
        let cloud = try cloud()
        let ids = cloud.launch().instances
        try Data("{\"form".utf8).write(to: URL(filePath: file + ".new"))
        #expect(try self.cloud().describe().instances == ids)
        #expect(cloud.launch().status == 200)
    }

    @Test(arguments: ["", "{", "{\"format\":1}", "[]", "{\"format\":99,\"world\":{}}"])
    func aDamagedFileIsNamedAndLeftAlone(_ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: file))
        let error = #expect(throws: DamagedWorld.self) { try cloud() }
        #expect(error?.description.contains(file) == true)
        #expect(try String(decoding: Data(contentsOf: URL(filePath: file)), as: UTF8.self) == text)
    }

    @Test func aFileDamagedUnderWayIsAServersError() throws {
        let cloud = try cloud()
        _ = cloud.launch()
        try Data("{".utf8).write(to: URL(filePath: file))
        let answer = cloud.describe()
        #expect(answer.status == 500)
        #expect(answer.code == "InternalError")
        #expect(answer.message?.contains(file) == true)
    }

    @Test func aWorldThatCannotBeSavedDidNotChange() throws {
        let cloud = try EmulatedCloud { $0.worldFile = folder.file("missing/too/world.json") }
        #expect(cloud.launch().status == 500)
        #expect(cloud.describe().instances.isEmpty)
    }

    @Test func theFolderIsMadeOnFirstUse() throws {
        let cloud = try EmulatedCloud { $0.worldFile = folder.file("state/world.json") }
        #expect(cloud.describe().status == 200)
        #expect(!FileManager.default.fileExists(atPath: folder.file("state")))
        #expect(cloud.launch().status == 200)
        #expect(FileManager.default.fileExists(atPath: folder.file("state/world.json")))
    }

    @Test func aFileTakenAwayIsAnEmptyWorld() throws {
        let cloud = try cloud()
        _ = cloud.launch()
        try FileManager.default.removeItem(atPath: file)
        #expect(cloud.describe().instances.isEmpty)
        #expect(cloud.launch().status == 200)
        #expect(cloud.describe().instances.count == 1)
    }
}
