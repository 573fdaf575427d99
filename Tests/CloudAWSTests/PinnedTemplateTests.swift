import Cloud
import FoundationEssentials
import Provisioning
import Testing

@testable import CloudAWS

/// Launches by a launch template that is there already.
@Suite struct PinnedTemplateTests {
    private let model: PublishedModel

    init() throws { model = try PublishedModel.ec2.get() }

    private func order(
        _ pinned: LaunchTemplate = LaunchTemplate(id: "lt-0a", version: "3"),
        offering: Offering = Offering(type: "m6i.large"), _ change: (inout Template) -> Void = { _ in }
    ) -> LaunchOrder {
        Sample.order(offering: offering) {
            $0.image = ""
            $0.launchTemplate = pinned
            change(&$0)
        }
    }

    private func answer(_ data: String) -> HTTPResponse {
        let body = """
            <DescribeLaunchTemplateVersionsResponse><launchTemplateVersionSet><item><versionNumber>3</versionNumber>\
            \(data)</item></launchTemplateVersionSet></DescribeLaunchTemplateVersionsResponse>
            """
        return HTTPResponse(status: 200, headers: [], body: Array(body.utf8))
    }

    /// What is made of this, with everything that is its own name and tags left out.
    private func derived(_ data: String, _ order: LaunchOrder) throws -> [String: String] {
        let describe = try #require(EC2LaunchTemplate(order, tagging: .nothing).plan?.make).call
        #expect(describe.action == "DescribeLaunchTemplateVersions")
        #expect(model.faults(in: describe.form) == [])
        let template = "<launchTemplateData>\(data)</launchTemplateData>"
        guard case .then(let create) = try describe.read(answer(template)) else { throw Unreadable("nothing is made") }
        #expect(model.faults(in: create.call.form) == [])
        let prefix = "LaunchTemplateData."
        return Dictionary(
            uniqueKeysWithValues: create.call.form.filter { $0.name.hasPrefix(prefix) }
                .map { (String($0.name.dropFirst(prefix.count)), $0.value) })
    }

    // MARK: As it is

    @Test func oneThatSaysAllIsUsedAsItIs() {
        let template = EC2LaunchTemplate(order(), tagging: .nothing)
        #expect(template.plan == nil)
        #expect(template.reference == LaunchTemplate(id: "lt-0a", version: "3"))
        let unversioned = EC2LaunchTemplate(order(LaunchTemplate(id: "workers")), tagging: .nothing)
        #expect(unversioned.reference == LaunchTemplate(id: "workers", version: "$Default"))
    }

    @Test func whoSaysMoreOrNeedsItsTagsGetsOneMadeFromIt() {
        #expect(EC2LaunchTemplate(order(), tagging: .everything).plan != nil)
        #expect(EC2LaunchTemplate(order { $0.keyName = "ops" }, tagging: .nothing).plan != nil)
        var raw = order()
        raw.rawLaunchTemplate = RawParameters(values: [.init("LaunchTemplateData.EbsOptimized", "true")])
        #expect(EC2LaunchTemplate(raw, tagging: .nothing).plan != nil)
    }

    @Test func aVersionByNameIsLookedAtAnewByEveryRequest() {
        func name(_ version: String?, _ request: Request.ID) -> Scaffold.ID? {
            var order = order(LaunchTemplate(id: "lt-0a", version: version)) { $0.keyName = "ops" }
            order.request = request
            return EC2LaunchTemplate(order, tagging: .nothing).plan?.id
        }
        #expect(name("3", "req-one") == name("3", "req-two"))
        #expect(name("3", "req-one") != name("4", "req-one"))
        for version in [nil, "$Default", "$Latest"] {
            #expect(name(version, "req-one") == name(version, "req-one"))
            #expect(name(version, "req-one") != name(version, "req-two"))
        }
    }

    @Test func whoMayNotReadItIsToldWhatToDo() throws {
        let call = try #require(EC2LaunchTemplate(order { $0.keyName = "ops" }, tagging: .nothing).plan?.make).call
        let body = Replies.error("UnauthorizedOperation", "You are not authorized.")
        let fault = call.fault(HTTPResponse(status: 403, headers: [], body: Array(body.utf8)))
        #expect(fault.message.contains("ec2:DescribeLaunchTemplateVersions"))
        #expect(fault.message.contains("fleet_type: instant"))
        let other = call.fault(
            HTTPResponse(status: 400, headers: [], body: Array(Replies.error("InvalidParameter", "No.").utf8)))
        #expect(other.message == "No.")
    }

