/// What Package.swift declares and what the sources import, as values: the checks read nothing else.
struct HousePlan {
    var rooms: [Room]
    /// The system-library targets.
    var libraries: Set<String>

    struct Room {
        var name: String
        /// Rooms and C libraries, as `uses:` lists them.
        var uses: Set<String>
        /// Packages' products.
        var products: Set<String> = []
        var files: [SourceFile]
    }

    struct SourceFile {
        var path: String
        var imports: [String]
    }
}

extension HousePlan {
    /// Every arrow that is not on the map, and every import that is not declared; empty: the house stands.
    func faults(on map: [String: Set<String>]) -> [String] {
        rooms.flatMap { faults(of: $0, on: map) } + sharedLibraries()
    }

    private func faults(of room: Room, on map: [String: Set<String>]) -> [String] {
        guard let allowed = map[room.name] else { return ["\(room.name) is not on the map"] }
        var faults = room.uses.subtracting(libraries).subtracting(allowed).sorted().map {
            "\(room.name) uses \($0), which is not on the map"
        }
        if room.files.isEmpty { faults.append("\(room.name) holds no file") }
        let known = Set(rooms.map(\.name)).union(libraries)
        for file in room.files {
            for module in file.imports {
                if module == "Foundation" {
                    faults.append("\(file.path) imports all of Foundation, which every start would pay for")
                } else if known.contains(module) {
                    if module != room.name, !room.uses.contains(module) {
                        faults.append("\(file.path) imports \(module), which \(room.name) does not declare")
                    }
                } else if !room.products.contains(module), !toolchain.contains(module) {
                    faults.append("\(file.path) imports \(module), which nobody declares")
                }
            }
        }
        return faults
    }

    /// A C library has one room that speaks for it, and that room alone knows its habits.
    private func sharedLibraries() -> [String] {
        libraries.sorted().compactMap { library in
            let importers = rooms.filter { $0.files.contains { $0.imports.contains(library) } }.map(\.name).sorted()
            return importers.count > 1 ? "\(library) is imported by \(importers.joined(separator: " and "))" : nil
        }
    }
}

/// What comes with Swift and may be used anywhere.
private let toolchain: Set = ["Swift", "Glibc", "Musl", "Synchronization", "Dispatch", "FoundationEssentials"]

/// The map: which rooms a room may use. Sources/README.md draws it.
let allowedArrows: [String: Set<String>] = [
    "Provisioning": [],
    "Documents": ["Provisioning"],
    "Store": ["Provisioning"],
    "Dialects": ["Provisioning"],
    "Catalog": ["Documents", "Provisioning"],
    "Cloud": ["Documents", "Provisioning"],
    "CloudAWS": ["Cloud", "Provisioning"],
    "CloudAzure": ["Cloud", "Provisioning"],
    "CloudGCP": ["Cloud", "Provisioning"],
    "CloudEmulator": ["Cloud", "Provisioning"],
    "Engine": ["Catalog", "Store", "Cloud", "Provisioning"],
    "REST": ["Engine", "Dialects", "Provisioning"],
    "MCP": ["Engine", "Provisioning"],
    "Setup": [
        "Engine", "Store", "Catalog", "Cloud", "CloudAWS", "CloudAzure", "CloudGCP", "CloudEmulator", "Documents",
        "Provisioning",
    ],
    "CLI": [
        "REST", "MCP", "Dialects", "Setup", "Engine", "Catalog", "Store", "Documents", "CloudEmulator", "Provisioning",
    ],
    // Beside the tests, for them alone.
    "PublishedModels": ["CloudEmulator"],
    // Measures every room, and ships to nobody.
    "Bench": [
        "Setup", "Engine", "Store", "Catalog", "Cloud", "CloudAWS", "CloudEmulator", "Documents", "Provisioning",
    ],
]
