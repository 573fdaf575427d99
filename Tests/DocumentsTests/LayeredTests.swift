import Documents
import Provisioning
import Testing

struct LayeredTests {
    private let low = """
        region: us-east-1
        tags: {team: core, env: test}
        zones: [a, b]
        keyName: ops
        """
    private let high = """
        tags: {env: prod, owner: é}
        zones: [c]
        keyName: ~
        """

    private func layered(_ text: String, _ layer: String) throws -> Layered {
        Layered(try root(text, file: "\(layer).yaml"), layer: layer)
    }

    @Test func everyFieldKeepsTheOriginOfItsWinner() throws {
        let merged = try layered(high, "high").merged(over: layered(low, "low"))
        #expect(
            merged.leaves().map { "\($0.path) = \($0.text) <- \($0.origin)" } == [
                "region = us-east-1 <- low.yaml:1:9 (low)",
                "tags.team = core <- low.yaml:2:14 (low)",
                "tags.env = prod <- high.yaml:1:13 (high)",
                "tags.owner = é <- high.yaml:1:26 (high)",
                "zones = [c] <- high.yaml:2:8 (high)",
                "keyName = null <- high.yaml:3:10 (high)",
            ])
        #expect(merged["keyName"]?.isNull == true)
    }

    @Test func aLayerAboveAClearedMapStartsAfresh() throws {
        let merged = try layered("tags: {c: 3}", "top")
            .merged(over: layered("tags: ~", "middle").merged(over: layered("tags: {a: 1}", "low")))
        #expect(merged.leaves().map(\.path) == ["tags.c"])
    }

    @Test func valuesFromOutsideAnyFileMergeToo() throws {
        let environment = Layered(
            fields: [("region", Layered(text: "eu-west-1", origin: Origin(layer: "environment MUSTER_REGION")))],
            origin: Origin(layer: "environment"))
        let merged = environment.merged(over: try layered(low, "low"))
        #expect(merged["region"]?.text == "eu-west-1")
        #expect(merged["region"]?.origin.description == "environment MUSTER_REGION")
        #expect(merged["zones"]?.items?.compactMap(\.text) == ["a", "b"])
    }

    @Test func longMapsMergeAsShortOnesDo() throws {
        let lower = try layered((0..<300).map { "k\($0): low\n" }.joined(), "low")
        let upper = try layered((200..<400).map { "k\($0): high\n" }.joined(), "high")
        let merged = try #require(upper.merged(over: lower).fields)
        #expect(merged.count == 400)
        #expect(merged.filter { $0.value.text == "low" }.count == 200)
        #expect(merged.map(\.key) == (0..<400).map { "k\($0)" })
    }

    @Test func fieldsMeetUnderTheirOwnNames() throws {
        let names = FieldNames([["machine_image", "image_id", "imageId"], "tags", ["key_name", "keyName"]])
        let lower = try layered("imageId: ami-1\nkeyName: ops\nwhat: 1", "low").underOwnNames(names)
        let upper = try layered("image_id: ami-2", "high").underOwnNames(names)
        #expect(lower.diagnostics.isEmpty && upper.diagnostics.isEmpty)
        let fields = try #require(upper.map.merged(over: lower.map).fields)
        #expect(fields.map(\.key) == ["machine_image", "key_name", "what"])
        #expect(fields.map(\.writtenKey) == ["image_id", "keyName", "what"])
        #expect(fields[0].value.text == "ami-2")
    }

    @Test func twoNamesForOneFieldMayAgreeButNotDiffer() throws {
        let names = FieldNames([["subnet_ids", "subnets"]])
        #expect(try layered("subnets: [a]\nsubnet_ids: [a]", "x").underOwnNames(names).diagnostics.isEmpty)
        let differing = try layered("subnets: [a]\nsubnet_ids: [b]", "x").underOwnNames(names).diagnostics
        #expect(codes(differing) == ["field.clash@2:1"])
        #expect(differing[0].hint == "keep one; the other is at x.yaml:1:10")
    }

    @Test func listsOfMapsAreListedOneByOne() throws {
        let leaves = try layered("a: [{b: 1}, {b: 2, c: []}]\nd: {}", "x").leaves()
        #expect(leaves.map { "\($0.path)=\($0.text)" } == ["a[0].b=1", "a[1].b=2", "a[1].c=[]", "d={}"])
    }
}
