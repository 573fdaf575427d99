// swift-tools-version: 6.1
import PackageDescription

/// A room of the house: what it may use is all it may import (`Tests/HouseTests` holds every file to it).
func room(_ name: String, uses: [String] = [], libraries: [Target.Dependency] = []) -> Target {
    .target(
        name: name,
        dependencies: uses.map { .target(name: $0) } + libraries,
        swiftSettings: strict)
}

func tests(_ name: String, uses: [String], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name, dependencies: uses.map { .target(name: $0) }, resources: resources, swiftSettings: strict)
}

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
    name: "Muster",
    targets: [
        // The system's C libraries, each imported by exactly one room.
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        // Opened on first use, not linked: loading libcurl costs every start 4 ms.
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        // Floor 1
        room("Provisioning"),
        // Floor 3
        room("Cloud", uses: ["Provisioning"]),
    ]
)
