import Cloud
import FoundationEssentials
import Provisioning
import PublishedModels
import Testing

@testable import CloudGCP

/// What is asked before a launch, and what the answers come to.
@Suite struct RehearsalTests {
    private let strategies: [any ProviderStrategy] = [
        Instances(at: Sample.site), BulkInsert(at: Sample.site), InstanceGroup(at: Sample.site),
    ]

    private func answer(_ body: String) -> HTTPResponse { HTTPResponse(status: 200, body: Array(body.utf8)) }

    private func lookUp(
        _ subject: Finding.Subject, _ order: LaunchOrder, by strategy: any ProviderStrategy = Sample.strategy
    ) throws -> LookUp {
        try #require(strategy.lookUps(before: order).first { $0.topics.contains { $0.subject == subject } })
    }

    private func asked(_ lookUp: LookUp) throws -> [String] {
        try JSONReply(lookUp.call.body)["permissions"].items.compactMap(\.text)
    }

    @Test func everyQuestionIsOneThatGoogleDescribesAndChangesNothing() throws {
        let document = try Compute.document.get()
        for strategy in strategies {
            for (name, order) in Sample.orders {
                for lookUp in strategy.lookUps(before: order) {
                    let flaws = Compute.flaws(of: lookUp.call, document)
                    #expect(flaws.isEmpty, "\(name): \(flaws)")
                    #expect(lookUp.call.effect == .reads && !lookUp.topics.isEmpty)
                }
            }
        }
    }

    @Test func nothingIsAskedTwice() {
        for (name, order) in Sample.orders {
            let calls = Sample.strategy.lookUps(before: order).map(\.call)
            let questions = calls.map {
                "\($0.service) \($0.path) \($0.query) \(String(decoding: $0.body, as: UTF8.self))"
            }
            #expect(Set(questions).count == questions.count, "\(name)")
        }
    }

    // MARK: Permissions

