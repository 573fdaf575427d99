import Cloud
import CloudAWS
import CloudEmulator
import Engine
import Provisioning
import Store
import Testing

/// What the cloud is asked of a template, and what is made of its answers.
@Suite struct VerifyTests {
    let house: SimulatedHouse

    private static let image = "ami-0c7217cdde317cfec"
    private static let alias = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"

    init() throws { house = try SimulatedHouse() }

    private func template(
        _ image: String = VerifyTests.image, types: [String] = ["m6i.large"], zones: [String] = [],
        subnets: [String] = [], _ change: (inout Template) -> Void = { _ in }
    ) -> Template {
        var template = Template(
            id: "t", image: image,
            offerings: Offering.all(types: types, zones: zones, subnets: subnets, markets: [.onDemand]))
        change(&template)
        return template
    }

    private func words(_ template: Template, isEmulated: Bool = false) async throws -> [String] {
        let agent = try house.startAgent(isEmulated: isEmulated)
        let account = try #require(agent.accounts[SimulatedHouse.account])
        return await Verification(at: account).findings(on: template).map {
            "\($0.subject.rawValue) \($0.name): \($0.word)"
        }
    }

    private func refuse(_ action: String, _ code: String, status: Int = 403, times: Int = 1) throws {
        try house.emulator.change {
            $0.faults.append(.init(.refuse(code: code, message: "no", status: status), on: action, times: times))
        }
    }

    /// The subnet of a zone, as the cloud lists it.
    private func subnet(of zone: String) async throws -> String {
        let placed = try house.emulator.world().defaultSubnets(in: "us-east-1")
        return try #require(placed[zone])
    }

    // MARK: What there is

