import Catalog
import Provisioning
import Testing

struct TemplateFieldTests {
    private func template(_ fields: String, rules: TemplateRules = TemplateRules()) throws -> Template {
        try setting(fields, rules: rules).catalog.resolve("x", at: "prod").template
    }

    private func setting(_ fields: String, rules: TemplateRules = TemplateRules()) throws -> Setting {
        let lines = fields.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)\n" }.joined()
        return try Setting(["templates.yaml": "templates:\n  x:\n\(lines)"], rules: rules)
    }

    /// What the fields are refused for, as `code@line:column`, the first field on line 1.
    private func refusal(_ fields: String, rules: TemplateRules = TemplateRules()) throws -> [String] {
        let setting = try setting(fields, rules: rules)
        do throws(Rejected) {
            _ = try setting.catalog.resolve("x", at: "prod")
            return []
        } catch {
            return error.diagnostics.map { "\($0.code)@\(($0.place?.line ?? 0) - 2):\(($0.place?.column ?? 0) - 4)" }
        }
    }

    @Test func everyFieldFindsItsPlace() throws {
        let read = try template(
            """
            name: no
            description: é
            cloud: aws
            account: prod
            api: RunInstances
            is_active: false
            machine_image: ami-1
            machine_types: [a, b]
            zones: [z1, z2]
            security_group_ids: sg-1, sg-2
            machine_ssh_key: key
            machine_role: role
            machine_bootstrap: |
              #!/bin/sh
              true
            public_ip_assignment: true
            price_type: heterogeneous
            machine_disk_size_gb: 100
            machine_disk_type: gp3
            iops: 3000
            throughput: 125
            storage_encryption: true
            monitoring_enabled: false
            tags: {team: "007", cost: 1e3}
            max_machines: 9
            lifetime: 90m
            attributes: {anything: [String, X86_64]}
            metadata: {a: {b: c}}
            priority: 10
            rank: 3
            """)
        var expected = Template(
            id: "x", image: "ami-1",
            offerings: [
                Offering(type: "a", zone: "z1", market: .spot), Offering(type: "a", zone: "z2", market: .spot),
                Offering(type: "b", zone: "z1", market: .spot), Offering(type: "b", zone: "z2", market: .spot),
                Offering(type: "a", zone: "z1"), Offering(type: "a", zone: "z2"), Offering(type: "b", zone: "z1"),
                Offering(type: "b", zone: "z2"),
            ])
        expected.name = "no"
        expected.description = "é"
        expected.cloud = "aws"
        expected.account = "prod"
        expected.api = "aws/run-instances"
        expected.isActive = false
        expected.securityGroups = ["sg-1", "sg-2"]
        expected.keyName = "key"
        expected.role = "role"
        expected.userData = "#!/bin/sh\ntrue\n"
        expected.publicAddress = true
        var disk = Disk()
        disk.sizeGiB = 100
        disk.type = "gp3"
        disk.iops = 3000
        disk.throughputMiBps = 125
        disk.isEncrypted = true
        expected.rootDisk = disk
        expected.monitoring = false
        expected.tags = ["team": "007", "cost": "1e3"]
        expected.limit = 9
        expected.lifetimeSeconds = 5400
        expected.attributes = .map([.init("anything", .list([.text("String"), .text("X86_64")]))])
        expected.metadata = .map([.init("a", .map([.init("b", .text("c"))]))])
        #expect(read == expected)
    }

    @Test func aListOfPlacesTakesThreeForms() throws {
        for form in ["subnetId: subnet-1", "subnets: 'subnet-1, subnet-1'", "subnetIds: [subnet-1]"] {
            let read = try template("imageId: i\nvmType: t\n\(form)")
            #expect(read.offerings == [Offering(type: "t", subnet: "subnet-1")])
        }
    }

    @Test func tagsInOneTextMergeLikeAMap() throws {
        let setting = try Setting([
            "templates.yaml":
                "defaults: {image: i, vmType: t, tags: {team: core, env: test}}\ntemplates: [{id: x, instanceTags: 'env=prod; url=a=b'}]"
        ])
        #expect(try setting.catalog.resolve("x").template.tags == ["team": "core", "env": "prod", "url": "a=b"])
    }

    @Test(arguments: [
        ("machine_type: t", "template.missing-image@0:-1"),
        ("image: ''\nmachine_type: t", "template.missing-image@0:-1"),
        ("image: i", "template.missing-type@0:-1"),
        ("image: i\nmachine_types: []", "template.missing-type@0:-1"),
        ("image: i\nmachine_type: t\nzones: [a]\nsubnets: [b]", "field.clash@3:1"),
        ("image: i\nmachine_type: t\nimage_id: j", "field.clash@3:1"),
        ("image: i\nmachine_type: t\nlimit: 0", "field.range@3:8"),
        ("image: i\nmachine_type: t\nlimit: -2", "field.range@3:8"),
        ("image: i\nmachine_type: t\nlifetime: 90", "field.type@3:11"),
        ("image: i\nmachine_type: t\nlifetime: 90ms", "field.range@3:11"),
        ("image: i\nmachine_type: t\nis_active: yes", "field.type@3:12"),
        ("image: i\nmachine_type: t\nprice_type: cheap", "field.range@3:13"),
        ("image: i\nmachine_type: t\ncloud: awz", "field.range@3:8"),
        ("image: i\nmachine_type: t\napi: run-instances", "field.range@3:6"),
        ("image: i\nmachine_type: t\ntags: {muster:owner: me}", "template.reserved-tag@3:8"),
        ("image: i\nmachine_type: t\ntags: {AWS:x: me}", "template.reserved-tag@3:8"),
        ("image: i\nmachine_type: t\ninstanceTags: team", "field.type@3:15"),
        ("image: i\nmachine_type: t\ninstanceTags: a=1;a=2", "field.clash@3:15"),
        ("image: i\nmachine_types: [t, '']", "field.type@2:16"),
        ("image: i\nmachine_type: t\nmachine_disk_size_gb: 0", "field.range@3:23"),
        ("image: i\nvmTypes: {a: 1, b: -2}", "field.range@2:20"),
        ("image: i\nmachine_type: t\nuser_data: /no/such/script.sh", "template.reference@3:12"),
        ("image: i\nmachine_type: t\nuser_data: /etc/hostname", "template.reference@3:12"),
        ("image: i\nmachine_type: t\nuser_data: scripts/run.sh", "file.missing@3:12"),
        ("image: i\nmachine_type: t\nlimit: 99999999999999999999", "field.range@3:8"),
        ("image: i\nmachine_type: t\nplacement: ring", "field.type@3:12"),
        ("image: i\nmachine_type: t\nconfiguration: 5", "field.type@3:16"),
        ("image: i\nmachine_type: t\nconfiguration: {template_id: y}", "field.clash@3:17"),
        ("image: i\nmachine_type: t\nconfiguration: {configuration: {}}", "field.clash@3:17"),
        ("image: i\nmachine_type: t\ntags: {'': x}", "template.tag@3:8"),
        ("image: i\nmachine_type: t\ntags: {'${a}': x}", "template.tag@3:8"),
        ("image: i\nmachine_type: t\nparameters: {a: {default: '${b}'}}", "template.reference@3:13"),
        ("image: i\nmachine_type: t\nfleet_type: sometimes", "field.range@3:13"),
        ("image: i\nmachine_type: t\npercentOnDemand: 150", "field.range@3:18"),
        ("image: i\nmachine_type: t\nlaunch_template_version: 3", "field.missing@3:1"),
        ("image: i\nmachine_type: t\nmax_price: 0", "field.range@3:12"),
        ("image: i\nmachine_type: t\nat_least: 120%", "field.type@3:11"),
        ("image: i\nmachine_type: t\nplacement: {grop: a}", "template.unknown-key@3:13"),
        ("image: i\nmachine_type: t\nplacement: {partition: 2}", "field.missing@3:24"),
        ("image: i\nmachine_type: t\nmachine_disks: [{type: gp3}]", "field.missing@3:17"),
        ("image: i\nmachine_type: t\nrequirements: {vcpus: 2}", "field.clash@3:1"),
        ("image: i\nrequirements: {vcpus: {min: 4, max: 2}}", "field.range@2:23"),
        ("image: i\nrequirements: {memory: 16 GB}", "field.type@2:24"),
        ("image: i\nmachine_type: t\nprovider_api_spec: {a: 1}\nproviderApiSpecFile: x", "field.clash@4:1"),
        ("image: {owner: amazon}\nmachine_type: t", "field.missing@1:8"),
        ("image: i\nmachine_type: t\nnodeSelector: {a: b}", "template.not-yet@3:1"),
        ("image: i\nmachine_type: t\nidlePolicy: x", "template.not-yet@3:1"),
        ("image: i\nmachine_type: t\ninstance_typ: t", "template.unknown-key@3:1"),
    ])
    func whatIsWrongIsReportedAtItsPlace(_ fields: String, _ code: String) throws {
        #expect(try refusal(fields) == [code])
    }

    @Test func whatEqualsTheDefaultIsAccepted() throws {
        let fields =
            "image: i\nmachine_types: {b: 1, a: 1}\nfleetType: instant\npercent_on_demand: 100\nallocationStrategy: prioritized\nmax_number: -1\ncontext: ~"
        let read = try template(fields)
        #expect(read.offerings.map(\.type) == ["b", "a"])
        #expect(read.limit == nil)
    }

    @Test func anUnknownKeyComesWithASuggestion() throws {
        let found = try setting("image: i\nmachine_type: t\nlifetme: 1h").catalog.check()
        #expect(found.map(\.message) == ["`lifetme` is not a template key"])
        #expect(found[0].hint == "did you mean `lifetime`?")
    }

    @Test func fortyFiveTagsAreTheMost() throws {
        func tags(_ count: Int) -> String { "tags: {" + (1...count).map { "t\($0): v" }.joined(separator: ", ") + "}" }
        #expect(try template("image: i\nmachine_type: t\n\(tags(45))").tags.count == 45)
        #expect(try refusal("image: i\nmachine_type: t\n\(tags(46))") == ["template.too-many-tags@3:1"])
    }
}