    @Test func aPlainLaunchTakesFewPermissions() throws {
        #expect(
            try asked(try lookUp(.permission, Sample.order())) == [
                "compute.instances.create", "compute.instances.list", "compute.instances.delete",
                "compute.instances.setLabels", "compute.disks.create", "compute.disks.setLabels",
                "compute.zoneOperations.get", "compute.zoneOperations.list", "compute.subnetworks.use",
            ])
    }

    @Test func whatATemplateSaysTakesItsPermissions() throws {
        func asks(_ permission: String, _ change: (inout Template) -> Void) throws {
            #expect(try asked(try lookUp(.permission, Sample.order(change))).contains(permission))
            #expect(try !asked(try lookUp(.permission, Sample.order())).contains(permission))
        }
        try asks("compute.instances.setTags") { $0.securityGroups = ["ssh"] }
        try asks("compute.instances.setMetadata") { $0.userData = "#!/bin/sh\n" }
        try asks("compute.instances.setServiceAccount") { $0.role = "worker" }
        try asks("compute.images.useReadOnly") { $0.image = "family/base" }
        try asks("compute.snapshots.useReadOnly") { $0.dataDisks = [Sample.disk { $0.snapshot = "tools" }] }
        try asks("compute.subnetworks.useExternalIp") { $0.publicAddress = true }
        try asks("compute.resourcePolicies.use") { $0.placement = Sample.placement { $0.group = "near" } }
        try asks("compute.instanceTemplates.useReadOnly", Sample.launchTemplate)
        try asks("compute.instances.setMinCpuPlatform") {
            $0.providerAPISpec = .map([.init("minCpuPlatform", .text("Intel Ice Lake"))])
        }
    }

    @Test func aGroupTakesThoseOfItsTemplateToo() throws {
        let plain = try asked(try lookUp(.permission, Sample.order(), by: strategies[2]))
        #expect(plain.contains("compute.instanceGroupManagers.create"))
        #expect(plain.contains("compute.instanceTemplates.create"))
        let pinned = try asked(try lookUp(.permission, Sample.order(Sample.launchTemplate), by: strategies[2]))
        #expect(!pinned.contains("compute.instanceTemplates.create"))
        #expect(pinned.contains("compute.instanceTemplates.useReadOnly"))
    }

    @Test func aSubnetworkIsAskedAboutItself() throws {
        let order = Sample.order(
            offering: Offering(type: "n2-standard-4", subnet: "projects/net/regions/europe-west1/subnetworks/a")
        ) {
            $0.publicAddress = true
        }
        let questions = Sample.strategy.lookUps(before: order).filter { $0.topics.first?.subject == .permission }
        #expect(questions.map(\.call.service) == ["cloudresourcemanager", "compute"])
        #expect(try !asked(questions[0]).contains { $0.hasPrefix("compute.subnetworks.") })
        #expect(try asked(questions[1]) == ["compute.subnetworks.use", "compute.subnetworks.useExternalIp"])
        #expect(
            questions[1].call.path == "/compute/v1/projects/net/regions/europe-west1/subnetworks/a/testIamPermissions")
    }

    @Test func whatIsMissingIsNamed() throws {
        let lookUp = try lookUp(.permission, Sample.order())
        let all = try asked(lookUp)
        func finding(_ granted: [String]) throws -> Finding {
            let body = "{\"permissions\": [\(granted.map { "\"\($0)\"" }.joined(separator: ", "))]}"
            return try #require(try lookUp.call.read(answer(body)).findings.first)
        }
        #expect(try finding(all).word == "verified")
        #expect(
            try finding(all.filter { $0 != "compute.disks.create" }).answer == .absent("missing: compute.disks.create"))
        // Nothing granted is written as nothing at all.
        #expect(try lookUp.call.read(answer("{}")).findings.first?.isAbsent == true)
    }

    /// A table that is not what the code asks would send people to the wrong permissions.
    @Test func theGuideListsThePermissionsThatAreAskedFor() throws {
        let text = String(decoding: try Fixtures.house(file: "docs/google-cloud.md"), as: UTF8.self)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `compute.") || $0.hasPrefix("| `iam.") }
        let listed = rows.flatMap { row in
            (row.split(separator: "|").first ?? "").split(separator: "`").map(String.init).filter { $0.contains(".") }
        }
        #expect(listed.sorted() == LaunchPermissions.all.sorted())
    }

    // MARK: Service accounts

    @Test(arguments: [
        ("worker", "grid-prod", "worker%40grid-prod.iam.gserviceaccount.com"),
        ("w@other.iam.gserviceaccount.com", "other", "w%40other.iam.gserviceaccount.com"),
        (
            "w@grid.example.com.iam.gserviceaccount.com", "example.com%3Agrid",
            "w%40grid.example.com.iam.gserviceaccount.com"
        ),
        ("1-compute@developer.gserviceaccount.com", "-", "1-compute%40developer.gserviceaccount.com"),
    ])
    func aServiceAccountIsAskedWhetherItMayBeUsed(role: String, project: String, account: String) throws {
        let lookUp = try lookUp(.role, Sample.order { $0.role = role })
        #expect(lookUp.call.path == "/v1/projects/\(project)/serviceAccounts/\(account):testIamPermissions")
        let yes = try lookUp.call.read(answer(#"{"permissions": ["iam.serviceAccounts.actAs"]}"#))
        #expect(yes.findings.first?.word == "verified")
        #expect(try lookUp.call.read(answer("{}")).findings.first?.isAbsent == true)
        #expect(
            lookUp.call.consent?(Fault(status: 404, code: "NOT_FOUND", message: ""))?.findings.first?.isAbsent == true)
        #expect(lookUp.call.consent?(Fault(status: 403, code: "PERMISSION_DENIED", message: "")) == nil)
    }

    @Test func theUsualServiceAccountIsLookedUpFirst() throws {
        let lookUp = try lookUp(.role, Sample.order { $0.role = "default" })
        #expect(lookUp.call.path == "/compute/v1/projects/grid-prod")
        let step = try lookUp.call.read(
            answer(#"{"defaultServiceAccount": "7-compute@developer.gserviceaccount.com"}"#))
        #expect(step.next.first?.call.path.contains("7-compute%40developer") == true)
    }

    // MARK: Quotas

    private func quotas(_ order: LaunchOrder, _ type: String) throws -> [LookUp] {
        let zone = "europe-west1-b"
        let body = """
            {"items": {"zones/\(zone)": {"machineTypes": [\(type)]}}}
            """.replacing("{\"name\"", with: "{\"zone\": \"https://x/zones/\(zone)\", \"name\"")
        return try lookUp(.type, order).call.read(answer(body)).next
    }

    @Test(arguments: [(12, "verified"), (13, "absent")])
    func aQuotaIsWhatIsUsedAndWhatIsWanted(usage: Int, word: String) throws {
        let next = try quotas(Sample.order(), #"{"name": "n2-standard-4", "guestCpus": 4}"#)
        #expect(next.map(\.call.action) == ["regions.get", "projects.get"])
        let region = "{\"quotas\": [{\"metric\": \"N2_CPUS\", \"limit\": 24.0, \"usage\": \(usage).0}]}"
        let finding = try #require(try next[0].call.read(answer(region)).findings.first)
        #expect(finding.name == "N2_CPUS" && finding.word == word)
        #expect(finding.detail == "\(usage) of 24 in use, 12 more wanted")
    }

    @Test func aQuotaThatComputeEngineDoesNotTellIsPredicted() throws {
        let order = Sample.order(offering: Offering(type: "c4-standard-4", zone: "europe-west1-b"))
        let next = try quotas(order, #"{"name": "c4-standard-4", "guestCpus": 4}"#)
        let region = #"{"quotas": [{"metric": "CPUS", "limit": 1.0, "usage": 1.0}]}"#
        let findings = try next[0].call.read(answer(region)).findings
        #expect(findings.map(\.name) == ["C4_CPUS"] && findings.first?.word == "predicted")
    }

    @Test func gpusAreCountedInTheRegionAndInAll() throws {
        let order = Sample.order(offering: Offering(type: "g2-standard-4", zone: "europe-west1-b"))
        let gpu = #"{"guestAcceleratorType": "nvidia-l4", "guestAcceleratorCount": 1}"#
        let next = try quotas(order, "{\"name\": \"g2-standard-4\", \"guestCpus\": 4, \"accelerators\": [\(gpu)]}")
        let region = #"{"quotas": [{"metric": "NVIDIA_L4_GPUS", "limit": 8.0, "usage": 0.0}]}"#
        #expect(
            try next[0].call.read(answer(region)).findings.contains {
                $0.name == "NVIDIA_L4_GPUS" && $0.word == "verified"
            })
        let project = #"{"quotas": [{"metric": "GPUS_ALL_REGIONS", "limit": 0.0, "usage": 0.0}]}"#
        #expect(try next[1].call.read(answer(project)).findings.map(\.word) == ["absent"])
    }

    // MARK: What zones have

    @Test func aCustomTypeIsInNoListAndAskedForByItself() throws {
        let order = Sample.order(offering: Offering(type: "n2-custom-4-8192", zone: "europe-west1-b"))
        let lookUp = try lookUp(.type, order)
        #expect(lookUp.call.path.hasSuffix("/zones/europe-west1-b/machineTypes/n2-custom-4-8192"))
        let step = try lookUp.call.read(answer(#"{"name": "n2-custom-4-8192", "guestCpus": 4}"#))
        #expect(step.findings.first?.word == "verified" && step.next.count == 2)
    }

    @Test func aPlacementPolicyHasToBeOne() throws {
        let lookUp = try lookUp(.placementGroup, Sample.order { $0.placement = Sample.placement { $0.group = "near" } })
        #expect(lookUp.call.path.hasSuffix("/projects/grid-prod/regions/europe-west1/resourcePolicies/near"))
        func word(_ body: String) throws -> String? { try lookUp.call.read(answer(body)).findings.first?.word }
        #expect(try word(#"{"name": "near", "status": "READY", "groupPlacementPolicy": {"vmCount": 2}}"#) == "verified")
        #expect(try word(#"{"name": "near", "status": "READY", "snapshotSchedulePolicy": {"a": 1}}"#) == "absent")
        #expect(try word(#"{"name": "near", "status": "CREATING", "groupPlacementPolicy": {"a": 1}}"#) == "unknown")
        #expect(try word(#"{"name": "near", "status": "DELETING", "groupPlacementPolicy": {"a": 1}}"#) == "absent")
        #expect(
            lookUp.call.consent?(Fault(status: 404, code: "notFound", message: ""))?.findings.first?.isAbsent == true)
    }

    @Test func disksAndAcceleratorsAreAskedForByKind() throws {
        let order = Sample.order {
            $0.rootDisk = Sample.disk { $0.type = "pd-ssd" }
            $0.dataDisks = [Sample.disk { $0.type = "local-ssd" }, Sample.disk { $0.type = "pd-ssd" }]
        }
        let lookUp = try lookUp(.diskType, order)
        #expect(lookUp.topics.map(\.name) == ["pd-ssd", "local-ssd"])
        let zone = "https://x/zones/europe-west1-b"
        let body = """
            {"items": {"zones/europe-west1-b": {"diskTypes": [{"name": "pd-ssd", "zone": "\(zone)"}]}}}
            """
        #expect(try lookUp.call.read(answer(body)).findings.map(\.word) == ["verified", "absent"])
    }
}

extension Compute {
    /// What is wrong with a question; what the reduced description leaves out is held to the documentation of it.
    static func flaws<Reply>(of call: Call<Reply>, _ document: DiscoveryDocument) -> [String] {
        if call.service == "compute", document.method(call.method, call.path) != nil { return flaws(call, document) }
        let form = "\(call.method) \(call.service)\(call.path)"
        let patterns = [
            #"GET compute/compute/v1/projects/[^/]+/regions/[^/]+/resourcePolicies/[^/]+"#,
            #"GET compute/compute/v1/projects/[^/]+/aggregated/diskTypes"#,
            #"POST compute/compute/v1/projects/[^/]+/regions/[^/]+/subnetworks/[^/]+/testIamPermissions"#,
            #"POST cloudresourcemanager/v3/projects/[^/]+:testIamPermissions"#,
            #"POST iam/v1/projects/[^/]+/serviceAccounts/[^/]+:testIamPermissions"#,
        ]
        guard patterns.contains(where: { (try? Regex($0).wholeMatch(in: form)) != nil }) else {
            return ["no method is \(form)"]
        }
        guard call.method == "POST" else { return call.body.isEmpty ? [] : ["\(form) has no body"] }
        let body = try? JSONReply(call.body)
        let names = body?["permissions"].items.compactMap(\.text) ?? []
        let isPlain = !names.isEmpty && names.count <= 100 && !names.contains { $0.contains("*") }
        return isPlain && body?.fields.map(\.key) == ["permissions"] ? [] : ["\(form) needs permissions"]
    }
}