    @Test func everythingATemplateNamesIsAskedAboutAndFound() async throws {
        let subnet = try await subnet(of: "us-east-1b")
        let found = try await words(
            template(types: ["m6i.large", "c6i.large"], subnets: [subnet]) {
                $0.securityGroups = [Inventory.securityGroup]
                $0.keyName = Inventory.keyPair
                $0.role = Inventory.instanceProfile
            })
        #expect(
            found == [
                "image \(Self.image): verified", "type m6i.large: verified", "type c6i.large: verified",
                "subnet \(subnet): verified", "security group \(Inventory.securityGroup): verified",
                "key demo: verified", "role demo: verified",
            ])
        let changing = house.network.actions.filter { !$0.hasPrefix("Describe") && !$0.hasPrefix("Get") }
        #expect(changing.isEmpty)
    }

    @Test func whatIsNotThereIsAbsent() async throws {
        let found = try await words(
            template("ami-00000000", types: ["m6i.huge"], zones: ["us-east-1z"]) {
                $0.securityGroups = ["sg-00000000"]
                $0.keyName = "lost"
                $0.role = "nobody"
                $0.launchTemplate = LaunchTemplate(id: "workers")
            })
        #expect(
            found == [
                "image ami-00000000: absent", "type m6i.huge: absent", "zone us-east-1z: absent",
                "security group sg-00000000: absent", "key lost: absent", "role nobody: absent",
                "launch template workers: absent",
            ])
        #expect(try await words(template(subnets: ["subnet-00000000"])).contains("subnet subnet-00000000: absent"))
    }

    @Test func oneThatIsMissingDoesNotHideTheOthers() async throws {
        let subnet = try await subnet(of: "us-east-1a")
        let found = try await words(template(subnets: [subnet, "subnet-00000000"]))
        #expect(found.contains("subnet \(subnet): verified"))
        #expect(found.contains("subnet subnet-00000000: absent"))
    }

    @Test func anImageMustSuitEveryType() async throws {
        #expect(try await words(template(types: ["m7g.large"])).first == "image \(Self.image): absent")
        #expect(try await words(template(types: ["m6i.large", "m7g.large"])).first == "image \(Self.image): absent")
    }

    @Test func aTypeMustBeOfferedInOneOfTheZones() async throws {
        try house.emulator.change { world in
            for market in Market.allCases {
                world.limits.unoffered.insert(.init(type: "m6i.large", zone: "us-east-1a", market: market))
            }
        }
        #expect(try await words(template(zones: ["us-east-1a"])).contains("type m6i.large: absent"))
        #expect(try await words(template(zones: ["us-east-1a", "us-east-1b"])).contains("type m6i.large: verified"))
        let subnet = try await subnet(of: "us-east-1a")
        #expect(try await words(template(subnets: [subnet])).contains("type m6i.large: absent"))
    }

    // MARK: What nobody knows

    @Test(arguments: ["UnauthorizedOperation", "AccessDenied"])
    func whoMayNotLookHasNotSeenThatNothingIsThere(code: String) async throws {
        for action in ["DescribeImages", "DescribeSubnets", "GetInstanceProfile", "DescribeKeyPairs"] {
            try refuse(action, code)
        }
        let found = try await words(
            template(subnets: ["subnet-00000000"]) {
                $0.role = "nobody"
                $0.keyName = "lost"
                $0.securityGroups = [Inventory.securityGroup]
            })
        #expect(
            found == [
                "image \(Self.image): unknown", "type m6i.large: verified", "subnet subnet-00000000: unknown",
                "security group \(Inventory.securityGroup): verified", "key lost: unknown", "role nobody: unknown",
            ])
    }

    @Test func aThrottleIsAskedAgain() async throws {
        func throttle(_ times: Int) throws {
            try house.emulator.change {
                $0.faults = [
                    .init(
                        .refuse(code: "RequestLimitExceeded", message: "slow", status: 503), on: "DescribeKeyPairs",
                        times: times)
                ]
            }
        }
        let template = template { $0.keyName = Inventory.keyPair }
        try throttle(3)
        #expect(try await words(template).contains("key demo: verified"))
        try throttle(100)
        #expect(try await words(template).contains("key demo: unknown"))
    }

    @Test func noAnswerIsNoAnswer() async throws {
        house.network.change { $0.lostReplies = [1, 2, 3, 4, 5] }
        let found = try await words(template(zones: ["us-east-1a"]))
        #expect(found.allSatisfy { $0.hasSuffix(": unknown") })
        #expect(found.count == 3)
    }

    @Test func anImageIsThereWhoeverMayLookAtTypes() async throws {
        try refuse("DescribeInstanceTypes", "UnauthorizedOperation")
        #expect(try await words(template()).first == "image \(Self.image): verified")
    }

    @Test func anEmulatedCloudDoesNotMindWhatItNeverSaw() async throws {
        let found = try await words(
            template("ami-00000000", types: ["m6i.large"], zones: ["us-east-1z"]) { $0.keyName = "lost" },
            isEmulated: true)
        #expect(
            found == [
                "image ami-00000000: unknown", "type m6i.large: absent", "zone us-east-1z: absent", "key lost: unknown",
            ])
        // An image of the wrong kind would not start there either.
        #expect(try await words(template(types: ["m7g.large"]), isEmulated: true).first?.hasSuffix("absent") == true)
    }

    @Test func theSameQuestionIsAskedOnce() async throws {
        let agent = try house.startAgent()
        let verification = Verification(at: try #require(agent.accounts[SimulatedHouse.account]))
        let first = await verification.findings(on: template(zones: ["us-east-1a"]))
        let calls = house.network.crossings
        #expect(await verification.findings(on: template(zones: ["us-east-1a"])) == first)
        #expect(house.network.crossings == calls)
    }

    // MARK: Which image

    private func found(_ template: Template) async throws -> Finding? {
        let agent = try house.startAgent()
        return await Verification(at: try #require(agent.accounts[SimulatedHouse.account])).image(of: template)?.finding
    }

    @Test(arguments: ["", "ssm:", "resolve:ssm:"]) func anAliasStandsForItsImage(prefix: String) async throws {
        let finding = try await found(template(prefix + Self.alias))
        #expect(finding?.id == Self.image)
        #expect(finding?.word == "verified")
    }

    @Test func aSearchFindsTheNewest() async throws {
        func search(_ name: String, owner: String? = "amazon", _ architecture: Architecture?) async throws -> String? {
            try await found(
                template("") {
                    $0.imageSearch = ImageSearch(owner: owner, name: name, architecture: architecture)
                })?.id
        }
        #expect(try await search("al2023-ami-2023.*", .x86) == Self.image)
        #expect(try await search("al2023-ami-2023.*", .arm) == "ami-0c7217cdde3100a64")
        #expect(try await search("al2023-ami-2023.8.*", .x86) == "ami-0b8d527345fdace59")
        #expect(try await search("ubuntu/*noble*", owner: "099720109477", .arm) == "ami-0d240400a11ce0a64")
        #expect(try await search("ubuntu/*noble*", .arm) == nil)
        #expect(try await search("al2023-ami-2023.*", owner: nil, .x86) == nil)
    }

    @Test func aPlainIdIsNotAskedAbout() async throws {
        #expect(try await found(template()) == nil)
        #expect(house.network.crossings == 0)
    }

    @Test func aRequestIsMadeForTheImageThatItsAliasStoodFor() async throws {
        var agent = try house.startAgent()
        let accepted = try await agent.accept(Order(template: "by-alias", count: 2)).request
        #expect(accepted.template?.image == Self.image)
        #expect(house.network.actions == ["GetParameter", "DescribeImages", "DescribeInstanceTypes"])
        let report = try await house.runUntilSettled(accepted.id, agent: &agent)
        #expect(report.request.state == .fulfilled)
        #expect(report.request.template?.image == Self.image)
        let launch = try #require(try house.emulator.world().regions["us-east-1"]?.reservations.first?.launch)
        #expect(launch.image == Self.image)
        #expect(house.network.actions.count { $0 == "GetParameter" } == 1)
        let causes = try agent.explain(accepted.id).map(\.cause)
        #expect(causes.contains("accepted: image \(Self.image) is \(Self.alias)"))
    }

    @Test func theSameKeyAsksNothingTwice() async throws {
        let agent = try house.startAgent()
        var order = Order(template: "by-alias", count: 1)
        order.key = "once"
        let first = try await agent.accept(order)
        let calls = house.network.crossings
        #expect(try await agent.accept(order).request.id == first.request.id)
        #expect(house.network.crossings == calls)
    }

    @Test func anImageThatCannotBeFoundStoresNothing() async throws {
        let agent = try house.startAgent()
        let rejected = await #expect(throws: Rejected.self) {
            try await agent.accept(Order(template: "by-no-alias", count: 1))
        }
        #expect(rejected?.diagnostics.first?.code == "image.unresolved")
        #expect(rejected?.diagnostics.first?.message.contains("ssm:/site/images/none") == true)
        #expect(try agent.requests().isEmpty)
        #expect(try house.living().isEmpty)
    }

    @Test func anImageOfAnotherArchitectureThanTheTypesIsNotLaunched() async throws {
        let agent = try house.startAgent()
        let rejected = await #expect(throws: Rejected.self) {
            try await agent.accept(Order(template: "alias-for-another", count: 1))
        }
        #expect(rejected?.diagnostics.first?.code == "image.unresolved")
        #expect(rejected?.diagnostics.first?.message.contains("m7g.large is for arm64") == true)
        // A search that leaves it open takes what suits.
        let accepted = try await agent.accept(Order(template: "by-search", count: 1)).request
        #expect(accepted.template?.image == "ami-0c7217cdde3100a64")
    }

    /// Nothing can be promised for an account that is not let in.
    @Test(arguments: ["by-alias", "by-search"])
    func whereCredentialsAreWrongNothingIsPromised(template: Template.ID) async throws {
        for action in ["GetParameter", "DescribeImages", "DescribeInstanceTypes", "DescribeInstances"] {
            try refuse(action, "AuthFailure", status: 401, times: 100)
        }
        let agent = try house.startAgent()
        let refused = await #expect(throws: NotPromised.self) {
            try await agent.accept(Order(template: template, count: 1))
        }
        #expect(refused?.refusal.meaning == .credentials)
        #expect(refused?.refusal.message.contains("the simulation") == true)
        await #expect(throws: NotPromised.self) {
            try await agent.preview(Order(template: template, count: 1), askingCloud: true)
        }
        #expect(try agent.requests().isEmpty)
        #expect(!house.network.actions.contains("RunInstances"))
    }

    @Test(arguments: [
        ("AccessDeniedException", "AccessDeniedException: no (credentials: the simulation)"),
        ("RequestLimitExceeded", "ThrottlingException: no"),
    ])
    func whoMayNotLookMayLaunch(code: String, words: String) async throws {
        try refuse("GetParameter", code, times: 100)
        var agent = try house.startAgent()
        let preview = try await agent.preview(Order(template: "by-alias", count: 1), askingCloud: true)
        #expect(preview.imageConfidence == .unknown(words))
        #expect(preview.template.image == "resolve:ssm:\(Self.alias)")
        #expect(preview.launches.first?.confidence == .verified)
        let accepted = try await agent.accept(Order(template: "by-alias", count: 1)).request
        #expect(accepted.template?.image == "resolve:ssm:\(Self.alias)")
        #expect(try await house.runUntilSettled(accepted.id, agent: &agent).request.state == .fulfilled)
    }

    @Test(arguments: ["InvalidAMIID.Odd", "SomethingNew"])
    func whatMakesNoSenseToTheCloudIsNotLeftToTheLaunch(code: String) async throws {
        try refuse("GetParameter", code, status: 400)
        let agent = try house.startAgent()
        let rejected = await #expect(throws: Rejected.self) {
            try await agent.accept(Order(template: "by-alias", count: 1))
        }
        #expect(rejected?.diagnostics.first?.message.contains("the cloud did not say: \(code): no") == true)
        #expect(try agent.requests().isEmpty)
    }

    @Test func whoOrdersDoesNotWaitForLookUpsForEver() async throws {
        try refuse("GetParameter", "RequestLimitExceeded", status: 503, times: 100)
        let clock = house.clock, crossings = house.crossings
        house.network.change {
            $0.beforeSend = { _ in
                clock.advance(by: .seconds(9))
                try crossings.cross("before a request")
            }
        }
        let accepted = try await house.startAgent().accept(Order(template: "by-alias", count: 1)).request
        #expect(accepted.template?.image == "resolve:ssm:\(Self.alias)")
        // At 0, 9 and 18 seconds.
        #expect(house.network.actions == ["GetParameter", "GetParameter", "GetParameter"])
    }

    /// A cloud that is silent when an order comes may answer by the time of the launch.
    @Test func anImageThatCouldNotBeLookedUpIsLeftToTheLaunch() async throws {
        var agent = try house.startAgent()
        let next = house.network.crossings + 1
        house.network.change { $0.lostReplies = [next] }
        let accepted = try await agent.accept(Order(template: "by-alias", count: 2)).request
        #expect(accepted.template?.image == "resolve:ssm:\(Self.alias)")
        #expect(try await house.runUntilSettled(accepted.id, agent: &agent).request.state == .fulfilled)
        let launch = try #require(try house.emulator.world().regions["us-east-1"]?.reservations.first?.launch)
        #expect(launch.image == Self.image)
        #expect(try agent.explain(accepted.id).first?.cause.contains("could not be looked up") == true)
    }

    @Test func aDryRunShowsTheAliasAndOnRequestWhatItStandsFor() async throws {
        let agent = try house.startAgent()
        let order = Order(template: "by-alias", count: 1)
        let predicted = try await agent.preview(order)
        #expect(predicted.imageAlias == Self.alias)
        #expect(predicted.template.image == Self.alias)
        #expect(predicted.imageConfidence == .predicted)
        #expect(predicted.launches.first?.confidence == .predicted)
        #expect(house.network.crossings == 0)
        let asked = try await agent.preview(order, askingCloud: true)
        #expect(asked.imageAlias == Self.alias)
        #expect(asked.imageConfidence == .verified)
        #expect(asked.launches.first?.parameters.contains { $0 == ("ImageId", Self.image) } == true)
        #expect(asked.launches.first?.confidence == .verified)
        #expect(try agent.requests().isEmpty)
        let plain = try await agent.preview(Order(template: "small", count: 1), askingCloud: true)
        #expect(plain.imageAlias == nil && plain.imageConfidence == nil)
    }

    @Test func aDryRunSaysHowFewAreTooFewAndWhoSaysSo() async throws {
        let agent = try house.startAgent()
        var order = Order(template: "mostly", count: 10)
        #expect(try await agent.preview(order).least == Preview.Least(count: 8, source: .template))
        order.atLeast = 3
        #expect(try await agent.preview(order).least == Preview.Least(count: 3, source: .order))
        order = Order(template: "small", count: 10)
        #expect(try await agent.preview(order).least == nil)
    }
}
