import Cloud
import CloudAWS
import FoundationEssentials
import Provisioning
import Testing

/// The questions about what a template names, and how their answers are read.
@Suite struct LookUpTests {
    private let model: PublishedModel

    init() throws { model = try PublishedModel.ec2.get() }

    /// A template that names one or two of everything.
    private static func template(_ change: (inout Template) -> Void = { _ in }) -> Template {
        var template = Template(
            id: "t", image: "ami-0c7217cdde317cfec",
            offerings: Offering.all(
                types: ["m6i.large", "m7g.large"], zones: [], subnets: ["subnet-0a", "subnet-0b"],
                markets: Market.allCases))
        template.offerings.append(Offering(type: "m6i.large", zone: "us-east-1c"))
        template.securityGroups = ["sg-0a", "sg-0b"]
        template.keyName = "ops"
        template.role = "arn:aws:iam::123456789012:instance-profile/path/worker"
        template.placement = Placement()
        template.placement?.group = "near"
        template.launchTemplate = LaunchTemplate(id: "lt-0a", version: "3")
        change(&template)
        return template
    }

    /// Answers questions from a script, by their action, each answer once and the last one for ever.
    private final class Script {
        private var answers: [String: [String]]
        private(set) var calls: [Call<LookUp.Step>] = []

        init(_ answers: [String: [String]]) { self.answers = answers }

        func findings(_ lookUps: [LookUp]) throws -> [Finding] {
            var open = lookUps, findings: [Finding] = []
            while !open.isEmpty {
                let lookUp = open.removeFirst()
                calls.append(lookUp.call)
                guard calls.count < 100 else { throw Unreadable("it never ends") }
                let action = lookUp.call.action
                let answer = try #require(answers[action]?.first, "nothing to say to \(action)")
                if answers[action]!.count > 1 { answers[action]!.removeFirst() }
                let step: LookUp.Step
                if answer.hasPrefix("!") {
                    let fault = Fault(status: 400, code: String(answer.dropFirst()), message: "no")
                    step = lookUp.call.consent?(fault) ?? LookUp.Step(lookUp.topics.findings(.unknown("no")))
                } else {
                    step = try lookUp.call.read(HTTPResponse(status: 200, body: Array(answer.utf8)))
                }
                findings += step.findings
                open = step.next + open
            }
            return findings
        }
    }

    private static func listing(_ set: String, _ items: [String], next: String? = nil) -> String {
        "<R><\(set)>" + items.map { "<item>\($0)</item>" }.joined() + "</\(set)>"
            + (next.map { "<nextToken>\($0)</nextToken>" } ?? "") + "</R>"
    }

    private static func image(_ id: String, _ createdAt: String, state: String = "available") -> String {
        "<imageId>\(id)</imageId><name>\(id)-name</name><imageState>\(state)</imageState>"
            + "<architecture>x86_64</architecture><creationDate>\(createdAt)</creationDate>"
    }

    private static let subnets = [
        "<subnetId>subnet-0a</subnetId><availabilityZone>us-east-1a</availabilityZone><vpcId>vpc-1</vpcId>",
        "<subnetId>subnet-0b</subnetId><availabilityZone>us-east-1b</availabilityZone><vpcId>vpc-1</vpcId>",
    ]

    private static func type(_ name: String, _ architecture: String = "x86_64") -> String {
        "<instanceType>\(name)</instanceType><processorInfo><supportedArchitectures><item>\(architecture)</item>"
            + "</supportedArchitectures></processorInfo>"
    }

