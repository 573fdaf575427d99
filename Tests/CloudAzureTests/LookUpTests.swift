import Cloud
import CloudEmulator
import FoundationEssentials
import Provisioning
import PublishedModels
import Testing

@testable import CloudAzure

/// How Azure is asked about what a template names.
@Suite struct LookUpTests {
    private let lookUps = AzureLookUps(site: Sample.site)
    private let descriptions: SwaggerModel

    init() throws {
        descriptions = try SwaggerModel(folder: Fixtures.tests.appending(path: "Fixtures/apispecs/azure"))
    }

    private func response(_ body: some StringProtocol, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, body: Array(body.utf8))
    }

    private func template(_ change: (inout Template) -> Void = { _ in }) -> Template { Sample.order(change).template }

    @Test func everyThingThatIsNamedIsAskedAboutOnce() throws {
        let all = lookUps.lookUps(for: template(Sample.fullTemplate))
        let subjects = all.flatMap(\.topics).map(\.subject)
        #expect(
            subjects == [.image, .type, .subnet, .securityGroup, .securityGroup, .role, .placementGroup],
            "the text of a key needs no question")
        #expect(Set(all.map { $0.call.path + $0.call.query }).count == all.count)
        for lookUp in all {
            #expect(lookUp.call.effect == .reads && lookUp.call.method == "GET")
            // The descriptions at hand are of Compute, networks and resources.
            let isDescribed = !["ManagedIdentity", "proximityPlacementGroups", "applicationSecurityGroups"]
                .contains { lookUp.call.path.contains($0) }
            if isDescribed { try descriptions.expectValid(lookUp.call, "\(lookUp.topics)") }
        }
    }

    @Test func theNewestVersionIsFoundOutOnce() throws {
        let lookUp = try #require(lookUps.imageLookUp(for: template()))
        try descriptions.expectValid(lookUp.call, "versions")
        let found = try lookUp.call.read(response(#"[{"name": "24.04.202611109"}]"#)).findings
        #expect(found.map(\.id) == ["Canonical:ubuntu-24_04-lts:server:24.04.202611109"])
        #expect(try lookUp.call.read(response("[]")).findings.first?.isAbsent == true)
        #expect(lookUps.imageForLaunch(by: template()) == "Canonical:ubuntu-24_04-lts:server:latest")
        #expect(lookUps.imageLookUp(for: template { $0.image = "a:b:c:1.0.0" }) == nil)
        #expect(lookUps.imageLookUp(for: template { $0.image = "/subscriptions/s/images/own" }) == nil)
    }

    @Test func aKeyThatIsNamedIsFoundByItsText() throws {
        let lookUp = try #require(lookUps.keyLookUp(for: template { $0.keyName = "ops" }))
        #expect(lookUp.call.path.hasSuffix("/resourceGroups/grid/providers/Microsoft.Compute/sshPublicKeys/ops"))
        let found = try lookUp.call.read(response(#"{"properties": {"publicKey": "ssh-rsa AAAA\r\n ops\n"}}"#)).findings
        #expect(found.first?.id == "ssh-rsa AAAA ops")
        let gone = lookUp.call.consent?(Fault(status: 404, code: "ResourceNotFound", message: "no such key"))
        #expect(gone?.findings.first?.isAbsent == true)
        #expect(lookUp.call.consent?(Fault(status: 403, code: "AuthorizationFailed", message: "")) == nil)
        #expect(lookUps.keyLookUp(for: template { $0.keyName = "ssh-ed25519 AAAA" }) == nil)
        #expect(lookUps.keyLookUp(for: template()) == nil)
    }

    // MARK: - Sizes

    private static let sizes = """
        {"value": [
            {"resourceType": "disks", "name": "Premium_LRS"},
            {"resourceType": "virtualMachines", "name": "Standard_D2as_v5",
                "locationInfo": [{"location": "westeurope", "zones": ["3", "1", "2"]}],
                "restrictions": [{"type": "Zone", "restrictionInfo": {"zones": ["2"]}, "reasonCode": "QuotaId"}],
                "capabilities": [{"name": "vCPUs", "value": "2"}, {"name": "MemoryGB", "value": "8"},
                    {"name": "PremiumIO", "value": "True"}, {"name": "LowPriorityCapable", "value": "True"},
                    {"name": "CpuArchitectureType", "value": "x64"}, {"name": "MaxResourceVolumeMB", "value": "0"}]},
            {"resourceType": "virtualMachines", "name": "Standard_NC4as_T4_v3",
                "locationInfo": [{"location": "westeurope", "zones": []}],
                "capabilities": [{"name": "vCPUs", "value": "4"}, {"name": "MemoryGB", "value": "28"},
                    {"name": "PremiumIO", "value": "True"}, {"name": "GPUs", "value": "1"},
                    {"name": "MaxResourceVolumeMB", "value": "180224"}]},
            {"resourceType": "virtualMachines", "name": "Standard_NV6ads_A10_v5",
                "locationInfo": [{"location": "westeurope"}],
                "capabilities": [{"name": "vCPUs", "value": "6"}, {"name": "MemoryGB", "value": "55"},
                    {"name": "PremiumIO", "value": "True"}, {"name": "GPUs", "value": "1"}]},
            {"resourceType": "virtualMachines", "name": "Standard_D2ps_v6",
                "locationInfo": [{"location": "westeurope", "zones": ["1"]}],
                "restrictions": [{"type": "Location", "reasonCode": "NotAvailableForSubscription"}],
                "capabilities": [{"name": "vCPUs", "value": "2"}, {"name": "MemoryGB", "value": "8"},
                    {"name": "PremiumIO", "value": "True"}, {"name": "CpuArchitectureType", "value": "Arm64"}]},
            {"resourceType": "virtualMachines", "name": "Standard_D2_v5",
                "capabilities": [{"name": "vCPUs", "value": "2"}, {"name": "MemoryGB", "value": "8"}]},
            {"resourceType": "virtualMachines", "name": "Standard_E8-4ds_v5",
                "capabilities": [{"name": "vCPUs", "value": "8"}, {"name": "MemoryGB", "value": "64"},
                    {"name": "PremiumIO", "value": "True"}]}]}
        """

    @Test func sizesAreListedWithWhatTheyHave() throws {
        let call = lookUps.typeListing.types
        try descriptions.expectValid(call, "sizes")
        let listed = try call.read(response(LookUpTests.sizes)).items
        #expect(listed.map(\.type.name) == ["Standard_D2as_v5", "Standard_NC4as_T4_v3", "Standard_D2ps_v6"])
        let plain = listed[0], gpu = listed[1], arm = listed[2]
        #expect(plain.type.family == "Dasv5" && plain.type.maker == "amd" && plain.type.memoryMiB == 8192)
        #expect(plain.markets == [.onDemand, .spot] && gpu.markets == [.onDemand])
        #expect(gpu.type.gpu == .init(name: "T4", count: 1, memoryGiB: 16) && gpu.type.localDiskGiB == 176)
        #expect(arm.type.architecture == .arm && arm.type.maker == "azure")
    }

    @Test func zonesThatASubscriptionDoesNotGetAreLeftOut() throws {
        let offers = try lookUps.typeListing.offers.read(response(LookUpTests.sizes)).items
        #expect(offers.filter { $0.type == "Standard_D2as_v5" }.map(\.zone) == ["1", "3"])
        #expect(offers.filter { $0.type == "Standard_NC4as_T4_v3" }.map(\.zone) == ["westeurope"])
        #expect(!offers.contains { $0.type == "Standard_D2ps_v6" })
    }

    @Test func whatASubscriptionDoesNotGetIsTold() throws {
        let sizes = ["Standard_D2as_v5", "standard_d2ps_v6", "Standard_D9_v9"]
        let asked = template { template in template.offerings = sizes.map { Offering(type: $0) } }
        let lookUp = try #require(lookUps.lookUps(for: asked).first { $0.topics.first?.subject == .type })
        let first = try lookUp.call.read(
            response(LookUpTests.sizes.dropLast() + #", "nextLink": "https://h/p?q=1"}"#))
        #expect(first.findings.isEmpty && first.next.count == 1)
        let findings = try first.next[0].call.read(response(#"{"value": []}"#)).findings
        #expect(findings.map(\.word) == ["verified", "absent", "absent"])
        #expect(findings.map(\.name) == sizes)
        #expect(findings.first?.detail == "in zones 1, 3")
    }

    @Test(arguments: [
        ("Standard_D2as_v5", "Dasv5"), ("Standard_NC24ads_A100_v4", "NCadsA100v4"), ("Standard_F16s_v2", "Fsv2"),
        ("Standard_B2ats_v2", "Batsv2"), ("Standard_HB120rs_v3", "HBrsv3"), ("Standard_E8-4ds_v5", "Edsv5"),
    ])
    func aFamilyIsAllButTheSize(name: String, family: String) throws {
        #expect(try #require(AzureSizeName(name)).family == family)
    }
}
