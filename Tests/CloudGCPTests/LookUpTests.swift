import Cloud
import CloudGCP
import FoundationEssentials
import Provisioning
import PublishedModels
import Testing

/// What is asked about a template, and what the answers come to.
@Suite struct LookUpTests {
    private let document: DiscoveryDocument
    private let lookUps = GCPLookUps(at: Sample.site)

    init() throws { document = try Compute.document.get() }

    private func answer(_ body: String) -> HTTPResponse { HTTPResponse(status: 200, body: Array(body.utf8)) }

    @Test func everyQuestionIsOneThatTheAPIDescribesAndChangesNothing() throws {
        for (name, order) in Sample.orders {
            for lookUp in lookUps.lookUps(for: order.template) {
                let flaws = Compute.flaws(of: lookUp.call, document)
                #expect(flaws.isEmpty, "\(name): \(flaws)")
                #expect(lookUp.call.effect == .reads && !lookUp.topics.isEmpty)
            }
        }
        #expect(Compute.flaws(lookUps.typeListing.types, document).isEmpty)
        #expect(Compute.flaws(lookUps.typeListing.offers, document).isEmpty)
    }

    @Test func aFamilyIsResolvedToItsNewestImage() throws {
        let lookUp = try #require(lookUps.imageLookUp(for: Sample.order().template))
        #expect(lookUp.call.path == "/compute/v1/projects/debian-cloud/global/images/family/debian-12")
        let image = """
            {"name": "debian-12-v1", "status": "READY", "architecture": "X86_64",
             "selfLink": "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12-v1"}
            """
        let finding = try #require(try lookUp.call.read(answer(image)).findings.first)
        #expect(finding.id == "projects/debian-cloud/global/images/debian-12-v1" && finding.word == "verified")
        let absent = lookUp.call.consent?(Fault(status: 404, code: "notFound", message: "no"))
        #expect(absent?.findings.first?.word == "absent")
        #expect(lookUps.imageLookUp(for: Sample.order { $0.image = "global/images/base-7" }.template) == nil)
    }

    @Test func aTypeIsJudgedByTheZonesThatHaveIt() throws {
        let lookUp = try #require(
            lookUps.lookUps(for: Sample.order().template).first { $0.topics.first?.subject == .type })
        func finding(_ zone: String) throws -> Finding {
            let body = """
                {"items": {"zones/\(zone)": {"machineTypes": [{"name": "n2-standard-4", "zone": "https://x/zones/\(zone)"}]}}}
                """
            return try #require(try lookUp.call.read(answer(body)).findings.first)
        }
        #expect(try finding("europe-west1-b").word == "verified")
        // The listing is of offerings, whose only zone is another.
        #expect(try finding("europe-west1-c").word == "absent")
        #expect(try finding("us-east1-b").detail == "there is no such type in europe-west1")
    }

    @Test func typesAreListedZoneByZoneAndEachOnce() throws {
        let type = """
            {"name": "g2-standard-4", "guestCpus": 4, "memoryMb": 16384, "architecture": "X86_64",
             "accelerators": [{"guestAcceleratorType": "nvidia-l4", "guestAcceleratorCount": 1}]}
            """
        let first = try lookUps.typeListing.types.read(answer("{\"items\": [\(type)]}"))
        let listed = try #require(first.items.first).type
        #expect(
            listed.family == "g2-standard" && listed.vcpus == 4 && listed.gpu?.name == "L4" && listed.maker == "intel")
        let second = try #require(first.next)
        #expect(second.path.contains("europe-west1-c"))
        #expect(try second.read(answer("{\"items\": [\(type)]}")).items.isEmpty)
        let offers = try lookUps.typeListing.offers.read(answer("{\"items\": [\(type)]}"))
        #expect(offers.items == [TypeOffer(type: "g2-standard-4", zone: "europe-west1-b")])
    }
}