    private static let answers: [String: [String]] = [
        "DescribeImages": [listing("imagesSet", [image("ami-0c7217cdde317cfec", "2026-01-01T00:00:00.000Z")])],
        "DescribeInstanceTypes": [listing("instanceTypeSet", [type("m6i.large"), type("m7g.large")])],
        "DescribeAvailabilityZones": [
            listing(
                "availabilityZoneInfo", ["<zoneName>us-east-1c</zoneName><zoneState>available</zoneState>"])
        ],
        "DescribeSubnets": [listing("subnetSet", [subnets[0]], next: "more"), listing("subnetSet", [subnets[1]])],
        "DescribeSecurityGroups": [
            listing(
                "securityGroupInfo",
                ["sg-0a", "sg-0b"].map { "<groupId>\($0)</groupId><vpcId>vpc-\($0 == "sg-0a" ? 1 : 2)</vpcId>" })
        ],
        "DescribeInstanceTypeOfferings": [
            listing(
                "instanceTypeOfferingSet",
                ["<instanceType>m6i.large</instanceType><location>us-east-1a</location>"], next: "more"),
            listing(
                "instanceTypeOfferingSet",
                ["<instanceType>m6i.large</instanceType><location>us-east-1c</location>"]),
        ],
        "DescribeKeyPairs": [listing("keySet", ["<keyName>ops</keyName><keyType>rsa</keyType>"])],
        "DescribePlacementGroups": [listing("placementGroupSet", [])],
        "DescribeLaunchTemplateVersions": [
            listing("launchTemplateVersionSet", ["<versionNumber>3</versionNumber>"])
        ],
        "GetInstanceProfile": [
            "<R><GetInstanceProfileResult><InstanceProfile>"
                + "<Arn>arn:aws:iam::123456789012:instance-profile/path/worker</Arn><Roles><member>"
                + "<RoleName>worker</RoleName></member></Roles></InstanceProfile></GetInstanceProfileResult></R>"
        ],
        "GetParameter": [#"{"Parameter": {"Name": "n", "Value": "ami-0c7217cdde317cfec"}}"#],
    ]

    private func ask(_ template: Template, _ more: [String: [String]] = [:]) throws -> (Script, [Finding]) {
        let script = Script(Self.answers.merging(more) { _, more in more })
        let findings = try script.findings(AWSLookUps().lookUps(for: template))
        return (script, findings)
    }

    private func lines(_ findings: [Finding]) -> [String] {
        findings.map { "\($0.subject.rawValue) \($0.name): \($0.word), \($0.detail)" }
    }

    // MARK: Questions

    @Test func everyQuestionChangesNothingAndIsOneThatEC2Describes() throws {
        for (image, search) in [("ami-0a", nil), ("", ImageSearch(owner: "amazon", name: "a*", architecture: .arm))] {
            let (script, _) = try ask(
                Self.template {
                    $0.image = image
                    $0.imageSearch = search
                })
            #expect(script.calls.count == 12)
            for call in script.calls {
                #expect(call.effect == .reads)
                guard call.service == "ec2" else { continue }
                let faults = model.faults(in: call.form)
                #expect(faults.isEmpty, "\(call.action): \(faults)")
            }
        }
    }

    @Test func theQuestionsAreThoseAPersonHasRead() throws {
        let (script, _) = try ask(
            Self.template {
                $0.image = ""
                $0.imageSearch = ImageSearch(owner: "amazon", name: "al2023-ami-2023*", architecture: .x86)
            })
        try Golden.expect(script.calls.map(\.listing).joined(separator: "\n"), "look-ups.txt")
    }

    @Test func aTemplateThatNamesLittleIsAskedLittle() throws {
        var plain = Template(id: "t", image: "", offerings: [Offering(type: "m6i.large")])
        plain.launchTemplate = LaunchTemplate(id: "workers")
        #expect(
            AWSLookUps().lookUps(for: plain).map(\.call.action) == [
                "DescribeInstanceTypeOfferings", "DescribeLaunchTemplateVersions",
            ])
        #expect(AWSLookUps().imageLookUp(for: plain) == nil)
    }

    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
    @Test func aParameterIsAskedForAsItsModelSays() throws {
        let ssm = try JSONDecoder().decode(SSMModel.self, from: Fixtures.data("apispecs/aws/ssm-2014-11-06.json"))
        let operation = try #require(ssm.operations["GetParameter"])
        let name = "/aws/service/a \"b\"\\é"
        let lookUp = try #require(AWSLookUps().imageLookUp(for: Self.template { $0.image = "ssm:\(name)" }))
        let call = lookUp.call
        #expect(call.service == "ssm" && call.method == "POST" && call.path == "/")
        #expect(call.headers["X-Amz-Target"] == "\(ssm.metadata.targetPrefix).\(operation.name)")
        #expect(call.headers["Content-Type"] == "application/x-amz-json-\(ssm.metadata.jsonVersion)")
        let body = try JSONDecoder().decode([String: String].self, from: Data(call.body))
        #expect(body == ["Name": name])
        #expect(ssm.shapes[operation.input.shape]?.members?["Name"] != nil)
    }

