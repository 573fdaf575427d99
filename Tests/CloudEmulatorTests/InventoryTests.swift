import Cloud
import CloudEmulator
import FoundationEssentials
import Provisioning
import Testing

/// What is there from the start, as its callers see it.
@Suite struct InventoryTests {
    private let cloud: EmulatedCloud

    init() throws { cloud = try EmulatedCloud() }

    private func filter(_ name: String, _ values: String...) -> [String: String] {
        var parameters = ["Filter.1.Name": name]
        for (index, value) in values.enumerated() { parameters["Filter.1.Value.\(index + 1)"] = value }
        return parameters
    }

    @Test func imagesAreFoundByIdOwnerAndFilter() {
        let all = cloud.call("DescribeImages")
        #expect(all.all("imageId") == Inventory.images.map(\.id))
        #expect(all.all("imageState").allSatisfy { $0 == "available" })
        let one = cloud.call("DescribeImages", ["ImageId.1": "ami-0c7217cdde317cfec"])
        #expect(one.all("architecture") == ["x86_64"])
        for owner in ["amazon", "137112412989"] {
            #expect(cloud.call("DescribeImages", ["Owner.1": owner]).all("imageId").count == 5)
        }
        #expect(cloud.call("DescribeImages", ["Owner.1": "self"]).all("imageId").isEmpty)
        #expect(cloud.call("DescribeImages", filter("architecture", "arm64")).all("imageId").count == 4)
        #expect(cloud.call("DescribeImages", filter("name", "*noble*", "*jammy-??.04-a*64*")).all("imageId").count == 4)
        #expect(cloud.call("DescribeImages", filter("colour", "red")).code == "InvalidParameterValue")
        #expect(cloud.call("DescribeImages", ["ImageId.1": "ami-00000000"]).code == "InvalidAMIID.NotFound")
        #expect(cloud.call("DescribeImages", ["ImageId.1": "ami-1"]).code == "InvalidAMIID.Malformed")
    }

    @Test func everyListingComesInPages() {
        for (action, size, element, more) in [
            ("DescribeImages", 4, "imageId", [:]), ("DescribeSubnets", 5, "subnetId", [:]),
            ("DescribeInstanceTypes", 50, "instanceType", [:]),
            (
                "DescribeInstanceTypeOfferings", 500, "location",
                ["LocationType": "availability-zone"]
            ),
        ] {
            let whole = cloud.call(action, more).all(element)
            var found: [String] = [], cursor: String?, pages = 0
            repeat {
                var parameters = more.merging(["MaxResults": "\(size)"]) { mine, _ in mine }
                parameters["NextToken"] = cursor
                let page = cloud.call(action, parameters)
                #expect(page.status == 200)
                found += page.all(element)
                cursor = page.all("nextToken").first
                pages += 1
            } while cursor != nil && pages < 50
            #expect(found == whole)
            #expect(pages == (whole.count + size - 1) / size)
            #expect(pages > 1)
            #expect(cloud.call(action, ["NextToken": "invented"]).code == "InvalidParameterValue")
            #expect(cloud.call(action, ["MaxResults": "100000"]).code == "InvalidParameterValue")
            #expect(cloud.call(action, ["DryRun": "true"]).code == "DryRunOperation")
        }
    }

    @Test func everyZoneHasItsSubnet() throws {
        let answer = cloud.call("DescribeSubnets")
        #expect(answer.all("availabilityZone").count == 6)
        #expect(Set(answer.all("vpcId")) == [Inventory.network])
        let ids = answer.all("subnetId")
        for (id, zone) in zip(ids, answer.all("availabilityZone")) {
            // An instance that names it lands there, and one that names the zone lands in it.
            #expect(cloud.launch(1...1, ["SubnetId": id]).all("availabilityZone") == [zone])
            #expect(cloud.launch(1...1, ["Placement.AvailabilityZone": zone]).all("subnetId") == [id])
        }
        let filtered = cloud.call("DescribeSubnets", filter("subnet-id", ids[0], "subnet-00000000"))
        #expect(filtered.all("subnetId") == [ids[0]])
        #expect(cloud.call("DescribeSubnets", ["SubnetId.1": "subnet-00000000"]).code == "InvalidSubnetID.NotFound")
    }

    @Test func groupsAndKeysAreFoundOrNot() {
        #expect(cloud.call("DescribeSecurityGroups").all("groupId") == [Inventory.securityGroup])
        #expect(cloud.call("DescribeSecurityGroups", ["GroupName.1": "default"]).status == 200)
        #expect(cloud.call("DescribeSecurityGroups", ["GroupId.1": "sg-00000000"]).code == "InvalidGroup.NotFound")
        #expect(cloud.call("DescribeSecurityGroups", filter("group-id", "sg-00000000")).all("groupId").isEmpty)
        #expect(cloud.call("DescribeKeyPairs").all("keyName") == ["demo"])
        #expect(cloud.call("DescribeKeyPairs", ["KeyName.1": "lost"]).code == "InvalidKeyPair.NotFound")
        #expect(cloud.call("DescribeKeyPairs", filter("key-name", "lost")).all("keyName").isEmpty)
    }

