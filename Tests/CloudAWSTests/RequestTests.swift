import Cloud
import CloudAWS
import FoundationEssentials
import Provisioning
import Testing

/// What is written, held against EC2's published model.
@Suite struct RequestTests {
    private let model: PublishedModel

    init() throws { model = try PublishedModel.ec2.get() }

    @Test func everyLaunchIsOneThatEC2Describes() throws {
        let orders = Sample.orders
        #expect(orders.count > 150)
        for (name, order) in orders { model.expectValid(try Sample.strategy.launch(order, token: Sample.token), name) }
    }

    @Test func everyRehearsalIsItsLaunchWithDryRun() throws {
        for (name, order) in Sample.orders {
            let launch = try Sample.strategy.launch(order, token: Sample.token)
            let rehearsal = try #require(try Sample.strategy.rehearse(order, token: Sample.token)).call
            model.expectValid(rehearsal, name)
            #expect(rehearsal.effect == .reads)
            #expect(
                rehearsal.listing == launch.listing + "DryRun=true\n", "\(name)")
        }
    }

    @Test func everyListingIsOneThatEC2Describes() throws {
        let many = (1...100).map { Request.ID("req-\($0)") }
        for query in [FleetQuery.ours, .token(Sample.token), .requests(["req-one"]), .requests(many)] {
            for cursor in [nil, "eyJ2IjoiMiIsIm4iOiIx+/=="] {
                model.expectValid(try Sample.strategy.observe(query, after: cursor), "\(query)")
            }
        }
        model.expectValid(try Sample.strategy.probe(), "probe")
    }

    @Test(arguments: [1, 2, 1000])
    func everyTerminationIsOneThatEC2Describes(count: Int) throws {
        let ids = (1...count).map { Instance.ID("i-\(String($0, radix: 16))") }
        model.expectValid(try Sample.strategy.terminate(ids, token: Sample.token), "\(count)")
    }

    /// Were the validator blind, the tests above would prove nothing.
    @Test(arguments: [
        ("Colour=red", "RunInstances has no Colour"), ("imageId=ami-1", "RunInstances has no imageId"),
        ("SecurityGroupId.2=sg", "RunInstances.SecurityGroupId is not numbered from 1 without gaps"),
        ("SecurityGroupId=sg", "RunInstances.SecurityGroupId is a list, not a value"),
        ("DryRun=yes", "RunInstances.DryRun is no boolean: yes"),
        ("Ipv6AddressCount=1.5", "RunInstances.Ipv6AddressCount is no integer: 1.5"),
        ("InstanceType=m1.tiny", "RunInstances.InstanceType cannot be m1.tiny"),
        ("Monitoring.enabled=true", "RunInstances.Monitoring has no enabled"),
        ("Placement=a", "RunInstances.Placement is a structure, not a value"),
        ("ImageId.1=a", "RunInstances.ImageId is a value and has no 1"),
        ("TagSpecification.1.Tags.1.Key=a", "RunInstances.TagSpecification.1 has no Tags"),
    ])
    func theModelFindsWhatIsWrong(parameter: String, fault: String) {
        let parts = parameter.split(separator: "=").map(String.init)
        let faults = model.faults(in: [
            ("Action", "RunInstances"), ("Version", "2016-11-15"), ("MinCount", "1"), ("MaxCount", "1"),
            (parts[0], parts[1]),
        ])
        #expect(faults.contains(fault), "\(faults)")
    }

    @Test func theModelMissesWhatMustBeGiven() {
        let faults = model.faults(in: [("Action", "RunInstances"), ("Version", "2016-11-15")])
        #expect(Set(faults) == ["RunInstances needs MinCount", "RunInstances needs MaxCount"])
    }

    // MARK: What a launch says

    private func parameters(of order: LaunchOrder) throws -> [String: String] {
        let call = try Sample.strategy.launch(order, token: Sample.token)
        #expect(call.effect == .changes)
        return Dictionary(call.form.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func aLaunchTakesWhatItCanGetUpToTheCount() throws {
        let parameters = try parameters(of: Sample.order(count: 1000))
        #expect(parameters["MinCount"] == "1")
        #expect(parameters["MaxCount"] == "1000")
        #expect(parameters["ClientToken"] == Sample.token.text)
    }

    @Test func aTokenIsNoLongerThanEC2Takes() {
        let surroundings = Surroundings(
            now: { Timestamp(seconds: 4_000_000_000) }, sleep: { _ in }, random: { .max })
        let token = "int-\(surroundings.freshName())"
        #expect(token.utf8.count <= 64)
        #expect(token.allSatisfy { $0.isASCII })
    }

    @Test func theSameOrderAndTokenAreTheSameBytes() throws {
        for _ in 0..<20 {
            let one = try Sample.strategy.launch(Sample.order(tags: Sample.oddTags), token: Sample.token)
            let two = try Sample.strategy.launch(Sample.order(tags: Sample.oddTags), token: Sample.token)
            #expect(one.body == two.body)
        }
    }

    @Test func everythingALaunchBringsAboutIsTaggedAtItsCreation() throws {
        let parameters = try parameters(of: Sample.order(tags: Sample.oddTags))
        for (number, resource) in [(1, "instance"), (2, "volume"), (3, "network-interface")] {
            #expect(parameters["TagSpecification.\(number).ResourceType"] == resource)
            var tags: [String: String] = [:]
            for tag in 1...Sample.oddTags.count {
                let prefix = "TagSpecification.\(number).Tag.\(tag)"
                tags[try #require(parameters["\(prefix).Key"])] = parameters["\(prefix).Value"]
            }
            #expect(tags == Sample.oddTags)
        }
    }

    @Test(arguments: ["", "#!/bin/sh\n", "grüße, 世界 🖥", "a", "ab", "abc", String(repeating: "x\0y", count: 999)])
    func userDataIsBase64OfItsBytes(text: String) throws {
        let parameters = try parameters(of: Sample.order { $0.userData = text })
        #expect(parameters["UserData"] == Data(text.utf8).base64EncodedString())
    }

    @Test func aRoleIsNamedByItsNameOrItsARN() throws {
        let named = try parameters(of: Sample.order { $0.role = "worker" })
        #expect(named["IamInstanceProfile.Name"] == "worker")
        #expect(named["IamInstanceProfile.Arn"] == nil)
        let arn = "arn:aws-cn:iam::123456789012:instance-profile/worker"
        let byARN = try parameters(of: Sample.order { $0.role = arn })
        #expect(byARN["IamInstanceProfile.Arn"] == arn)
        #expect(byARN["IamInstanceProfile.Name"] == nil)
    }

    /// EC2 refuses a subnet or groups beside an interface of its own.
    @Test(arguments: [true, false])
    func aWishAboutThePublicAddressMovesSubnetAndGroupsToTheInterface(isPublic: Bool) throws {
        let order = Sample.order(offering: Offering(type: "m6i.large", subnet: "subnet-1")) {
            $0.publicAddress = isPublic
            $0.securityGroups = ["sg-1", "sg-2"]
        }
        let parameters = try parameters(of: order)
        #expect(parameters["NetworkInterface.1.AssociatePublicIpAddress"] == "\(isPublic)")
        #expect(parameters["NetworkInterface.1.SubnetId"] == "subnet-1")
        #expect(parameters["NetworkInterface.1.SecurityGroupId.2"] == "sg-2")
        #expect(parameters["SubnetId"] == nil)
        #expect(parameters.keys.allSatisfy { !$0.hasPrefix("SecurityGroupId") })
    }

    @Test func spotMachinesEndWhenTheyAreInterrupted() throws {
        let spot = try parameters(of: Sample.order(offering: Offering(type: "m6i.large", market: .spot)))
        #expect(spot["InstanceMarketOptions.MarketType"] == "spot")
        #expect(spot["InstanceMarketOptions.SpotOptions.SpotInstanceType"] == "one-time")
        let demand = try parameters(of: Sample.order())
        #expect(demand.keys.allSatisfy { !$0.hasPrefix("InstanceMarketOptions") })
    }

    @Test func aMaximumPriceIsForSpotAlone() throws {
        let price = "InstanceMarketOptions.SpotOptions.MaxPrice"
        let spot = Offering(type: "m6i.large", market: .spot)
        #expect(try parameters(of: Sample.order(offering: spot) { $0.maxPrice = "0.1" })[price] == "0.1")
        #expect(try parameters(of: Sample.order { $0.maxPrice = "0.1" })[price] == nil)
    }

    @Test(arguments: [
        ("open", "CapacityReservationPreference"), ("none", "CapacityReservationPreference"),
        ("cr-0123456789abcdef0", "CapacityReservationTarget.CapacityReservationId"),
        ("arn:aws:x:y:z:group/a", "CapacityReservationTarget.CapacityReservationResourceGroupArn"),
    ])
    func aCapacityReservationIsNamedByWhatItIs(text: String, parameter: String) throws {
        let order = Sample.order {
            $0.placement = Placement()
            $0.placement?.capacityReservation = text
        }
        let given = try parameters(of: order).filter { $0.key.hasPrefix("CapacityReservationSpecification.") }
        #expect(given == ["CapacityReservationSpecification.\(parameter)": text])
    }

    @Test func addressesAndAdaptersNeedAnInterfaceAsThePublicAddressDoes() throws {
        let order = Sample.order(offering: Offering(type: "c6in.32xlarge", subnet: "subnet-1")) {
            $0.network = NetworkOptions()
            $0.network?.ipv6Addresses = 3
            $0.network?.isFabricAdapter = true
            $0.securityGroups = ["sg-1"]
        }
        let given = try parameters(of: order)
        #expect(given["NetworkInterface.1.Ipv6AddressCount"] == "3")
        #expect(given["NetworkInterface.1.InterfaceType"] == "efa")
        #expect(given["NetworkInterface.1.AssociatePublicIpAddress"] == nil)
        #expect(given["NetworkInterface.1.SubnetId"] == "subnet-1")
        #expect(given["NetworkInterface.1.SecurityGroupId.1"] == "sg-1")
        #expect(given["SubnetId"] == nil)
    }

    @Test func dataDisksGetTheDeviceNamesThatAreFree() throws {
        let named = ["/dev/sdf", nil, "/dev/xvdh", nil, nil]
        let order = Sample.order {
            $0.dataDisks = named.map { name in Sample.data { $0.device = name } }
        }
        let given = try parameters(of: order)
        let devices = (1...5).map { given["BlockDeviceMapping.\($0).DeviceName"] }
        #expect(devices == ["/dev/sdf", "/dev/sdg", "/dev/xvdh", "/dev/sdi", "/dev/sdj"])
        #expect(given["BlockDeviceMapping.5.Ebs.DeleteOnTermination"] == "true")
        let many = try parameters(of: Sample.order { $0.dataDisks = Array(repeating: Disk(), count: 100) })
        #expect(Set((1...100).compactMap { many["BlockDeviceMapping.\($0).DeviceName"] }).count == 100)
    }

    @Test func aKeyToEncryptWithMeansThatItIsUsed() throws {
        let given = try parameters(of: Sample.order { $0.rootDisk = Sample.data { $0.encryptionKey = "alias/a" } })
        #expect(given["BlockDeviceMapping.1.Ebs.KmsKeyId"] == "alias/a")
        #expect(given["BlockDeviceMapping.1.Ebs.Encrypted"] == "true")
    }

    @Test func aLaunchTemplateMaySayTheImage() throws {
        let byID = try parameters(
            of: Sample.order {
                $0.image = ""
                $0.launchTemplate = LaunchTemplate(id: "lt-0a")
            })
        #expect(byID["LaunchTemplate.LaunchTemplateId"] == "lt-0a")
        #expect(byID["LaunchTemplate.Version"] == nil)
        #expect(byID["ImageId"] == nil)
        let byName = try parameters(of: Sample.order { $0.launchTemplate = LaunchTemplate(id: "a", version: "3") })
        #expect(byName["LaunchTemplate.LaunchTemplateName"] == "a")
        #expect(byName["LaunchTemplate.Version"] == "3")
        #expect(byName["ImageId"] == "ami-0c7217cdde317cfec")
    }

    // MARK: The wire

    @Test func aFormEscapesEverythingButUnreservedCharacters() throws {
        let every = String(String.UnicodeScalarView((1...126).map { Unicode.Scalar($0)! })) + "é世🖥"
        let call = try Sample.strategy.launch(Sample.order(tags: ["k": every]), token: Sample.token)
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        let expected = every.utf8.map { byte in
            unreserved.contains(byte)
                ? String(UnicodeScalar(byte))
                : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
        let body = String(decoding: call.body, as: UTF8.self)
        #expect(body.contains("TagSpecification.1.Tag.1.Value=\(expected)&"))
    }

    @Test func aCallIsAPostedForm() throws {
        let call = try Sample.strategy.probe()
        #expect(call.method == "POST")
        #expect(call.path == "/")
        #expect(call.service == "ec2")
        #expect(call.headers["content-type"] == "application/x-www-form-urlencoded; charset=utf-8")
        #expect(String(decoding: call.body, as: UTF8.self).hasPrefix("Action=DescribeInstances&Version=2016-11-15&"))
    }

    // MARK: Golden files

    @Test func theCallsAreThoseAPersonHasRead() throws {
        let spot = Offering(type: "c6i.4xlarge", subnet: "subnet-0a1b2c", market: .spot)
        try Golden.expect(
            Sample.strategy.launch(Sample.order(count: 1), token: Sample.token).listing, "launch-plain.txt")
        try Golden.expect(
            Sample.strategy.launch(Sample.order(count: 1000, offering: spot, Sample.fullTemplate), token: Sample.token)
                .listing, "launch-full.txt")
        try Golden.expect(
            Sample.strategy.launch(Sample.order(count: 5, offering: spot, Sample.richTemplate), token: Sample.token)
                .listing, "launch-rich.txt")
        try Golden.expect(
            #require(try Sample.strategy.rehearse(Sample.order(count: 2), token: Sample.token)).call.listing,
            "rehearse.txt")
        try Golden.expect(
            Sample.strategy.observe(.requests(["req-one", "req-two"]), after: nil).listing, "observe-requests.txt")
        try Golden.expect(
            Sample.strategy.observe(.token(Sample.token), after: "cursor").listing, "observe-token-second-page.txt")
        try Golden.expect(Sample.strategy.observe(.ours, after: nil).listing, "observe-ours.txt")
        try Golden.expect(
            Sample.strategy.terminate(["i-0b", "i-0a"], token: Sample.token).listing, "terminate.txt")
        try Golden.expect(Sample.strategy.probe().listing, "probe.txt")
    }
}