    private struct SSMModel: Decodable {
        struct Metadata: Decodable { var targetPrefix, jsonVersion: String }
        struct Reference: Decodable { var shape: String }
        struct Operation: Decodable {
            var name: String
            var input: Reference
        }
        struct Shape: Decodable { var members: [String: Reference]? }

        var metadata: Metadata
        var operations: [String: Operation]
        var shapes: [String: Shape]
    }

    // MARK: Answers

    @Test func whatIsThereAndWhatIsNot() throws {
        let (_, findings) = try ask(Self.template())
        #expect(
            lines(findings) == [
                "image ami-0c7217cdde317cfec: verified, ami-0c7217cdde317cfec-name, x86_64",
                "zone us-east-1c: verified, available", "subnet subnet-0a: verified, us-east-1a, vpc-1",
                "subnet subnet-0b: verified, us-east-1b, vpc-1", "security group sg-0a: verified, vpc-1",
                "security group sg-0b: absent, it is in vpc-2, and there are subnets in vpc-1",
                "type m6i.large: verified, in us-east-1a, us-east-1c; not in us-east-1b",
                "type m7g.large: absent, there is no such type in this region", "key ops: verified, rsa",
                "role arn:aws:iam::123456789012:instance-profile/path/worker: verified, role worker",
                "placement group near: absent, there is no such placement group",
                "launch template lt-0a version 3: verified, version 3",
            ])
    }

    @Test func anImageMustSuitTheTypes() throws {
        let (_, findings) = try ask(
            Self.template(),
            ["DescribeInstanceTypes": [Self.listing("instanceTypeSet", [Self.type("m7g.large", "arm64")])]])
        #expect(findings[0].detail == "ami-0c7217cdde317cfec is for x86_64, m7g.large is for arm64")
        #expect(findings[0].isAbsent)
    }

    @Test func aMisfitOnAnEarlierPageIsNotForgotten() throws {
        let (_, findings) = try ask(
            Self.template(),
            [
                "DescribeInstanceTypes": [
                    Self.listing("instanceTypeSet", [Self.type("m7g.large", "arm64")], next: "more"),
                    Self.listing("instanceTypeSet", [Self.type("m6i.large")]),
                ]
            ])
        #expect(findings[0].isAbsent)
    }

    @Test(arguments: [
        ("available", "verified"), ("pending", "unknown"), ("deregistered", "absent"), ("disabled", "absent"),
        ("failed", "absent"),
    ])
    func anImageMustBeAvailable(state: String, word: String) throws {
        let image = Self.image("ami-0a", "2026-01-01T00:00:00.000Z", state: state)
        let (_, findings) = try ask(Self.template(), ["DescribeImages": [Self.listing("imagesSet", [image])]])
        #expect(findings[0].word == word)
    }

    @Test(arguments: [
        ("DescribeImages", "InvalidAMIID.NotFound", "image"), ("DescribeImages", "InvalidAMIID.Malformed", "image"),
        ("GetInstanceProfile", "NoSuchEntity", "role"),
        ("DescribeLaunchTemplateVersions", "InvalidLaunchTemplateId.NotFound", "launch template"),
        ("DescribeLaunchTemplateVersions", "InvalidLaunchTemplateName.NotFoundException", "launch template"),
        ("DescribeLaunchTemplateVersions", "InvalidLaunchTemplateId.VersionNotFound", "launch template"),
    ])
    func notToBeFoundIsToBeAbsentAndNoOtherFaultIs(action: String, code: String, subject: String) throws {
        for (code, word) in [(code, "absent"), ("UnauthorizedOperation", "unknown"), ("InvalidAction", "unknown")] {
            let (_, findings) = try ask(Self.template(), [action: ["!\(code)"]])
            #expect(findings.first { $0.subject.rawValue == subject }?.word == word)
        }
    }

    @Test func theNewestOfAllPagesIsTheOneThatIsMeant() throws {
        let pages = [
            Self.listing("imagesSet", [Self.image("ami-0a", "2025-01-01T00:00:00.000Z")], next: "2"),
            Self.listing(
                "imagesSet",
                [Self.image("ami-0b", "2026-03-01T00:00:00.000Z"), Self.image("ami-0c", "2026-02-01T00:00:00.000Z")],
                next: "3"),
            Self.listing("imagesSet", []),
        ]
        let template = Self.template {
            $0.image = ""
            $0.imageSearch = ImageSearch(name: "a*")
        }
        let script = Script(Self.answers.merging(["DescribeImages": pages]) { $1 })
        let finding = try script.findings([try #require(AWSLookUps().imageLookUp(for: template))]).first
        #expect(finding?.id == "ami-0b")
        #expect(finding?.detail == "ami-0b, ami-0b-name, x86_64")
        let searches = script.calls.filter { $0.action == "DescribeImages" }
        #expect(searches.map { $0.form.first { $0.name == "NextToken" }?.value } == [nil, "2", "3"])
        #expect(searches[0].form.contains { $0 == ("Owner.1", "self") })
    }

    // MARK: What an image must suit

    /// The architectures that a search for an image is narrowed to, and what came of it.
    private func search(
        _ types: [String], architecture: Architecture? = nil, chosenFor required: Architecture? = nil
    ) throws -> (actions: [String], architectures: [String], Finding?) {
        let template = Self.template {
            $0.image = ""
            $0.imageSearch = ImageSearch(name: "a*", architecture: architecture)
            $0.requirements = required.map {
                var requirements = Requirements()
                requirements.architecture = $0
                return requirements
            }
        }
        let script = Script(
            Self.answers.merging([
                "DescribeInstanceTypes": [Self.listing("instanceTypeSet", types)],
                "DescribeImages": [Self.listing("imagesSet", [Self.image("ami-0a", "2026-01-01T00:00:00.000Z")])],
            ]) { $1 })
        let finding = try script.findings([try #require(AWSLookUps().imageLookUp(for: template))]).first
        let form = script.calls.first { $0.action == "DescribeImages" }?.form ?? []
        let at = form.first { $0.value == "architecture" }.map { $0.name.replacing(".Name", with: ".Value.") }
        let values = form.filter { field in at.map { field.name.hasPrefix($0) } ?? false }.map(\.value)
        return (script.calls.map(\.action), values, finding)
    }

    @Test func aSearchThatSaysNoArchitectureIsForThatOfTheTypes() throws {
        let one = try search([Self.type("m6i.large"), Self.type("m5.large")])
        #expect(one.actions == ["DescribeInstanceTypes", "DescribeImages", "DescribeInstanceTypes"])
        #expect(one.architectures == ["x86_64"])
        #expect(one.2?.id == "ami-0a" && one.2?.word == "verified")
        // As T2 has it: what one of them cannot run is no choice.
        let old = "x86_64</item><item>i386"
        #expect(try search([Self.type("t2.micro", old)]).architectures == ["i386", "x86_64"])
        #expect(try search([Self.type("t2.micro", old), Self.type("m5.large")]).architectures == ["x86_64"])
    }

    @Test func noImageSuitsTypesThatHaveNothingInCommon() throws {
        let found = try search([Self.type("m6i.large"), Self.type("m7g.large", "arm64")])
        #expect(found.architectures == [])
        #expect(found.2?.isAbsent == true)
        #expect(found.2?.detail == "ami-0a is for x86_64, m7g.large is for arm64")
    }

    @Test func typesThatWereChosenForAnArchitectureAreNotAskedAbout() throws {
        let suited = try search([], chosenFor: .x86)
        #expect(suited.actions == ["DescribeImages"] && suited.architectures == ["x86_64"])
        #expect(suited.2?.word == "verified")
        let other = try search([], architecture: .x86, chosenFor: .arm)
        #expect(other.actions == ["DescribeImages"] && other.2?.isAbsent == true)
        #expect(other.2?.detail == "ami-0a is for x86_64, its types are for arm64")
    }

    @Test func anAliasOfAnotherArchitectureIsToldForOneCallMore() throws {
        let many = (1...250).map { Offering(type: "m7g.\($0)xlarge") }
        let template = Self.template {
            $0.image = "ssm:/a"
            $0.offerings = many
        }
        let answer = ["DescribeInstanceTypes": [Self.listing("instanceTypeSet", [Self.type("m7g.1xlarge", "arm64")])]]
        let script = Script(Self.answers.merging(answer) { $1 })
        let finding = try script.findings([try #require(AWSLookUps().imageLookUp(for: template))]).first
        #expect(script.calls.map(\.action) == ["GetParameter", "DescribeImages", "DescribeInstanceTypes"])
        // As many as fit one page; EC2 takes at most 200 values for a filter.
        #expect(script.calls.last?.form.count { $0.name.hasPrefix("Filter.1.Value.") } == 100)
        #expect(finding?.isAbsent == true)
    }

    @Test func aParameterThatHoldsNoImageIsNoAlias() throws {
        let template = Self.template { $0.image = "ssm:/a" }
        for (value, word) in [(#"{"a": 1}"#, "absent"), ("ami-0c7217cdde317cfec", "verified")] {
            let answer = String(
                decoding: try JSONEncoder().encode(["Parameter": ["Value": value]]), as: UTF8.self)
            let (_, findings) = try ask(template, ["GetParameter": [answer]])
            #expect(findings[0].word == word)
        }
        let (_, findings) = try ask(template, ["GetParameter": ["!ParameterNotFound"]])
        #expect(findings[0].isAbsent)
        #expect(throws: Unreadable.self) { try ask(template, ["GetParameter": ["{}"]]) }
        #expect(throws: Unreadable.self) { try ask(template, ["GetParameter": ["<html>"]]) }
    }

    @Test(arguments: [
        (#"{"__type":"ParameterNotFound"}"#, "ParameterNotFound", ""),
        (#"{"__type":"com.amazonaws.ssm#AccessDeniedException","Message":"no"}"#, "AccessDeniedException", "no"),
        (#"{"__type":"ThrottlingException","message":"slow"}"#, "ThrottlingException", "slow"),
    ])
    func aRefusalInJSONIsRead(body: String, code: String, message: String) throws {
        let lookUp = try #require(AWSLookUps().imageLookUp(for: Self.template { $0.image = "/a" }))
        let fault = lookUp.call.fault(HTTPResponse(status: 400, body: Array(body.utf8)))
        #expect(fault.code == code)
        #expect(fault.message == message)
        #expect(lookUp.call.fault(HTTPResponse(status: 502, body: Array("<html>".utf8))).code == nil)
    }

    @Test func aProfileOfAnotherAccountIsNotOurs() throws {
        let (_, findings) = try ask(
            Self.template { $0.role = "arn:aws:iam::999999999999:instance-profile/path/worker" })
        #expect(findings.first { $0.subject == .role }?.isAbsent == true)
    }
}