    @Test func aTypeThatCanBeLaunchedIsListedWhenItIsAskedFor() throws {
        try cloud.emulator.change { world in
            for market in Market.allCases {
                world.limits.unoffered.insert(.init(type: "u7i-12tb.224xlarge", zone: "us-east-1a", market: market))
            }
        }
        let zones = cloud.call(
            "DescribeInstanceTypeOfferings",
            filter("instance-type", "u7i-12tb.224xlarge", "huge").merging(["LocationType": "availability-zone"]) { $1 })
        #expect(Set(zones.all("instanceType")) == ["u7i-12tb.224xlarge"])
        #expect(zones.all("location") == ["b", "c", "d", "e", "f"].map { "us-east-1\($0)" })
        let types = cloud.call("DescribeInstanceTypes", ["InstanceType.1": "m7g.large", "InstanceType.2": "t3.micro"])
        #expect(types.all("instanceType") == ["m7g.large", "t3.micro"])
        #expect(types.text.contains("<supportedArchitectures><item>arm64</item></supportedArchitectures>"))
        #expect(cloud.call("DescribeInstanceTypes", ["InstanceType.1": "huge"]).code == "InvalidInstanceType")
        #expect(
            cloud.call("DescribeInstanceTypeOfferings", ["LocationType": "moon"]).code == "InvalidParameterValue")
    }

    // MARK: Systems Manager and IAM

    private func send(
        _ service: String, target: String? = nil, body: String, region: String = "us-east-1", secret: String? = nil
    ) -> HTTPResponse {
        let type = target == nil ? "application/x-www-form-urlencoded" : "application/x-amz-json-1.1"
        var headers = [HTTPHeader("Content-Type", type)]
        if let target { headers.append(HTTPHeader("X-Amz-Target", target)) }
        let plain = HTTPRequest(
            method: "POST", endpoint: Endpoint(scheme: .https, host: "\(service).amazonaws.com"), headers: headers,
            body: Array(body.utf8))
        let demo = EmulatorCredential.demo
        let credentials = AWSCredentials(
            accessKeyID: demo.accessKeyID, secretAccessKey: secret.map { Secret($0) } ?? demo.secret, source: "test")
        return cloud.emulator.handle(
            SigV4.sign(plain, with: credentials, region: region, service: service, at: cloud.clock.now))
    }

    private func parameter(_ body: String, target: String = "AmazonSSM.GetParameter", secret: String? = nil) -> String {
        String(decoding: send("ssm", target: target, body: body, secret: secret).body, as: UTF8.self)
    }

    @Test func aPublicParameterStandsForAnImage() {
        for (name, id) in Inventory.parameters {
            let answer = parameter(#"{"Name": "\#(name)"}"#)
            #expect(answer.contains(#""Value":"\#(id)""#), "\(answer)")
            #expect(Inventory.images.contains { $0.id == id })
        }
        #expect(parameter(#"{"Name": "/none"}"#).contains("ParameterNotFound"))
        #expect(parameter("[]").contains("SerializationException"))
        #expect(parameter("{}", target: "AmazonSSM.PutParameter").contains("UnknownOperationException"))
        #expect(parameter(#"{"Name": "/none"}"#, secret: "guessed").contains("InvalidSignatureException"))
    }

    @Test func theInstanceProfileIsThereForWhoeverSignsForTheRightRegion() {
        func ask(_ name: String, region: String = "us-east-1", secret: String? = nil) -> (status: Int, text: String) {
            let body = "Action=GetInstanceProfile&Version=2010-05-08&InstanceProfileName=\(name)"
            let answer = send("iam", body: body, region: region, secret: secret)
            return (answer.status, String(decoding: answer.body, as: UTF8.self))
        }
        #expect(ask("demo").text.contains("<Arn>arn:aws:iam::000000000000:instance-profile/demo</Arn>"))
        #expect(ask("nobody").status == 404)
        #expect(ask("nobody").text.contains("<Code>NoSuchEntity</Code>"))
        #expect(ask("demo", region: "eu-west-1").text.contains("<Code>SignatureDoesNotMatch</Code>"))
        #expect(ask("demo", secret: "guessed").text.contains("<Code>SignatureDoesNotMatch</Code>"))
    }

    @Test func aFaultSpeaksTheLanguageOfItsService() throws {
        try cloud.emulator.change {
            $0.faults = [.init(.refuse(code: "AccessDenied", message: "no", status: 400), on: "GetParameter")]
        }
        #expect(parameter(#"{"Name": "/none"}"#).contains(#""__type":"AccessDenied""#))
    }
}
