import Cloud
import FoundationEssentials
import Provisioning
import Testing

@testable import CloudAWS

/// Launch templates that are made for launches.
@Suite struct LaunchTemplateTests {
    private let model: PublishedModel

    init() throws { model = try PublishedModel.ec2.get() }

    private static let taggings: [EC2LaunchTemplate.Tagging] = [.nothing, .volumesAndInterfaces, .everything]

    private func response(_ body: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: [], body: Array(body.utf8))
    }

    private func parameters<Reply>(_ call: Call<Reply>) -> [String: String] {
        Dictionary(uniqueKeysWithValues: call.form.map { ($0.name, $0.value) })
    }

    private func made(_ order: LaunchOrder, _ tagging: EC2LaunchTemplate.Tagging = .nothing) throws -> [String: String]
    {
        parameters(try #require(EC2LaunchTemplate(order, tagging: tagging).plan?.make).call)
    }

    // MARK: What is in it

    @Test func everyLaunchTemplateIsOneThatEC2Describes() throws {
        for (name, order) in Sample.orders where order.template.launchTemplate == nil {
            for tagging in LaunchTemplateTests.taggings {
                let template = EC2LaunchTemplate(order, tagging: tagging)
                model.expectValid(try #require(template.plan?.make).call, name)
                model.expectValid(template.rehearsal, name)
            }
        }
    }

    /// Both are held against the model; here against each other, so that nothing is said of a machine by one way
    /// of launching alone.
    @Test func itSaysOfAMachineWhatALaunchOfOneSays() throws {
        let ofTheLaunch = ["SubnetId", "InstanceType", "Placement.AvailabilityZone", "NetworkInterface.1.SubnetId"]
        for (name, order) in Sample.orders where order.template.launchTemplate == nil {
            let one = parameters(try RunInstances().launch(order, token: Sample.token)).filter {
                !ofTheLaunch.contains($0.key) && !$0.key.hasPrefix("InstanceMarketOptions.")
                    && !["Action", "Version", "ClientToken", "MinCount", "MaxCount"].contains($0.key)
            }
            let prefix = "LaunchTemplateData."
            let data = try made(order, .everything).filter { $0.key.hasPrefix(prefix) }
            let other = Dictionary(
                uniqueKeysWithValues: data.map { ($0.key.dropFirst(prefix.count).description, $0.value) })
            #expect(one == other, "\(name)")
        }
    }

    @Test func whatOnlyALaunchTemplateCanTagItTags() throws {
        func resources(_ tagging: EC2LaunchTemplate.Tagging) throws -> [String] {
            let made = try made(Sample.order(), tagging)
            return (1...4).compactMap { made["LaunchTemplateData.TagSpecification.\($0).ResourceType"] }
        }
        #expect(try resources(.nothing) == [])
        #expect(try resources(.volumesAndInterfaces) == ["volume", "network-interface"])
        #expect(try resources(.everything) == ["instance", "volume", "network-interface"])
    }

    @Test func theSitesOwnParametersAreLaidOver() throws {
        var order = Sample.order { $0.keyName = "ops" }
        order.rawLaunchTemplate = RawParameters(
            values: [.init("LaunchTemplateData.KeyName", "other"), .init("LaunchTemplateData.EbsOptimized", "true")])
        let made = try made(order)
        #expect(made["LaunchTemplateData.KeyName"] == "other")
        #expect(made["LaunchTemplateData.EbsOptimized"] == "true")
    }

    // MARK: Its name

    @Test func theSameContentHasTheSameNameWhateverTheRequest() throws {
        for (name, order) in Sample.orders {
            var other = order
            other.request = "req-two"
            other.tags[OurTag.request] = "req-two"
            other.tags[OurTag.token] = "int-other"
            other.count += 1
            let one = EC2LaunchTemplate(order, tagging: .nothing), two = EC2LaunchTemplate(other, tagging: .nothing)
            if order.template.launchTemplate?.version?.hasPrefix("$") == true { continue }
            #expect(one.plan?.id == two.plan?.id, "\(name)")
            #expect(one.reference == two.reference, "\(name)")
            // What carries the tags of one launch is of that launch alone.
            #expect(
                EC2LaunchTemplate(order, tagging: .everything).plan?.id
                    != EC2LaunchTemplate(other, tagging: .everything).plan?.id, "\(name)")
        }
    }

    @Test func othersContentHasAnotherName() throws {
        var names: [Scaffold.ID: [String: String]] = [:]
        let orders = Sample.orders.filter { $0.order.template.launchTemplate == nil && $0.order.tags != Sample.oddTags }
        for (name, order) in orders {
            for tagging in LaunchTemplateTests.taggings {
                let plan = try #require(EC2LaunchTemplate(order, tagging: tagging).plan)
                let content = parameters(try #require(plan.make).call)
                    .filter { $0.key.hasPrefix("LaunchTemplateData.") }
                #expect(content == names[plan.id] ?? content, "\(name)")
                names[plan.id] = content
            }
        }
        #expect(Set(names.values).count == names.count)
        #expect(names.keys.allSatisfy { $0.text.hasPrefix("muster-") && $0.text.count == 31 })
    }

    @Test func twoLedgersNeverShareOne() {
        func name(_ ledger: String) -> Scaffold.ID? {
            EC2LaunchTemplate(Sample.order(tags: [OurTag.owner: "\(ledger).00"]), tagging: .nothing).plan?.id
        }
        #expect(name("ldg-1") != name("ldg-2"))
    }

    @Test func itsFirstVersionIsTheOneThatIsUsed() throws {
        let template = EC2LaunchTemplate(Sample.order(), tagging: .nothing)
        #expect(template.reference == LaunchTemplate(id: try #require(template.plan).id.text, version: "1"))
    }

    // MARK: Making and taking away

    private static func created(_ name: String) -> String {
        """
        <CreateLaunchTemplateResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId>\
        <launchTemplate><createTime>2026-11-21T12:40:43.000Z</createTime><createdBy>arn:aws:iam::1:user/a</createdBy>\
        <defaultVersionNumber>1</defaultVersionNumber><latestVersionNumber>1</latestVersionNumber>\
        <launchTemplateId>lt-0a</launchTemplateId><launchTemplateName>\(name)</launchTemplateName></launchTemplate>\
        </CreateLaunchTemplateResponse>
        """
    }

    private func isDone(_ step: Procedure<String>.Step?, as name: String) -> Bool {
        if case .done(name)? = step { true } else { false }
    }

    @Test func oneThatIsThereAlreadyCountsAsMade() throws {
        let plan = try #require(EC2LaunchTemplate(Sample.order(), tagging: .nothing).plan)
        let name = plan.id.text
        let call = try #require(plan.make).call
        #expect(isDone(try call.read(response(LaunchTemplateTests.created(name))), as: name))
        let already = Replies.error("InvalidLaunchTemplateName.AlreadyExistsException", "already in use")
        #expect(isDone(call.consent?(call.fault(response(already, status: 400))), as: name))
        #expect(throws: Unreadable.self) { try call.read(response(LaunchTemplateTests.created("other"))) }
        let malformed = Replies.error("InvalidParameterValue", "no")
        #expect(call.consent?(call.fault(response(malformed, status: 400))) == nil)
    }

    @Test func whoMayNotTagItGetsItWithoutItsOwnTagsAndNoOthers() throws {
        let order = Sample.order(tags: [OurTag.request: "req-one", OurTag.owner: "ldg-1.0", "team": "a"])
        let first = try #require(EC2LaunchTemplate(order, tagging: .everything).plan?.make).call
        let denied = first.fault(response(Replies.error("UnauthorizedOperation", "not authorized"), status: 403))
        guard case .then(let again)? = first.consent?(denied) else { throw Unreadable("no second try") }
        model.expectValid(again.call, "without tags")
        let (tagged, untagged) = (parameters(first), parameters(again.call))
        #expect(tagged["TagSpecification.1.ResourceType"] == "launch-template")
        #expect(untagged == tagged.filter { !$0.key.hasPrefix("TagSpecification.") })
        #expect(untagged["LaunchTemplateData.TagSpecification.1.Tag.3.Value"] == "a")
        // The second no is an end.
        #expect(again.call.consent?(denied) == nil)
    }

    @Test func aSharedOneIsTaggedWithNothingOfOneLaunch() throws {
        let tags = try made(
            Sample.order(tags: [OurTag.request: "a", OurTag.token: "b", OurTag.owner: "c", "team": "d"]))
        let keys = (1...5).compactMap { tags["TagSpecification.1.Tag.\($0).Key"] }
        #expect(keys == [OurTag.owner, "team"])
    }

    @Test func oneThatIsNotThereCountsAsTakenAway() throws {
        let scaffold = Scaffold(
            id: "muster-0a", kind: EC2LaunchTemplate.kind, account: "a", api: "aws/ec2-fleet",
            since: Timestamp(seconds: 0))
        let call = EC2LaunchTemplate.remove(scaffold).call
        model.expectValid(call, "removal")
        func isTaken(_ code: String) -> Bool {
            call.consent?(call.fault(response(Replies.error(code, ""), status: 400))) != nil
        }
        #expect(isTaken("InvalidLaunchTemplateName.NotFoundException"))
        #expect(!isTaken("UnauthorizedOperation"))
    }
}
