import Catalog
import Provisioning
import Testing

/// The fields that are more than a word.
struct OptionFieldTests {
    private func template(_ fields: String, rules: TemplateRules = TemplateRules()) throws -> Template {
        let lines = fields.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)\n" }.joined()
        return try Setting(["templates.yaml": "templates:\n  x:\n\(lines)"], rules: rules).catalog
            .resolve("x", at: "prod").template
    }

    @Test func everyPartOfAMachineFindsItsPlace() throws {
        let read = try template(
            """
            image: {owner: amazon, name: "al2023-*", architecture: arm64}
            machine_type: t
            encryption_key: alias/disks
            machine_disks:
              - {device: /dev/sdf, size_gb: 500, type: gp3, iops: 4000, throughput: 250, encrypted: true}
              - {snapshot: snap-1, outlives_machine: true, encryption_key: k}
            placement: {group: ring, partition: 2, tenancy: dedicated, host: h-1}
            capacity_reservation: cr-1
            metadata_options: {enabled: true, tokens: required, hop_limit: 2, tags: false}
            network_options: {ipv6_addresses: 1, fabric_adapter: true, accelerated: false, forwards_traffic: true}
            cpu_options: {cores: 8, threads_per_core: 1}
            hibernation: true
            max_price: 0.0500
            launch_template_id: lt-1
            launch_template_version: $Latest
            provider_api_spec: {CreditSpecification: {CpuCredits: standard}, Count: 3, Zip: 0123, On: true}
            created_at: 2026-01-01
            updated_at: "2026-02-01T00:00:00Z"
            version: 2
            metadata: {owner: [a, b]}
            """)
        #expect(
            read.image == "" && read.imageSearch == ImageSearch(owner: "amazon", name: "al2023-*", architecture: .arm))
        #expect(read.rootDisk?.encryptionKey == "alias/disks")
        let disks = try #require(read.dataDisks)
        #expect(disks.map(\.sizeGiB) == [500, nil] && disks.map(\.snapshot) == [nil, "snap-1"])
        #expect(disks[0].throughputMiBps == 250 && disks[1].outlivesMachine == true && disks[1].encryptionKey == "k")
        let placement = try #require(read.placement)
        #expect(placement.group == "ring" && placement.partition == 2 && placement.tenancy == "dedicated")
        #expect(placement.host == "h-1" && placement.capacityReservation == "cr-1")
        let options = try #require(read.metadataOptions)
        #expect(options.needsToken == true && options.hopLimit == 2 && options.showsTags == false)
        let network = try #require(read.network)
        #expect(network.ipv6Addresses == 1 && network.isFabricAdapter == true && network.isAccelerated == false)
        #expect(network.forwardsTraffic == true)
        #expect(read.cpu?.cores == 8 && read.cpu?.threadsPerCore == 1 && read.mayHibernate == true)
        // As it is written, to the last digit.
        #expect(read.maxPrice == "0.0500")
        #expect(read.launchTemplate == LaunchTemplate(id: "lt-1", version: "$Latest"))
        #expect(read.providerAPISpec?["CreditSpecification"]?["CpuCredits"] == .text("standard"))
        #expect(read.providerAPISpec?["Count"] == .integer(3) && read.providerAPISpec?["On"] == .boolean(true))
        #expect(read.providerAPISpec?["Zip"] == .text("0123"))
        #expect(read.createdAt == "2026-01-01" && read.updatedAt == "2026-02-01T00:00:00Z" && read.version == "2")
        #expect(read.metadata?["owner"] == .list([.text("a"), .text("b")]))
    }

    @Test func aFleetsWishesAreRead() throws {
        let read = try template(
            """
            imageId: ami-1
            vmTypes: {a: 1, b: 2}
            vmTypesOnDemand: {a: 3}
            vmTypesPriority: {a: 1, b: 2}
            percentOnDemand: 20
            allocationStrategy: capacityOptimizedPrioritized
            allocation_strategy_on_demand: lowest_price
            fleetType: maintain
            fleetRole: arn:aws:iam::1:role/r
            poolsCount: 2
            spotFleetRequestExpiry: 40
            context: c
            """)
        let fleet = try #require(read.fleet)
        #expect(read.offerings.map(\.type) == ["a", "b"] && fleet.weights == ["a": 1, "b": 2])
        #expect(fleet.onDemandWeights == ["a": 3] && fleet.priorities == ["a": 1, "b": 2])
        #expect(fleet.percentOnDemand == 20 && fleet.allocation == .capacityOptimizedPrioritized)
        #expect(fleet.onDemandAllocation == .lowestPrice && fleet.kind == .maintain && fleet.pools == 2)
        #expect(fleet.expiryMinutes == 40 && fleet.role == "arn:aws:iam::1:role/r" && fleet.context == "c")
    }

    @Test(arguments: [
        ("80%", 10, 8), ("80%", 11, 9), ("3", 10, 3), ("3", 2, 2), ("all", 10, 10), ("1%", 10, 1), ("100%", 7, 7),
    ])
    func aLeastCountIsANumberOrAShare(_ text: String, _ asked: Int, _ least: Int) throws {
        let read = try template("image: i\nmachine_type: t\nat_least: \(text)")
        #expect(read.atLeast?.count(of: asked) == least)
    }

    @Test func moreKeysMayStandInAConfiguration() throws {
        let read = try template("image: ami-1\nconfiguration: {vmType: t, tags: {a: b}, image: ami-1}\ntags: {c: d}")
        #expect(read.offerings.map(\.type) == ["t"] && read.tags == ["a": "b", "c": "d"])
        let setting = try Setting([
            "templates.yaml": "templates: {x: {image: a, vmType: t, configuration: {image: b, colour: red}}}"
        ])
        #expect(
            setting.codes(setting.catalog.check()) == [
                "field.clash@templates.yaml:1:54", "template.unknown-key@templates.yaml:1:64",
            ])
    }

    @Test func aScriptMayStandInAFileBesideTheTemplate() throws {
        let setting = try Setting([
            "templates.yaml": "templates: {x: {image: i, vmType: t, userDataScript: ./run.sh}}",
            "run.sh": "#!/bin/sh\n",
            "outside.yaml": "",
        ])
        #expect(try setting.catalog.resolve("x").template.userData == "#!/bin/sh\n")
        // It is read anew each time: no change of the catalog's own files tells that it changed.
        try setting.directory.write("run.sh", "#!/bin/bash\n")
        #expect(try setting.catalog.resolve("x").template.userData == "#!/bin/bash\n")
    }

    @Test func aLinkOutOfTheCatalogOpensNothing() throws {
        let setting = try Setting(["templates.yaml": "templates: {x: {image: i, vmType: t, user_data_file: run.sh}}"])
        try setting.directory.link("run.sh", to: "/etc/hostname")
        #expect(setting.refusal("x") == ["template.reference@templates.yaml:1:54"])
        let open = try Setting(
            ["templates.yaml": "templates: {x: {image: i, vmType: t, user_data_file: run.sh}}"],
            rules: TemplateRules(references: References(directories: ["/etc"])))
        try open.directory.link("run.sh", to: "/etc/hostname")
        #expect(try open.catalog.resolve("x").template.userData != nil)
    }

    @Test func requirementsChooseTheSmallestOfEachFamily() throws {
        let read = try template(
            "image: ami-1\nrequirements: {vcpus: {min: 2}, memory: {min: 5GiB}}", rules: Setting.rules())
        #expect(read.offerings.map(\.type) == ["m6i.large", "c6i.xlarge"])
        let rules = Setting.rules()
        let setting = try Setting(
            ["templates.yaml": "templates: {x: {image: ami-1, requirements: {vcpus: 96}}}"], rules: rules)
        #expect(setting.refusal("x", at: "prod") == ["template.no-type@templates.yaml:1:31"])
    }

    @Test func attributesInEC2sWordsMeanTheSame() throws {
        let read = try template(
            "image: ami-1\napi: EC2Fleet\nabis_instance_requirements: {vcpu_count: {min: 2, max: 2}, memory_mib: {min: 1}}"
        )
        #expect(read.requirements?.vcpus == Requirements.Bounds(min: 2, max: 2))
        #expect(read.requirements?.native?["vcpu_count"]?["min"] == .integer(2))
        let verbatim = try template(
            "image: ami-1\napi: EC2Fleet\nabisInstanceRequirements: {VCpuCount: {Min: 2}, MemoryMiB: {Min: 1, Max: 9}}")
        #expect(verbatim.requirements?.memoryMiB == Requirements.Bounds(min: 1, max: 9))
        let setting = try Setting([
            "templates.yaml":
                "templates: {x: {image: ami-1, abisInstanceRequirements: {memory_mib: {min: 1}, vcpu: 3}}}"
        ])
        #expect(
            setting.refusal("x") == [
                "field.missing@templates.yaml:1:57", "template.unknown-key@templates.yaml:1:80",
            ])
    }
}