    @Test(arguments: ["", "<launchTemplateVersionSet/>"])
    func aVersionThatIsNotThereIsNotTakenForAnEmptyOne(set: String) throws {
        let call = try #require(EC2LaunchTemplate(order { $0.keyName = "ops" }, tagging: .nothing).plan?.make).call
        let body = "<DescribeLaunchTemplateVersionsResponse>\(set)</DescribeLaunchTemplateVersionsResponse>"
        #expect(throws: (any Error).self) {
            try call.read(HTTPResponse(status: 200, headers: [], body: Array(body.utf8)))
        }
    }

    // MARK: What is taken over

    /// Everything that EC2 can answer, sent back as it takes it.
    @Test func allThatItSaysIsSaidAgainInTheWordsOfACall() throws {
        let full = model.fullAnswer(
            to: "DescribeLaunchTemplateVersions", at: ["LaunchTemplateVersions", "LaunchTemplateData"])
        let inner = full.dropFirst("<launchTemplateData>".count).dropLast("</launchTemplateData>".count)
        let said = try derived(String(inner), order { $0.keyName = "ops" })
        #expect(said["KeyName"] == "ops")
        #expect(said["BlockDeviceMapping.2.Ebs.VolumeSize"] == "2")
        #expect(said["NetworkInterface.2.SecurityGroupId.2"] == "text 2")
        #expect(said["NetworkInterface.1.PrivateIpAddresses.2.PrivateIpAddress"] == "text 2")
        #expect(said["SecondaryInterface.1.PrivateIpAddress.1.PrivateIpAddress"] == "text 1")
        #expect(said["LicenseSpecification.1.LicenseConfigurationArn"] == "text 1")
        #expect(said["TagSpecification.1.Tag.2.Key"] == "text 2")
        #expect(said["MetadataOptions.HttpTokens"] == "optional")
        #expect(said["MetadataOptions.State"] == nil)
        // All but what is for the launch to say: each leaf of the answer comes back once.
        let leaves = full.split(separator: "<").count { $0.contains(">") && !$0.hasSuffix(">") && !$0.hasPrefix("/") }
        let leftOut = model.fullAnswer(
            to: "DescribeLaunchTemplateVersions",
            at: ["LaunchTemplateVersions", "LaunchTemplateData", "InstanceRequirements"])
        let unsent = leftOut.split(separator: "<").count {
            $0.contains(">") && !$0.hasSuffix(">") && !$0.hasPrefix("/")
        }
        // Beside those: the type, six parts about markets, three about who manages it, the state of the metadata
        // options, and which address is the primary one, of two in two interfaces.
        let others = 1 + 6 + 3 + 1 + 4
        // Groups beside an interface move into it.
        #expect(said.count == leaves - unsent - others - 2)
        #expect(said.keys.allSatisfy { !$0.hasPrefix("Instance") || $0.hasPrefix("InstanceInitiated") })
    }

    @Test func whatTheTemplateSaysIsLaidOverIt() throws {
        let data = """
            <imageId>ami-1</imageId><keyName>theirs</keyName><instanceType>m1.small</instanceType>\
            <iamInstanceProfile><arn>arn:aws:iam::1:instance-profile/theirs</arn></iamInstanceProfile>\
            <metadataOptions><httpTokens>optional</httpTokens><httpEndpoint>enabled</httpEndpoint></metadataOptions>\
            <blockDeviceMappingSet><item><deviceName>/dev/sda1</deviceName><ebs><volumeSize>8</volumeSize>\
            <volumeType>gp2</volumeType></ebs></item></blockDeviceMappingSet><userData/>
            """
        let said = try derived(
            data,
            order {
                $0.keyName = "ours"
                $0.role = "ours"
                $0.metadataOptions = MetadataOptions()
                $0.metadataOptions?.needsToken = true
                $0.rootDisk = Sample.data {
                    $0.device = "/dev/sda1"
                    $0.sizeGiB = 50
                }
                $0.dataDisks = [Sample.data { $0.sizeGiB = 100 }]
            })
        #expect(
            said == [
                "ImageId": "ami-1", "KeyName": "ours", "IamInstanceProfile.Name": "ours",
                "MetadataOptions.HttpTokens": "required", "MetadataOptions.HttpEndpoint": "enabled",
                "BlockDeviceMapping.1.DeviceName": "/dev/sda1", "BlockDeviceMapping.1.Ebs.VolumeSize": "50",
                "BlockDeviceMapping.1.Ebs.VolumeType": "gp2",
                "BlockDeviceMapping.1.Ebs.DeleteOnTermination": "true",
                "BlockDeviceMapping.2.DeviceName": "/dev/sdf", "BlockDeviceMapping.2.Ebs.VolumeSize": "100",
                "BlockDeviceMapping.2.Ebs.DeleteOnTermination": "true",
            ])
    }

    /// EC2 refuses groups or a subnet beside an interface, and a subnet of the launch beside another in it.
    @Test func groupsAndSubnetsAreMergedIntoItsInterface() throws {
        let data = """
            <networkInterfaceSet><item><deviceIndex>1</deviceIndex><subnetId>subnet-2</subnetId></item>\
            <item><deviceIndex>0</deviceIndex><subnetId>subnet-1</subnetId><groupSet><groupId>sg-1</groupId></groupSet>\
            <associatePublicIpAddress>true</associatePublicIpAddress></item></networkInterfaceSet>
            """.replacing("<groupId>sg-1</groupId>", with: "<item>sg-1</item>")
        let placed = try derived(
            data,
            order(offering: Offering(type: "m6i.large", subnet: "subnet-9")) {
                $0.securityGroups = ["sg-8", "sg-9"]
            })
        #expect(
            placed == [
                "NetworkInterface.1.DeviceIndex": "1", "NetworkInterface.2.DeviceIndex": "0",
                "NetworkInterface.2.AssociatePublicIpAddress": "true",
                "NetworkInterface.2.SecurityGroupId.1": "sg-8", "NetworkInterface.2.SecurityGroupId.2": "sg-9",
            ])
        let unplaced = try derived(data, order { $0.keyName = "ops" })
        #expect(unplaced["NetworkInterface.1.SubnetId"] == "subnet-2")
        #expect(unplaced["NetworkInterface.2.SecurityGroupId.1"] == "sg-1")
    }

    @Test func itsGroupsGoIntoTheInterfaceThatTheTemplateAsksFor() throws {
        let data = "<securityGroupIdSet><item>sg-1</item></securityGroupIdSet>"
        let said = try derived(data, order { $0.publicAddress = false })
        #expect(
            said == [
                "NetworkInterface.1.DeviceIndex": "0", "NetworkInterface.1.AssociatePublicIpAddress": "false",
                "NetworkInterface.1.DeleteOnTermination": "true", "NetworkInterface.1.SecurityGroupId.1": "sg-1",
            ])
        let ours = try derived(data, order { $0.securityGroups = ["sg-2"] })
        #expect(ours == ["SecurityGroupId.1": "sg-2"])
    }

    @Test func tagsOfBothAreGivenAndOursDecide() throws {
        let data = """
            <imageId>ami-1</imageId><tagSpecificationSet><item><resourceType>instance</resourceType><tagSet>\
            <item><key>team</key><value>theirs</value></item><item><key>cost</key><value>1</value></item></tagSet>\
            </item></tagSpecificationSet>
            """
        var order = order()
        order.tags = ["team": "ours"]
        let describe = try #require(EC2LaunchTemplate(order, tagging: .everything).plan?.make).call
        guard case .then(let create) = try describe.read(answer("<launchTemplateData>\(data)</launchTemplateData>"))
        else { throw Unreadable("nothing is made") }
        let said = Dictionary(uniqueKeysWithValues: create.call.form.map { ($0.name, $0.value) })
        let tags = "LaunchTemplateData.TagSpecification"
        #expect(said["\(tags).1.ResourceType"] == "instance")
        #expect(said["\(tags).1.Tag.1.Value"] == "ours")
        #expect(said["\(tags).1.Tag.2.Value"] == "1")
        #expect(said["\(tags).3.ResourceType"] == "network-interface")
        #expect(said["\(tags).3.Tag.1.Value"] == "ours")
    }
}
