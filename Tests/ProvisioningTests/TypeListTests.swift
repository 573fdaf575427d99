import Provisioning
import Testing

/// What requirements come to where a cloud says what it has.
@Suite struct TypeListTests {
    /// Cheapest first; the cloud's own order is another.
    private static let table = [
        Sample.type("m6a.large", 2, gib: 8) { $0.maker = "amd" }, Sample.type("m5.large", 2, gib: 8),
        Sample.type("m6i.large", 2, gib: 8), Sample.type("m6i.xlarge", 4, gib: 16),
        Sample.type("g5.xlarge", 4, gib: 16) { $0.gpu = .init(name: "A10G", count: 1, memoryGiB: 24) },
    ]

    private static func list(_ entries: [TypeList.Entry]) -> TypeList {
        TypeList(askedAt: Timestamp(seconds: 0), entries: entries)
    }

    private static func entry(
        _ type: MachineType, _ markets: Set<Market> = [.onDemand, .spot], in zones: Set<String> = ["a", "b"]
    ) -> TypeList.Entry { .init(type, markets: markets, zones: zones) }

    private static let whole = list(table.reversed().map { entry($0) })

    private static func offerings(
        of list: TypeList = whole, zones: [String] = [], subnets: [String] = [], markets: [Market] = [.onDemand],
        _ change: (inout Requirements) -> Void = { _ in }
    ) throws -> [String] {
        var wanted = Requirements()
        change(&wanted)
        // What the table came to says nothing but where and on which markets.
        let written = Offering.all(types: ["x.large", "y.large"], zones: zones, subnets: subnets, markets: markets)
        return try list.offerings(meeting: wanted, like: written, rankedBy: table).map(\.description)
    }

    private static func types(of list: TypeList, _ change: (inout Requirements) -> Void = { _ in }) throws -> [String] {
        try offerings(of: list, change).map { String($0.prefix { $0 != " " }) }
    }

    private static func why(
        of list: TypeList = whole, zones: [String] = [], markets: [Market] = [.onDemand],
        _ change: (inout Requirements) -> Void
    ) -> String {
        do throws(NoType) {
            var wanted = Requirements()
            change(&wanted)
            let written = Offering.all(types: ["x"], zones: zones, subnets: [], markets: markets)
            _ = try list.offerings(meeting: wanted, like: written, rankedBy: table)
            return "something meets them"
        } catch {
            return error.why
        }
    }

    // MARK: What is chosen

    @Test func theTablesOrderHoldsAmongWhatThereIs() throws {
        #expect(try Self.types(of: Self.whole) == ["m6a.large", "m5.large", "m6i.large"])
    }

    @Test func whatTheRegionDoesNotHaveIsNotTried() throws {
        let list = Self.list(Self.table.filter { $0.name != "m5.large" }.map { Self.entry($0) })
        #expect(try Self.types(of: list) == ["m6a.large", "m6i.large"])
    }

