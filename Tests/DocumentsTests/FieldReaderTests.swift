import Documents
import Provisioning
import Testing

struct FieldReaderTests {
    private func reader(_ text: String) throws -> FieldReader {
        FieldReader(Layered(try root(text), layer: "test"), what: "account")
    }

    @Test func theFieldDecidesHowItsTextIsRead() throws {
        var reader = try reader(
            """
            name: no
            mode: 0777
            ratio: 1e3
            count: 12
            least: -3
            open: true
            wait: 1h30m
            zones: a, b ,c
            ports: [80, 443]
            tags: {a: 1, b: yes, c: ~}
            gone: ~
            """)
        #expect(reader.string("name") == "no")
        #expect(reader.string("mode") == "0777")
        #expect(reader.number("ratio") == 1000)
        #expect(reader.integer("count", in: 1...20) == 12)
        #expect(reader.integer("least") == -3)
        #expect(reader.boolean("open") == true)
        #expect(reader.duration("wait") == .seconds(5400))
        #expect(reader.strings("zones", splittingAt: ",") == ["a", "b", "c"])
        #expect(reader.strings("zones") == ["a, b ,c"])
        #expect(reader.strings("ports") == ["80", "443"])
        #expect(reader.texts("tags") == ["a": "1", "b": "yes"])
        #expect(reader.string("gone") == nil)
        #expect(reader.finish().isEmpty)
    }

    @Test func wrongTypesAreReportedAtTheValue() throws {
        var reader = try reader(
            "a: yes\nb: 0777\nc: 1e3\nd: ten\ne: [1]\nf: {x: 1}\ng: 90\nh: [[]]\ni: 1\nj: off\nk: nan\nl: 1_000\n")
        #expect(reader.boolean("a") == nil)
        #expect(reader.integer("b") == nil)
        #expect(reader.integer("c") == nil)
        #expect(reader.integer("d") == nil)
        #expect(reader.string("e") == nil)
        #expect(reader.strings("f") == nil)
        #expect(reader.duration("g") == nil)
        #expect(reader.strings("h") == nil)
        #expect(reader.entries("i") == nil)
        #expect(reader.boolean("j") == nil)
        #expect(reader.number("k") == nil)
        #expect(reader.integer("l") == nil)
        let found = reader.finish()
        #expect(
            codes(found) == [
                "field.type@1:4", "field.type@2:4", "field.type@3:4", "field.type@4:4", "field.type@5:4",
                "field.type@6:4", "field.type@7:4", "field.type@8:5", "field.type@9:4", "field.type@10:4",
                "field.type@11:4", "field.type@12:4",
            ])
        #expect(found[0].message == "`a` must be `true` or `false`, not `yes`")
        #expect(found[0].hint == "write `true`")
        #expect(found[1].hint == "write it without the leading `0`")
        #expect(found[9].hint == "write `false`")
    }

    @Test func rangesAreKept() throws {
        var reader = try reader("a: 0\nb: 99999999999999999999\nc: 7.5\nd: spott\n")
        #expect(reader.integer("a", in: 1...9) == nil)
        #expect(reader.integer("b") == nil)
        #expect(reader.number("c", in: 0...1) == nil)
        #expect(reader.choice("d", of: ["spot": 1, "ondemand": 2]) == nil)
        let found = reader.finish()
        #expect(codes(found) == ["field.range@1:4", "field.range@2:4", "field.range@3:4", "field.range@4:4"])
        #expect(found[0].message == "`a` must be from 1 to 9, not `0`")
        #expect(found[3].hint == "did you mean `spot`?")
    }

    @Test func aMissingFieldIsReportedOnceAndOnlyIfMissing() throws {
        var reader = try reader("wrong: [1]\ncleared: ~\n")
        #expect(reader.required("absent") { $0.string($1) } == nil)
        #expect(reader.required("wrong") { $0.string($1) } == nil)
        #expect(reader.required("cleared") { $0.string($1) } == nil)
        #expect(codes(reader.finish()) == ["field.missing@1:1", "field.type@1:8", "field.missing@2:1"])
    }

    @Test func aKeyNobodyReadIsReportedWithASuggestion() throws {
        var reader = try reader("regoin: x\nname: y\n")
        _ = reader.string("name")
        _ = reader.string(["region", "regionName"])
        let found = reader.finish()
        #expect(codes(found) == ["account.unknown-key@1:1"])
        #expect(found[0].message == "`regoin` is not an account key")
        #expect(found[0].hint == "did you mean `region`?")
    }

    @Test func twoNamesForOneFieldMayNotDiffer() throws {
        var reader = try reader("image_id: a\nimageId: b\nkey: c\nkeyName: c\n")
        #expect(reader.string(["machine_image", "image_id", "imageId"]) == "a")
        #expect(reader.string(["key", "keyName"]) == "c")
        #expect(codes(reader.finish()) == ["field.clash@2:1"])
    }

    @Test func nestedMapsReportWithTheirParent() throws {
        var reader = try reader("proxy: {host: h, prot: 1}\n")
        let host = reader.nested("proxy", what: "proxy") { proxy in
            _ = proxy.integer("port")
            return proxy.string("host")
        }
        #expect(host == "h")
        #expect(codes(reader.finish()) == ["proxy.unknown-key@1:18"])
    }

    @Test func whatIsNoMapIsReported() throws {
        var list = try reader("- a\n")
        #expect(codes(list.finish()) == ["field.type@1:1"])
        var nothing = try reader("~")
        #expect(nothing.finish().isEmpty)
    }

    @Test func whatStandsInNoFileIsReportedWithItsLayer() {
        let value = Layered(text: "x", origin: Origin(layer: "environment MUSTER_COUNT"))
        let map = Layered(fields: [("count", value)], origin: Origin(layer: "environment"))
        var reader = FieldReader(map, what: "setting")
        #expect(reader.integer("count") == nil)
        #expect(
            reader.finish().map(\.message) == ["`count` must be a whole number, not `x` (environment MUSTER_COUNT)"])
    }
}
