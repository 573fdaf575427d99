import CloudEmulator
import Provisioning
import Testing

/// DescribeInstances tells the truth, all of it, and only what was asked for.
@Suite struct ListingTests {
    @Test func pagesHoldEveryInstanceOnceWhateverHappensInBetween() throws {
        let cloud = try EmulatedCloud()
        var old: [String] = []
        for count in [3, 1, 7, 2, 4] { old += cloud.launch(count...count).instances }
        var seen: [String] = []
        var token: String?
        var pages = 0
        repeat {
            var parameters = ["MaxResults": "5"]
            parameters["NextToken"] = token
            let page = cloud.describe(parameters)
            #expect(page.instances.count <= 5)
            seen += page.instances
            token = page.all("nextToken").first
            pages += 1
            // Some end, and are forgotten, and new ones come.
            _ = cloud.terminate([old[pages]])
            cloud.clock.turn(.seconds(4000))
            _ = cloud.launch()
        } while token != nil && pages < 20
        #expect(Set(seen).count == seen.count)
        #expect(Set(seen).isSuperset(of: old.filter { !old[1...pages].contains($0) }))
    }

    @Test func aLastPageThatIsJustFullPromisesNoOther() throws {
        let cloud = try EmulatedCloud()
        let ids = cloud.launch(10...10).instances
        let first = cloud.describe(["MaxResults": "5"])
        #expect(first.instances == Array(ids[..<5]))
        let second = cloud.describe(["MaxResults": "5", "NextToken": first.all("nextToken")[0]])
        #expect(second.instances == Array(ids[5...]))
        #expect(second.all("nextToken").isEmpty)
    }

    @Test(arguments: ["4", "0", "1001", "x", ""]) func aPageHoldsFiveToAThousand(_ size: String) throws {
        let cloud = try EmulatedCloud()
        #expect(cloud.describe(["MaxResults": size]).code == "InvalidParameterValue")
        #expect(cloud.describe(["MaxResults": "1000"]).status == 200)
    }

    @Test func pagesAndIdsExcludeEachOther() throws {
        let cloud = try EmulatedCloud()
        let id = cloud.launch().instances[0]
        #expect(cloud.describe(["MaxResults": "5", "InstanceId.1": id]).code == "InvalidParameterCombination")
    }

    @Test(arguments: ["x", "eyJ2", "eyJ2zz", "eyJ2312e", "eyJ2312e322e33"])
    func anInventedPageTokenIsRefused(_ token: String) throws {
        let cloud = try EmulatedCloud()
        #expect(cloud.describe(["NextToken": token]).code == "InvalidParameterValue")
    }

    @Test func filtersPickByWhatInstancesAre() throws {
        let cloud = try EmulatedCloud()
        let tags = [
            "TagSpecification.1.ResourceType": "instance", "TagSpecification.1.Tag.1.Key": "muster:request",
            "TagSpecification.1.Tag.1.Value": "req-1", "TagSpecification.1.Tag.2.Key": "Name",
        ]
        let tagged = cloud.launch(2...2, token: "mine", tags).instances
        let spot = cloud.launch(
            1...1,
            [
                "InstanceMarketOptions.MarketType": "spot", "InstanceType": "c7g.large", "ImageId": "ami-00000000",
                "Placement.AvailabilityZone": "us-east-1c", "KeyName": "key",
            ]
        ).instances
        _ = cloud.terminate([tagged[1]])
        func found(_ filters: [(String, [String])]) -> [String] {
            var parameters: [String: String] = [:]
            for (f, filter) in filters.enumerated() {
                parameters["Filter.\(f + 1).Name"] = filter.0
                for (v, value) in filter.1.enumerated() { parameters["Filter.\(f + 1).Value.\(v + 1)"] = value }
            }
            return cloud.describe(parameters).instances
        }
        #expect(found([("tag:muster:request", ["req-1", "req-2"])]) == tagged)
        #expect(found([("tag:muster:request", ["req-2"])]).isEmpty)
        #expect(found([("tag:muster:request", ["*"])]) == tagged)
        #expect(found([("tag:muster:request", ["r?q-*1"])]) == tagged)
        #expect(found([("tag:muster:request", ["r?q"])]).isEmpty)
        #expect(found([("tag-key", ["Name"])]) == tagged)
        #expect(found([("tag-value", ["req-1"])]) == tagged)
        #expect(found([("client-token", ["mine"])]) == tagged)
        #expect(found([("instance-state-name", ["shutting-down", "terminated"])]) == [tagged[1]])
        #expect(found([("instance-state-code", ["0"])]) == [tagged[0]] + spot)
        #expect(found([("instance-lifecycle", ["spot"])]) == spot)
        #expect(found([("instance-type", ["c7g.*"])]) == spot)
        #expect(found([("architecture", ["arm64"])]) == spot)
        #expect(found([("image-id", ["ami-00000000"])]) == spot)
        #expect(found([("availability-zone", ["us-east-1c"]), ("key-name", ["key"])]) == spot)
        #expect(found([("instance-id", [tagged[0], spot[0]])]) == [tagged[0]] + spot)
        #expect(found([("client-token", ["mine"]), ("instance-state-name", ["pending"])]) == [tagged[0]])
    }

    @Test func aFilterThatDoesNotExistIsRefused() throws {
        let cloud = try EmulatedCloud()
        let answer = cloud.describe(["Filter.1.Name": "tags:x", "Filter.1.Value.1": "y"])
        #expect(answer.code == "InvalidParameterValue")
        #expect(answer.message == "The filter 'tags:x' is invalid")
    }

    @Test func aTextSurvivesTheWayThroughTheWire() throws {
        let cloud = try EmulatedCloud()
        let value = "a<b>&\"'é\n\t%+ ✓"
        _ = cloud.launch(
            1...1,
            [
                "TagSpecification.1.ResourceType": "instance", "TagSpecification.1.Tag.1.Key": "k",
                "TagSpecification.1.Tag.1.Value": value,
            ])
        #expect(cloud.describe().all("value") == ["a&lt;b&gt;&amp;\"'é&#xA;&#x9;%+ ✓"])
        #expect(cloud.describe(["Filter.1.Name": "tag:k", "Filter.1.Value.1": value]).instances.count == 1)
    }

    @Test func aRegionSeesItsOwnAlone() throws {
        let cloud = try EmulatedCloud()
        let here = cloud.launch(2...2).instances
        let there = cloud.launch(1...1, in: "eu-west-1").instances
        #expect(cloud.describe().instances == here)
        #expect(cloud.describe(in: "eu-west-1").instances == there)
        #expect(cloud.describe(in: "eu-west-1").all("availabilityZone")[0].hasPrefix("eu-west-1"))
    }
}