    @Test func theChoiceIsThatOfTheTableWhereEverythingIsThere() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            var wanted = Requirements()
            wanted.vcpus = .init(
                min: Int.random(in: 0...4, using: &generator), max: Bool.random(using: &generator) ? 4 : nil)
            wanted.memoryMiB = .init(min: Int.random(in: 0...16, using: &generator) * 1024)
            wanted.makers = Bool.random(using: &generator) ? ["intel"] : nil
            wanted.gpu = Bool.random(using: &generator) ? Requirements.GPU() : nil
            let met = Self.table.meeting(wanted).map { Offering(type: $0.name) }
            let found = try? Self.whole.offerings(meeting: wanted, like: [Offering(type: "x")], rankedBy: Self.table)
            #expect(found ?? [] == met)
        }
    }

    @Test func aNewTypeComesAfterThoseThatAreLikeIt() throws {
        let new = ["m9z.large", "a9z.large"].map { Self.entry(Sample.type($0, 2, gib: 8)) }
        let small = Self.entry(Sample.type("m6i.medium", 1, gib: 8))
        #expect(
            try Self.types(of: Self.list(new + Self.whole.entries + [small]))
                == ["m6i.medium", "m6a.large", "m5.large", "a9z.large", "m9z.large"])
    }

    @Test func aPastGenerationIsTakenOnlyIfTheTableHasIt() throws {
        var known = Self.entry(Self.table[1]), unknown = Self.entry(Sample.type("m1.large", 2, gib: 8))
        known.isCurrent = false
        unknown.isCurrent = false
        #expect(try Self.types(of: Self.list([unknown, known])) == ["m5.large"])
    }

    @Test func aGPUIsMeasuredAsTheTableDoes() throws {
        var told = Self.table[4]
        told.gpu = .init(name: "A10G-Tensor", count: 1, memoryGiB: 23)
        var wanted = Requirements.GPU()
        wanted.name = "A10G"
        wanted.memoryGiB = .init(min: 24)
        #expect(try Self.types(of: Self.list([Self.entry(told)])) { $0.gpu = wanted } == ["g5.xlarge"])
        #expect(
            Self.why(of: Self.list([Self.entry(Sample.type("g9.xlarge", 4, gib: 8) { $0.gpu = told.gpu })])) {
                $0.gpu = wanted
            } == "of 1 type, none has a GPU called A10G")
    }

    // MARK: Where and how it is sold

    @Test func aZoneIsTriedOnlyForWhatItHas() throws {
        let list = Self.list([
            Self.entry(Self.table[0], in: ["b"]), Self.entry(Self.table[1]), Self.entry(Self.table[2], in: ["c"]),
        ])
        #expect(
            try Self.offerings(of: list, zones: ["a", "b"])
                == ["m6a.large / b / on-demand", "m5.large / a / on-demand", "m5.large / b / on-demand"])
        #expect(
            try Self.offerings(of: list) == [
                "m6a.large / any zone / on-demand", "m5.large / any zone / on-demand",
                "m6i.large / any zone / on-demand",
            ])
    }

    @Test func ofAFamilyTheSmallestThatTheZoneHasIsTaken() throws {
        let list = Self.list([Self.entry(Self.table[2], in: ["b"]), Self.entry(Self.table[3], in: ["a"])])
        #expect(try Self.offerings(of: list, zones: ["a"]) == ["m6i.xlarge / a / on-demand"])
    }

    @Test func whichZoneASubnetIsInIsNotKnown() throws {
        let list = Self.list([Self.entry(Self.table[0], in: ["b"])])
        #expect(try Self.offerings(of: list, subnets: ["s-1"]) == ["m6a.large / s-1 / on-demand"])
    }

    @Test func spotIsTriedOnlyForWhatIsSoldAsSpot() throws {
        let list = Self.list([Self.entry(Self.table[0], [.onDemand]), Self.entry(Self.table[1])])
        #expect(
            try Self.offerings(of: list, markets: [.spot, .onDemand]) == [
                "m5.large / any zone / spot", "m6a.large / any zone / on-demand", "m5.large / any zone / on-demand",
            ])
    }

    // MARK: Why nothing is left

    @Test func theRequirementThatExcludesTheLastIsNamed() {
        let fours = (1...14).map { number in
            Self.entry(
                Sample.type("g\(number).48xlarge", 192, gib: 768) {
                    $0.gpu = .init(name: "A10G", count: 8, memoryGiB: 24)
                })
        }
        let many = (1...20).map { Self.entry(Sample.type("x\($0).large", 2, gib: 8) { $0.architecture = .arm }) }
        var gpu = Requirements.GPU()
        gpu.count = .init(min: 8, max: 8)
        #expect(
            Self.why(of: Self.list(fours + many)) {
                $0.gpu = gpu
                $0.architecture = .arm
            } == "of 34 types, 14 have 8 GPUs; none of these is for arm64")
    }

    @Test func soIsOneThatNothingMeetsAtAll() {
        #expect(Self.why { $0.vcpus = .init(min: 500) } == "of 5 types, none has at least 500 vCPUs")
        #expect(Self.why { $0.only = ["z*"] } == "of 5 types, none is among `only`")
        #expect(
            Self.why { $0.memoryMiB = .init(max: 512) } == "of 5 types, none has at most 512 MiB of memory")
    }

    @Test func soAreZonesAndMarkets() {
        #expect(Self.why(zones: ["z", "y"]) { _ in } == "of 5 types, none is offered in z or y")
        let list = Self.list(Self.table.map { Self.entry($0, [.onDemand], in: $0.name == "m5.large" ? ["b"] : ["a"]) })
        #expect(Self.why(of: list, markets: [.spot]) { _ in } == "of 5 types, none is sold as spot")
        #expect(
            Self.why(of: list, zones: ["a"]) { $0.only = ["m5.*"] }
                == "of 5 types, 1 is among `only`; none of these is offered in a")
    }

    /// The words would otherwise tell of something that nothing is chosen by.
    @Test func whatTheWordsTellIsWhatTypesAreChosenBy() {
        var generator = SeededGenerator(seed: 11)
        let types =
            Self.table + [
                Sample.type("t3.large", 2, gib: 8) { $0.isBurstable = true },
                Sample.type("m5.metal", 96, gib: 384) { $0.isBareMetal = true },
                Sample.type("m5d.large", 2, gib: 8) { $0.localDiskGiB = 75 },
                Sample.type("m7g.large", 2, gib: 8) { $0.architecture = .arm },
            ]
        var met = 0
        for _ in 0..<3000 {
            func chance() -> Bool { Int.random(in: 0..<5, using: &generator) == 0 }
            func bounds(_ least: Int, _ most: Int) -> Requirements.Bounds {
                .init(min: chance() ? least : nil, max: chance() ? most : nil)
            }
            var wanted = Requirements()
            wanted.vcpus = bounds(4, 8)
            wanted.memoryMiB = bounds(16_384, 32_768)
            wanted.memoryPerVCPU = bounds(3000, 4096)
            wanted.architecture = chance() ? .arm : chance() ? .x86 : nil
            wanted.makers = chance() ? ["amd"] : nil
            if chance() {
                var gpu = Requirements.GPU()
                gpu.name = chance() ? "a10g" : nil
                gpu.count = bounds(1, 2)
                gpu.memoryGiB = bounds(24, 24)
                wanted.gpu = gpu
            }
            wanted.localDisk = Requirements.Inclusion.allCases.randomElement(using: &generator)!
            wanted.localDiskGiB = chance() ? bounds(50, 100) : nil
            wanted.burstable = Requirements.Inclusion.allCases.randomElement(using: &generator)!
            wanted.bareMetal = Requirements.Inclusion.allCases.randomElement(using: &generator)!
            wanted.exclude = chance() ? ["m5*"] : []
            wanted.only = chance() ? ["m*"] : nil
            let isMet = types.contains { $0.meets(wanted) }
            if isMet { met += 1 }
            #expect(types.shortfall(of: wanted).hasSuffix("would do") == isMet)
        }
        #expect(met > 300 && met < 2700, "\(met)")
    }
}
