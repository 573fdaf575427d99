import Cloud
import CloudAWS
import FoundationEssentials
import Provisioning
import Testing

/// The questions about what types there are and where, and how their answers are read.
@Suite struct MachineTypeListingTests {
    private let model: PublishedModel
    private let listing = AWSLookUps().typeListing

    init() throws { model = try PublishedModel.ec2.get() }

    private func page<Item>(_ call: Call<ListingPage<Item>>, _ text: String) throws -> ListingPage<Item> {
        try call.read(HTTPResponse(status: 200, body: Array(text.utf8)))
    }

    /// Every kind of type that is read differently, in the published form.
    private func published() throws -> ListingPage<ListedType> {
        let text = try Fixtures.data("types/describe-instance-types.xml")
        return try listing.types.read(HTTPResponse(status: 200, body: Array(text)))
    }

    private func type(_ name: String) throws -> ListedType {
        try #require(try published().items.first { $0.type.name == name })
    }

    // MARK: Questions

    @Test func theQuestionsAreThoseOfThePublishedModel() throws {
        #expect(model.faults(in: listing.types.parameters) == [])
        #expect(model.faults(in: listing.offers.parameters) == [])
        #expect(listing.types.parameters.contains { $0 == ("MaxResults", "100") })
        #expect(listing.offers.parameters.contains { $0 == ("LocationType", "availability-zone") })
        #expect([listing.types.effect, listing.offers.effect] == [.reads, .reads])
    }

    @Test func thePageAfterIsAskedForByItsToken() throws {
        let next = try #require(try published().next)
        #expect(next.parameters.contains { $0 == ("NextToken", "t1") })
        #expect(model.faults(in: next.parameters) == [])
        let offers = try page(
            listing.offers,
            "<R><instanceTypeOfferingSet><item><instanceType>m6i.large</instanceType><location>us-east-1a</location>"
                + "</item></instanceTypeOfferingSet><nextToken>more</nextToken></R>")
        #expect(offers.items == [TypeOffer(type: "m6i.large", zone: "us-east-1a")])
        #expect(try #require(offers.next).parameters.contains { $0 == ("NextToken", "more") })
        #expect(try page(listing.offers, "<R><instanceTypeOfferingSet/></R>").next == nil)
    }

    @Test func aPageThatLeadsToItselfIsNoAnswer() throws {
        let next = try #require(try published().next)
        #expect(throws: Unreadable.self) {
            try page(next, "<R><instanceTypeSet/><nextToken>t1</nextToken></R>")
        }
    }

    // MARK: Answers

    @Test func aTypeIsReadWithAllThatRequirementsAskFor() throws {
        #expect(
            try type("m6i.large")
                == ListedType(
                    MachineType(
                        name: "m6i.large", family: "m6i", vcpus: 2, memoryMiB: 8192, architecture: .x86, maker: "intel"),
                    isCurrent: false, markets: [.onDemand, .spot]))
        let metal = try type("m7gd.metal")
        #expect(metal.type.isBareMetal && metal.type.architecture == .arm && metal.type.maker == "aws")
        #expect(metal.type.localDiskGiB == 3800 && metal.isCurrent)
        #expect(try type("t3.micro").type.isBurstable)
    }

    @Test func gpusAreCountedAndTheirMemoryIsThatOfOne() throws {
        let gpu = try type("g5.12xlarge").type.gpu
        #expect(gpu == .init(name: "A10G", count: 4, memoryGiB: 23))
        #expect(try type("p6-b300.48xlarge").type.family == "p6-b300")
    }

    /// As from the table: a share of a GPU, other accelerators, and machines of Apple.
    @Test func whatRequirementsCannotMeanIsLeftOut() throws {
        #expect(
            try published().items.map(\.type.name)
                == ["m6i.large", "t3.micro", "m7gd.metal", "g5.12xlarge", "p6-b300.48xlarge"])
    }

    @Test func anAnswerThatSaysLessIsNoAnswer() {
        let broken = [
            "<R><instanceTypeSet><item><instanceType>m6i.large</instanceType></item></instanceTypeSet></R>",
            "<R><instanceTypeSet><item/></instanceTypeSet></R>", "<R/>", "<html>",
        ]
        for text in broken {
            #expect(throws: (any Error).self) { try page(listing.types, text) }
        }
        #expect(throws: (any Error).self) {
            try page(listing.offers, "<R><instanceTypeOfferingSet><item/></instanceTypeOfferingSet></R>")
        }
    }
}
