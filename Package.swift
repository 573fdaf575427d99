// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors where MUSTER_STRICT is set, as the tests do; a newer compiler's news must not stop a
// user's build.
let strict: [SwiftSetting] =
    [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]
    + (Context.environment["MUSTER_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// A room of the house: what it may use is all it may import (`Tests/HouseTests` holds every file to it).
func room(_ name: String, uses: [String] = [], libraries: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: uses.map { .target(name: $0) } + libraries, swiftSettings: strict)
}

func program(_ name: String, uses: [String], libraries: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: uses.map { .target(name: $0) } + libraries, swiftSettings: strict,
        linkerSettings: [.unsafeFlags(quickStart, .when(configuration: .release))])
}

/// A start takes time by what it has to find and to relocate: so its 57,000 relocations are packed into a hundredth of
/// their size, no symbol is kept for others to look up, and the C++ library is part of the program.
let quickStart =
    ["-use-ld=lld", "-L", "\(Context.packageDirectory)/Sources/Linking"]
    + ["-z", "pack-relative-relocs", "--no-export-dynamic"].flatMap { ["-Xlinker", $0] }

/// Tests read their fixtures from where they lie, so nothing beside the sources is part of the build.
func tests(
    _ name: String, uses: [String], libraries: [Target.Dependency] = [], beside folders: [String] = []
) -> Target {
    .testTarget(
        name: name, dependencies: uses.map { .target(name: $0) } + libraries, exclude: folders, swiftSettings: strict)
}

let package = Package(
    name: "Muster",
    products: [
        .executable(name: "muster", targets: ["CLI"]),
        .executable(name: "muster-bench", targets: ["Bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // The system's C libraries, each imported by exactly one room. The small ones are linked in; OpenSSL is not, so
        // that its corrections reach us without a build.
        .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CExpat", providers: [.apt(["libexpat1-dev"])]),
        // Opened on first use, not linked: loading libcurl costs every start 4 ms.
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        // Floor 1: the nouns and the rules.
        room("Provisioning"),
        // Floor 2: plain tools.
        room("Documents", uses: ["CYAML", "Provisioning"]),
        room("Store", uses: ["CSQLite", "Provisioning"]),
        // Floor 3: reading in, carrying out.
        room("Catalog", uses: ["Documents", "Provisioning"]),
        room("Cloud", uses: ["CCurl", "COpenSSL", "CExpat", "Documents", "Provisioning"]),
        // Floor 4: the loop, the clouds.
        room(
            "Engine", uses: ["Catalog", "Store", "Cloud", "Provisioning"],
            libraries: [.product(name: "Logging", package: "swift-log")]),
        room("CloudAWS", uses: ["Cloud", "Provisioning"]),
        room("CloudAzure", uses: ["Cloud", "Provisioning"]),
        room("CloudGCP", uses: ["Cloud", "Provisioning"]),
        room("CloudEmulator", uses: ["Cloud", "Provisioning"]),
        // Floor 5: assembly.
        room(
            "Setup",
            uses: [
                "Engine", "Store", "Catalog", "Cloud", "CloudAWS", "CloudAzure", "CloudGCP", "CloudEmulator",
                "Documents", "Provisioning",
            ], libraries: [.product(name: "Logging", package: "swift-log")]),
        // Floor 6: where a person enters.
        program(
            "CLI", uses: ["Setup", "Engine", "Catalog", "Store", "CloudEmulator", "Provisioning"],
            libraries: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        program(
            "Bench",
            uses: ["Engine", "Store", "Catalog", "Cloud", "CloudAWS", "CloudEmulator", "Provisioning"],
            libraries: [.product(name: "Logging", package: "swift-log")]),

        // The clouds' own descriptions of their APIs, for tests to hold requests and answers to.
        .target(
            name: "PublishedModels", dependencies: [.target(name: "CloudEmulator")], path: "Tests/PublishedModels",
            swiftSettings: strict),

        tests("HouseTests", uses: []),
        tests("ProvisioningTests", uses: ["Provisioning"]),
        tests("DocumentsTests", uses: ["Documents", "Provisioning"]),
        tests("CatalogTests", uses: ["Catalog", "Documents", "Provisioning"]),
        tests("SetupTests", uses: ["Setup", "Catalog", "Cloud", "Documents", "Provisioning"]),
        tests("StoreTests", uses: ["Store", "Provisioning"]),
        tests("CloudTests", uses: ["Cloud", "Provisioning"]),
        tests("CloudAWSTests", uses: ["CloudAWS", "Cloud", "Provisioning"], beside: ["Golden"]),
        tests(
            "CloudAzureTests", uses: ["CloudAzure", "CloudEmulator", "Cloud", "Provisioning", "PublishedModels"],
            beside: ["Golden"]),
        tests("CloudGCPTests", uses: ["CloudGCP", "Cloud", "Provisioning", "PublishedModels"], beside: ["Golden"]),
        tests("CloudEmulatorTests", uses: ["CloudEmulator", "Cloud", "Provisioning", "PublishedModels"]),
        tests(
            "EngineTests",
            uses: [
                "Engine", "CloudEmulator", "CloudAWS", "CloudAzure", "CloudGCP", "Cloud", "Catalog", "Store",
                "Provisioning",
            ],
            libraries: [.product(name: "Logging", package: "swift-log")],
            beside: ["Catalog", "GoogleCatalog", "ElsewhereCatalog"]),
        tests(
            "CLITests",
            uses: ["CLI", "Setup", "Engine", "Catalog", "Store", "CloudEmulator", "Documents", "Provisioning"],
            libraries: [.product(name: "Logging", package: "swift-log")], beside: ["Golden", "Catalog"]),
    ]
)
