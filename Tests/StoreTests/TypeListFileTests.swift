import FoundationEssentials
import Provisioning
import Store
import Testing

/// The clouds' lists of machine types between one process and the next.
@Suite struct TypeListFileTests {
    private let folder: ScratchFolder
    private let files: TypeListFiles
    private let path: String

    private static let place = "https://ec2.us-east-1.amazonaws.com us-east-1"

    private static let list: TypeList = {
        var plain = MachineType(
            name: "m6i.large", family: "m6i", vcpus: 2, memoryMiB: 8192, architecture: .x86, maker: "intel")
        var metal = MachineType(
            name: "m7gd.metal", family: "m7gd", vcpus: 64, memoryMiB: 262_144, architecture: .arm, maker: "aws",
            localDiskGiB: 3800, isBareMetal: true)
        var burstable = MachineType(
            name: "t3.nano", family: "t3", vcpus: 2, memoryMiB: 512, architecture: .x86, maker: "", isBurstable: true)
        var gpu = MachineType(
            name: "g7e.2xlarge", family: "g7e", vcpus: 8, memoryMiB: 65_536, architecture: .x86, maker: "intel",
            gpu: .init(name: "RTX-PRO-6000", count: 1, memoryGiB: 96), localDiskGiB: 1900)
        return TypeList(
            askedAt: Timestamp("2026-11-21T12:40:43.125Z")!,
            entries: [
                .init(plain, isCurrent: false, markets: [.onDemand, .spot], zones: ["us-east-1a", "us-east-1c"]),
                .init(metal, markets: [.onDemand], zones: ["us-east-1b"]),
                .init(burstable, markets: [], zones: []),
                .init(gpu, markets: [.spot], zones: ["us-east-1a"]),
            ])
    }()

    init() throws {
        folder = try ScratchFolder()
        files = TypeListFiles(folder: folder.file("types"))
        path = folder.file("types/lab.types")
    }

    private func list(of account: AccountName = "lab", at place: String = place) -> TypeList? {
        files.list(of: account, at: place)
    }

    @Test func whatIsKeptComesBackAsItWas() {
        #expect(list() == nil)
        files.keep(Self.list, of: "lab", at: Self.place)
        #expect(list() == Self.list)
        let later = TypeList(askedAt: Self.list.askedAt + .seconds(1), entries: [Self.list.entries[3]])
        files.keep(later, of: "lab", at: Self.place)
        #expect(list() == later)
        #expect(try! FileManager.default.contentsOfDirectory(atPath: folder.file("types")) == ["lab.types"])
    }

    @Test func eachAccountHasItsOwnAndAnotherPlaceHasNone() {
        files.keep(Self.list, of: "lab", at: Self.place)
        #expect(list(of: "prod") == nil)
        #expect(list(at: "https://ec2.eu-north-1.amazonaws.com eu-north-1") == nil)
        for name in ["a/b", "../lab", "a_b", "LAB", "ä"] {
            let other = TypeList(askedAt: Timestamp(seconds: 1), entries: [])
            files.keep(other, of: AccountName(name), at: Self.place)
            #expect(list(of: AccountName(name)) == other)
        }
        #expect(list() == Self.list)
    }

    @Test func aFileThatIsNotWholeIsNoList() throws {
        files.keep(Self.list, of: "lab", at: Self.place)
        let whole = try Data(contentsOf: URL(filePath: path))
        for count in 0..<whole.count {
            try whole.prefix(count).write(to: URL(filePath: path))
            #expect(list() == nil, "\(count) bytes")
        }
        for at in whole.indices {
            var damaged = whole
            damaged[at] ^= 0x04
            try damaged.write(to: URL(filePath: path))
            #expect(list() == nil, "byte \(at)")
        }
        try whole.write(to: URL(filePath: path))
        #expect(list() == Self.list)
    }

    @Test func whereNothingCanBeWrittenThereMerelyIsNoList() throws {
        try Data().write(to: URL(filePath: folder.file("types")))
        files.keep(Self.list, of: "lab", at: Self.place)
        #expect(list() == nil)
    }
}
