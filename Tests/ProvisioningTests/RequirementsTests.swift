import Provisioning
import Testing

@Suite struct RequirementsTests {
    private static let small = Sample.type("m.large", 2, gib: 8)
    private static let middle = Sample.type("m.xlarge", 4, gib: 16)
    private static let arm = Sample.type("mg.xlarge", 4, gib: 16) {
        $0.architecture = .arm
        $0.maker = "aws"
    }
    private static let lean = Sample.type("c.xlarge", 4, gib: 8) { $0.maker = "amd" }
    private static let withDisk = Sample.type("md.xlarge", 4, gib: 16) { $0.localDiskGiB = 150 }
    private static let burstable = Sample.type("t.xlarge", 4, gib: 16) { $0.isBurstable = true }
    private static let metal = Sample.type("m.metal", 96, gib: 384) { $0.isBareMetal = true }
    private static let a10g = Sample.type("g.xlarge", 4, gib: 16) {
        $0.gpu = .init(name: "A10G", count: 1, memoryGiB: 24)
        $0.localDiskGiB = 250
    }
    private static let fourA10G = Sample.type("g.12xlarge", 48, gib: 192) {
        $0.gpu = .init(name: "A10G", count: 4, memoryGiB: 24)
    }
    private static let table = [
        burstable, small, middle, metal, arm, withDisk, lean, a10g, fourA10G,
    ]

    private static func met(_ change: (inout Requirements) -> Void) -> [String] {
        var wanted = Requirements()
        change(&wanted)
        return table.meeting(wanted).map(\.name)
    }

    private static func metByGPU(_ change: (inout Requirements.GPU) -> Void) -> [String] {
        var gpu = Requirements.GPU()
        change(&gpu)
        return met { $0.gpu = gpu }
    }

    @Test func nothingAskedForIsEveryPlainMachineSmallestFirst() {
        #expect(Self.met { _ in } == ["m.large", "c.xlarge", "mg.xlarge", "md.xlarge"])
    }

    @Test func ofAFamilyTheSmallestThatIsEnoughIsTaken() {
        #expect(Self.met { $0.vcpus = .init(min: 3) } == ["c.xlarge", "m.xlarge", "mg.xlarge", "md.xlarge"])
        #expect(Self.met { $0.vcpus = .init(min: 2, max: 2) } == ["m.large"])
        #expect(Self.met { $0.memoryMiB = .init(min: 16 * 1024) } == ["m.xlarge", "mg.xlarge", "md.xlarge"])
    }

    @Test func ofEqualsTheOneThatTheTableListsFirstComesFirst() {
        let equals = [Sample.type("b.xlarge", 4, gib: 16), Sample.type("a.xlarge", 4, gib: 16)]
        #expect(equals.meeting(Requirements()).map(\.name) == ["b.xlarge", "a.xlarge"])
        #expect(equals.reversed().meeting(Requirements()).map(\.name) == ["a.xlarge", "b.xlarge"])
    }

    @Test func boundsIncludeBothEnds() {
        let bounds = Requirements.Bounds(min: 2, max: 4)
        #expect([1, 2, 4, 5].map(bounds.holds) == [false, true, true, false])
        #expect(Requirements.Bounds().holds(.max))
    }

    @Test func memoryForAVCPUTellsTheKindsApart() {
        #expect(Self.met { $0.memoryPerVCPU = .init(max: 2 * 1024) } == ["c.xlarge"])
        #expect(!Self.met { $0.memoryPerVCPU = .init(min: 4 * 1024) }.contains("c.xlarge"))
    }

    @Test func architectureAndMakerLeaveOutTheOthers() {
        #expect(Self.met { $0.architecture = .arm } == ["mg.xlarge"])
        #expect(Self.met { $0.makers = ["amd", "aws"] } == ["c.xlarge", "mg.xlarge"])
        #expect(Self.met { $0.makers = [] }.isEmpty)
    }

    @Test func machinesWithGPUsAreTakenOnlyWhereTheyAreAskedFor() {
        #expect(!Self.met { _ in }.contains("g.xlarge"))
        #expect(Self.metByGPU { _ in } == ["g.xlarge"])
        #expect(Self.metByGPU { $0.name = "a10g" } == ["g.xlarge"])
        #expect(Self.metByGPU { $0.count = .init(min: 2) } == ["g.12xlarge"])
        #expect(Self.metByGPU { $0.name = "T4" } == [])
        #expect(Self.metByGPU { $0.memoryGiB = .init(min: 40) } == [])
    }

    @Test func kindsAreLeftOutTakenInOrTakenAlone() {
        #expect(Self.met { $0.burstable = .required } == ["t.xlarge"])
        #expect(Self.met { $0.burstable = .included }.contains("t.xlarge"))
        #expect(Self.met { $0.bareMetal = .required } == ["m.metal"])
        #expect(Self.met { $0.localDisk = .required } == ["md.xlarge"])
        #expect(!Self.met { $0.localDisk = .excluded }.contains("md.xlarge"))
        #expect(Self.met { $0.localDiskGiB = .init(min: 100) } == ["md.xlarge"])
        #expect(Self.met { $0.localDiskGiB = .init(min: 200) }.isEmpty)
    }

    @Test func namesAreExcludedOrTheOnlyOnesByForm() {
        #expect(Self.met { $0.exclude = ["m.*", "c.*"] } == ["mg.xlarge", "md.xlarge"])
        #expect(Self.met { $0.only = ["M.*"] } == ["m.large"])
        #expect(
            Self.met {
                $0.only = ["m*.xlarge"]; $0.exclude = ["md*"]
            } == ["m.xlarge", "mg.xlarge"])
    }

    // MARK: - Forms

    @Test(arguments: [
        ("m5.large", "m5.large"), ("M5.Large", "m5.lARGE"), ("m5.large", "*"), ("", "*"), ("", ""),
        ("m5.large", "m5.*"), ("m5.large", "*.large"), ("m5.large", "m*e"), ("m5.large", "*5*l*e"), ("aba", "a*a"),
        ("a:b:c:d", "*:*:*:*"), ("aXbXc", "a*x*c"), ("abab", "*ab"), ("a", "**"), ("a*b", "a*b"),
    ])
    func aNameHasItsForm(name: String, form: String) {
        #expect(matches(name, form))
    }

    @Test(arguments: [
        ("m5.large", "m5"), ("m5", "m5.large"), ("m5.large", "m5.*.x"), ("m5.large", ""), ("a", "a*a"), ("ab", "ab*b"),
        ("a:b:c", "*:*:*:*"), ("xm5.large", "m5.*"), ("m5.largex", "*.large"), ("abc", "a*x*c"),
    ])
    func anotherNameHasItNot(name: String, form: String) {
        #expect(!matches(name, form))
    }
}
