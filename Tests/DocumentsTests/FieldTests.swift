import Documents
import Provisioning
import Testing

struct FieldTests {
    private func layered(_ text: String, _ layer: String) throws -> Layered {
        Layered(try root(text, file: "\(layer).yaml"), layer: layer)
    }

    @Test func aFieldKeepsItsKeyWhereItsValueIsFromAnotherFile() throws {
        let names = FieldNames([["tags", "instance_tags"]])
        let upper = try layered("# above\ninstance_tags: {}", "high").underOwnNames(names).map
        let lower = try layered("tags: {team: core}", "low").underOwnNames(names).map
        let field = try #require(upper.merged(over: lower).fields?.first)
        #expect(field.key == "tags" && field.writtenKey == "instance_tags")
        #expect(field.keyPlace?.description == "high.yaml:2:1")
        #expect(field.value.origin.description == "low.yaml:1:7 (low)")
        #expect(field.value["team"]?.origin.description == "low.yaml:1:14 (low)")
    }

    @Test func aFieldKeepsItsKeyWhereItsValueIsReplaced() throws {
        let value = Layered(text: "x", origin: Origin(layer: "flag --a"))
        let map = try layered("b: 1\na: 2", "file").merged(over: layered("c: 3", "below")).setting("a", to: value)
        let field = try #require(map.fields?.first { $0.key == "a" })
        #expect(field.writtenKey == "a" && field.keyPlace?.description == "file.yaml:2:1")
        #expect(field.value.text == "x" && field.value.origin.description == "flag --a")
    }

    @Test func aKeyWrittenAsAnAliasIsTheKeyItNames() throws {
        let map = try layered("a: &k region\nb: {*k : eu-west-1}", "file")
        let field = try #require(map["b"]?.fields?.first)
        #expect(field.key == "region" && field.value.text == "eu-west-1")
        #expect(field.keyPlace?.description == "file.yaml:1:4")
    }

    /// Of sixty names several share the last digits of their digests, and so do most of those that are not there.
    @Test(arguments: [1, 60, 64, 65, 200])
    func everyFieldIsFoundAndNoOther(_ count: Int) throws {
        let text = (0..<count).map { "key_\($0): value \($0)\n" }.joined()
        var reader = FieldReader(try layered(text, "file"), what: "thing")
        for number in 0..<count {
            #expect(reader.string(["absent_\(number)", "key_\(number)"]) == "value \(number)")
            #expect(reader.string(["absent \(number)", "key_\(count + number)"]) == nil)
        }
        #expect(reader.finish() == [])
    }

    @Test func twoNamesOfOneFieldMustAgree() throws {
        var same = FieldReader(try layered("zone: a\nzones: a", "file"), what: "thing")
        #expect(same.string(["zone", "zones"]) == "a" && same.finish() == [])
        var differing = FieldReader(try layered("zones: b\nzone: a", "file"), what: "thing")
        #expect(differing.string(["zone", "zones"]) == "a")
        #expect(differing.finish().map { "\($0.code) \($0.place?.line ?? 0)" } == ["field.clash 1"])
    }

    @Test func aReaderThatIsToldItsNamesSuggestsThose() throws {
        let map = try layered("colour: red\nzoen: a", "file")
        var told = FieldReader(map, what: "thing", among: ["size", "color"])
        _ = told.string("zone")
        #expect(told.finish().map(\.hint) == ["did you mean `color`?", nil])
        var asking = FieldReader(map, what: "thing")
        _ = asking.string("zone")
        #expect(asking.finish().map(\.hint) == [nil, "did you mean `zone`?"])
    }

    @Test func anEmptyKeyIsAKey() throws {
        let map = try layered("\"\": a\nb: \"\"", "file")
        #expect(map[""]?.text == "a" && map["b"]?.text == "" && map["c"] == nil)
        #expect(map["b"]?.isNull == false)
    }
}

struct MentionTests {
    @Test(arguments: [
        ("a: ${x}", true), ("a: [1, 'b${']", true), ("a: {b: '$$${'}", true), ("'${x}': b", false), ("a: $x{", false),
        ("a: 'b$'", false), ("a: ''", false), ("a:", false),
    ])
    func aMarkIsFoundInWhateverHoldsIt(_ text: String, _ isThere: Bool) throws {
        let map = Layered(try root(text), layer: "file")
        #expect(map.mentions("${") == isThere)
        let values = (map.fields ?? []).compactMap(\.value.text)
        let made = Layered(
            items: values.map { Layered(text: $0, origin: Origin(layer: "test")) }, origin: Origin(layer: "test"))
        #expect(made.mentions("${") == values.contains { $0.contains("${") })
    }
}
