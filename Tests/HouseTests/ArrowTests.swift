import Testing

@Suite struct ArrowTests {
    @Test func everyArrowOfTheHouseIsOnTheMap() throws {
        let house = try HousePlan(of: houseRoot)
        // An empty reading would pass everything.
        #expect(house.rooms.contains { $0.name == "Provisioning" })
        #expect(house.rooms.contains { $0.name == "CLI" })
        #expect(house.libraries.contains("CSQLite"))
        #expect(house.rooms.allSatisfy { $0.name == "Provisioning" || !$0.uses.isEmpty })
        #expect(house.rooms.contains { $0.products.contains("ArgumentParser") })
        #expect(house.rooms.contains { $0.files.contains { $0.imports.contains("CSQLite") } })

        #expect(house.faults(on: allowedArrows) == [])
    }

    @Test func everyFolderOfSourcesIsDeclared() throws {
        let declared = Set(declaredTargets(in: try text(of: houseRoot + "/Package.swift")).map(\.name))
        let folders = Set(
            try swiftFiles(under: "Sources", of: houseRoot).map { String($0.split(separator: "/")[1]) })
        #expect(folders.subtracting(declared) == [])
    }

    @Test func theMapHasNoCycle() {
        func reaches(_ room: String, from start: String, seen: Set<String> = []) -> Bool {
            allowedArrows[start, default: []].contains {
                $0 == room || (!seen.contains($0) && reaches(room, from: $0, seen: seen.union([$0])))
            }
        }
        for room in allowedArrows.keys { #expect(!reaches(room, from: room)) }
    }

    // MARK: - The checks find what they are for

    private static let map: [String: Set<String>] = ["Ground": [], "Attic": ["Ground"], "Cellar": ["Ground"]]

    private static func house(
        ground: Set<String> = [], attic: Set<String> = ["Ground"], imports: [String] = ["Ground"],
        cellarImports: [String] = []
    ) -> HousePlan {
        HousePlan(
            rooms: [
                .init(name: "Ground", uses: ground, files: [.init(path: "Ground/A.swift", imports: ["Glibc"])]),
                .init(
                    name: "Attic", uses: attic, products: ["Logging"],
                    files: [.init(path: "Attic/A.swift", imports: imports)]),
                .init(
                    name: "Cellar", uses: ["Ground", "CWater"],
                    files: [.init(path: "Cellar/A.swift", imports: cellarImports)]),
            ], libraries: ["CWater"])
    }

    @Test func aSoundHouseHasNoFault() {
        #expect(Self.house(imports: ["Ground", "Logging"], cellarImports: ["CWater"]).faults(on: Self.map) == [])
    }

    @Test func anArrowUpwardsIsFound() {
        #expect(
            Self.house(ground: ["Attic"]).faults(on: Self.map) == ["Ground uses Attic, which is not on the map"])
    }

    @Test func anImportNobodyDeclaredIsFound() {
        #expect(
            Self.house(imports: ["Cellar"]).faults(on: Self.map)
                == ["Attic/A.swift imports Cellar, which Attic does not declare"])
        #expect(
            Self.house(imports: ["NIOCore"]).faults(on: Self.map)
                == ["Attic/A.swift imports NIOCore, which nobody declares"])
    }

    @Test func aLibraryImportedTwiceIsFound() {
        let house = Self.house(attic: ["Ground", "CWater"], imports: ["CWater"], cellarImports: ["CWater"])
        #expect(house.faults(on: Self.map) == ["CWater is imported by Attic and Cellar"])
    }

    @Test func allOfFoundationIsFound() {
        #expect(
            Self.house(imports: ["Foundation"]).faults(on: Self.map)
                == ["Attic/A.swift imports all of Foundation, which every start would pay for"])
    }

    @Test func aRoomOffTheMapOrWithoutFilesIsFound() {
        let house = HousePlan(
            rooms: [.init(name: "Ground", uses: [], files: []), .init(name: "Shed", uses: [], files: [])],
            libraries: [])
        #expect(house.faults(on: Self.map) == ["Ground holds no file", "Shed is not on the map"])
    }

    @Test func everyFormOfImportIsRead() {
        let source = """
            import Plain
            @testable import Tested
            @preconcurrency package import Old
            import struct Part.Piece
            import func Glibc.open
                import Indented
            // import Commented
            let text = "import Quoted"
            """
        #expect(imports(in: source) == ["Plain", "Tested", "Old", "Part", "Glibc", "Indented"])
    }

    @Test func everyFormOfTargetIsRead() {
        let targets = declaredTargets(
            in: """
                // room("Commented", uses: ["A"]),
                .systemLibrary(name: "CWater", pkgConfig: "water"),
                room("Ground"),
                room("Attic", uses: ["Ground", "CWater"],
                    libraries: [.product(name: "Logging", package: "swift-log")]),
                .executableTarget(
                    name: "Door",
                    dependencies: ["Attic", .target(name: "Ground")] + [.product(name: "Parser", package: "parser")],
                    path: "Sources/Door/Main"),
                """)
        #expect(targets.map(\.name) == ["CWater", "Ground", "Attic", "Door"])
        #expect(targets.map(\.uses) == [[], [], ["Ground", "CWater"], ["Attic", "Ground"]])
        #expect(targets.map(\.products) == [[], [], ["Logging"], ["Parser"]])
        #expect(targets.map(\.path) == [nil, nil, nil, "Sources/Door/Main"])
    }
}
