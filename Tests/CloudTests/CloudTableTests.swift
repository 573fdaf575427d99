import FoundationEssentials
import Provisioning
import Testing

@testable import Cloud

/// The tables of `providers/`, as they are shipped.
@Suite struct CloudTableTests {
    static let clouds: [CloudName] = ["aws", "azure", "gcp"]

    private static let tables = clouds.map { cloud in
        let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        return Result { try CloudRules(cloud, folder: "\(root)/providers/\(cloud)") }
    }

    private static func read(_ cloud: CloudName) throws -> CloudRules {
        try tables[try #require(clouds.firstIndex(of: cloud))].get()
    }

    private static func type(_ name: String, of cloud: CloudName) throws -> MachineType {
        try #require(try read(cloud).types.first { $0.name == name })
    }

    @Test(arguments: clouds)
    func everyTableIsReadWithoutAMistake(cloud: CloudName) throws {
        let rules = try Self.read(cloud)
        #expect(rules.machineTypes.faults.isEmpty && rules.types.count > 300)
        #expect(rules.zones.count > 30)
        #expect(!rules.typeForms.isEmpty && !rules.imageForms.isEmpty && !rules.subnetForms.isEmpty)
        #expect(rules.userDataMax < .max && rules.tags.countMax < .max)
    }

    @Test(arguments: clouds)
    func everyAPIHasAFileThatSaysWhatItCanDo(cloud: CloudName) throws {
        let rules = try Self.read(cloud)
        #expect(Set(rules.features.keys) == Set(rules.apis))
        for api in rules.apis {
            #expect(api.text.hasPrefix("\(cloud)/"))
            #expect(rules.features[api]?.contains(.spot) == true)
        }
    }

    @Test(arguments: clouds)
    func aPlainTemplateIsLaunchedByTheUsualAPI(cloud: CloudName) throws {
        let rules = try Self.read(cloud)
        #expect(rules.api(doing: [.onDemand]) == rules.apis.first)
        #expect(rules.api(doing: [.spot]) == rules.apis.first)
    }

    @Test func whatOneAPICannotDoIsDoneByTheFirstThatCan() throws {
        let aws = try Self.read("aws")
        #expect(aws.api(doing: [.mixed]) == "aws/ec2-fleet")
        #expect(aws.api(doing: [.fleetRole]) == "aws/spot-fleet")
        // What a HostFactory catalog asks for in one template.
        let hostFactory: Set<Feature> = [
            .onDemand, .spot, .weights, .onDemandTypes, .allocationStrategy, .spotPools, .spotExpiry, .fleetRole,
        ]
        #expect(aws.api(doing: hostFactory) == "aws/spot-fleet")
        #expect(aws.api(doing: [.onDemand, .hibernation]) == "aws/run-instances")
        #expect(try Self.read("azure").api(doing: [.mixed]) == "azure/scale-set")
        #expect(try Self.read("gcp").api(doing: [.priorities]) == "gcp/instance-group")
    }

    @Test func theManualNamesEveryFeature() throws {
        let manual = try String(
            contentsOf: Fixtures.folder.deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "docs/providers.md"), encoding: .utf8)
        for feature in Feature.allCases { #expect(manual.contains("`\(feature.rawValue)`"), "\(feature)") }
    }

    // MARK: - Regions

    @Test(arguments: clouds)
    func everyZoneFitsItsRegion(cloud: CloudName) throws {
        for (region, zones) in try Self.read(cloud).zones {
            #expect(Set(zones).count == zones.count, "\(region)")
            for zone in zones {
                let name =
                    switch cloud {
                    case "aws": region + zone.suffix(1)
                    case "gcp": "\(region)-\(zone.suffix(1))"
                    default: "\(zone.suffix(1))"
                    }
                #expect(zone == name)
            }
        }
    }

    @Test func wellKnownRegionsHaveTheirZones() throws {
        let aws = try Self.read("aws").zones
        #expect(aws["us-east-1"]?.count == 6)
        #expect(aws["eu-central-1"] == ["eu-central-1a", "eu-central-1b", "eu-central-1c"])
        #expect(aws["us-gov-west-1"]?.count == 3)
        #expect(aws["cn-northwest-1"]?.count == 3)
        let azure = try Self.read("azure").zones
        #expect(azure["westeurope"] == ["1", "2", "3"])
        #expect(azure["westus"]?.isEmpty == true)
        let gcp = try Self.read("gcp").zones
        #expect(gcp["us-central1"] == ["us-central1-a", "us-central1-b", "us-central1-c", "us-central1-f"])
        #expect(gcp["europe-west1"] == ["europe-west1-b", "europe-west1-c", "europe-west1-d"])
    }

    // MARK: - Machine types

    @Test(arguments: clouds)
    func everyTypeHasANameOfItsOwnAndAPlausibleSize(cloud: CloudName) throws {
        let types = try Self.read(cloud).types
        #expect(Set(types.map(\.name)).count == types.count)
        let makers: Set = ["intel", "amd", "ampere", "mixed", cloud.text]
        for type in types {
            let gib = Double(type.memoryMiB) / 1024 / Double(type.vcpus)
            #expect(type.vcpus <= 448 && gib >= 0.25 && gib <= 64, "\(type.name)")
            #expect(makers.contains(type.maker), "\(type.name)")
            #expect(
                (type.architecture == .arm) == ["aws", "azure", "gcp", "ampere"].contains(type.maker), "\(type.name)")
            #expect(type.isBareMetal == type.name.contains("metal"), "\(type.name)")
            if let gpu = type.gpu { #expect(gpu.count <= 16 && gpu.memoryGiB >= 8, "\(type.name)") }
        }
    }

    @Test func everyTypeHasTheFormOfItsOwnCloudAndOfNoOther() throws {
        let all = try Self.clouds.map(Self.read)
        for cloud in all {
            for type in cloud.types {
                let takers = all.filter { rules in rules.typeForms.contains { matches(type.name, $0) } }.map(\.cloud)
                #expect(takers == [cloud.cloud], "\(type.name)")
            }
        }
    }

    struct Fact: Sendable, CustomStringConvertible {
        var cloud: CloudName
        var name: String
        var vcpus: Int
        var gib: Double
        var architecture = Architecture.x86
        var gpu: MachineType.GPU?
        var localDisk = 0
        var description: String { name }
    }

    @Test(arguments: [
        Fact(cloud: "aws", name: "m6i.large", vcpus: 2, gib: 8),
        Fact(cloud: "aws", name: "c7g.xlarge", vcpus: 4, gib: 8, architecture: .arm),
        Fact(cloud: "aws", name: "r5.2xlarge", vcpus: 8, gib: 64),
        Fact(cloud: "aws", name: "t3.nano", vcpus: 2, gib: 0.5),
        Fact(cloud: "aws", name: "i3.large", vcpus: 2, gib: 15.25, localDisk: 475),
        Fact(cloud: "aws", name: "hpc6a.48xlarge", vcpus: 96, gib: 384),
        Fact(
            cloud: "aws", name: "g4dn.xlarge", vcpus: 4, gib: 16, gpu: .init(name: "T4", count: 1, memoryGiB: 16),
            localDisk: 125),
        Fact(
            cloud: "aws", name: "g5.xlarge", vcpus: 4, gib: 16, gpu: .init(name: "A10G", count: 1, memoryGiB: 24),
            localDisk: 250),
        Fact(
            cloud: "aws", name: "p4d.24xlarge", vcpus: 96, gib: 1152,
            gpu: .init(name: "A100", count: 8, memoryGiB: 40), localDisk: 8000),
        Fact(cloud: "azure", name: "Standard_D4s_v5", vcpus: 4, gib: 16),
        Fact(cloud: "azure", name: "Standard_E8ds_v5", vcpus: 8, gib: 64, localDisk: 300),
        Fact(cloud: "azure", name: "Standard_D2ps_v6", vcpus: 2, gib: 8, architecture: .arm),
        Fact(cloud: "azure", name: "Standard_B1s", vcpus: 1, gib: 1, localDisk: 4),
        Fact(cloud: "azure", name: "Standard_HB120rs_v3", vcpus: 120, gib: 456, localDisk: 1920),
        Fact(
            cloud: "azure", name: "Standard_NC4as_T4_v3", vcpus: 4, gib: 28,
            gpu: .init(name: "T4", count: 1, memoryGiB: 16), localDisk: 176),
        Fact(cloud: "gcp", name: "n2-highmem-8", vcpus: 8, gib: 64),
        Fact(cloud: "gcp", name: "e2-medium", vcpus: 2, gib: 4),
        Fact(cloud: "gcp", name: "t2a-standard-4", vcpus: 4, gib: 16, architecture: .arm),
        Fact(cloud: "gcp", name: "n1-standard-1", vcpus: 1, gib: 3.75),
        Fact(cloud: "gcp", name: "c3-standard-4-lssd", vcpus: 4, gib: 16, localDisk: 375),
        Fact(
            cloud: "gcp", name: "a2-highgpu-1g", vcpus: 12, gib: 85,
            gpu: .init(name: "A100", count: 1, memoryGiB: 40)),
        Fact(
            cloud: "gcp", name: "g2-standard-48", vcpus: 48, gib: 192,
            gpu: .init(name: "L4", count: 4, memoryGiB: 24)),
    ])
    func wellKnownTypesAreWhatTheManualsSay(_ fact: Fact) throws {
        let type = try Self.type(fact.name, of: fact.cloud)
        #expect(type.vcpus == fact.vcpus)
        #expect(type.memoryMiB == Int(fact.gib * 1024))
        #expect(type.architecture == fact.architecture)
        #expect(type.gpu == fact.gpu)
        #expect(type.localDiskGiB == fact.localDisk)
    }

    @Test func kindsOfMachinesAreMarked() throws {
        #expect(try Self.type("t3.large", of: "aws").isBurstable)
        #expect(try Self.type("Standard_B2ms", of: "azure").isBurstable)
        #expect(try Self.type("e2-small", of: "gcp").isBurstable)
        #expect(try !Self.type("e2-standard-2", of: "gcp").isBurstable)
        #expect(try Self.type("m6i.metal", of: "aws").isBareMetal)
        #expect(try Self.type("c3-standard-192-metal", of: "gcp").isBareMetal)
    }

    /// The first types for the same wishes on each cloud, so that a change to the tables' order is seen.
    @Test(
        arguments: [
            ("aws", ["c6a.xlarge", "c5a.xlarge", "c7i-flex.xlarge"]),
            ("azure", ["Standard_D4als_v6", "Standard_D4als_v7", "Standard_D4ls_v5"]),
            ("gcp", ["n4d-highcpu-4", "n4-highcpu-4", "c3d-highcpu-4"]),
        ] as [(CloudName, [String])])
    func theCheapestFamiliesComeFirst(cloud: CloudName, first: [String]) throws {
        var wanted = Requirements()
        wanted.vcpus = .init(min: 4)
        wanted.memoryMiB = .init(min: 8 * 1024)
        wanted.architecture = .x86
        let types = try Self.read(cloud).types.meeting(wanted)
        #expect(Array(types.map(\.name).prefix(3)) == first)
        #expect(Set(types.map(\.family)).count == types.count)
        #expect(types.allSatisfy { $0.gpu == nil && !$0.isBurstable && !$0.isBareMetal && $0.architecture == .x86 })
    }

    @Test func oneWishForAGPUIsMetOnEveryCloud() throws {
        var wanted = Requirements()
        wanted.gpu = .init()
        wanted.gpu?.name = "a100"
        let found = try Self.clouds.map { try Self.read($0).types.meeting(wanted).first?.name }
        #expect(found == ["p4d.24xlarge", "Standard_NC24ads_A100_v4", "a2-highgpu-1g"])
    }

    // MARK: - Forms

    @Test(
        arguments: [
            (
                "aws",
                ["ami-0c7217cdde317cfec", "/aws/service/ami-amazon-linux-latest/al2023-ami-x86_64"]
            ),
            ("azure", ["Canonical:ubuntu-24_04-lts:server:latest"]),
            ("gcp", ["projects/debian-cloud/global/images/family/debian-12", "global/images/mine"]),
        ] as [(CloudName, [String])])
    func usualImagesHaveTheFormOfTheirCloudAndOfNoOther(cloud: CloudName, images: [String]) throws {
        for image in images {
            let takers = try Self.clouds.filter { cloud in
                try Self.read(cloud).imageForms.contains { matches(image, $0) }
            }
            #expect(takers == [cloud])
        }
    }

    @Test func aSubnetOfGoogleCloudMayBeAPlainName() throws {
        let subnet = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a"
        #expect(try Self.read("azure").subnetForms.contains { matches(subnet, $0) })
        #expect(try Self.read("aws").subnetForms.contains { matches("subnet-0a1b2c3d", $0) })
        #expect(try Self.read("aws").subnetForms.contains { matches(subnet, $0) } == false)
        #expect(try Self.read("gcp").subnetForms.contains { matches("default", $0) })
    }
}
