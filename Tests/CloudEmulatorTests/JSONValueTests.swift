import CloudEmulator
import Testing

/// The emulator's own reader and writer of JSON.
@Suite struct JSONValueTests {
    private func read(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test(arguments: [
        "null", "true", "false", "0", "-7", "9007199254740993", "1.5", "\"\"", "[]", "{}",
        #"{"b":[1,{"a":null}],"a":"x"}"#, #""a\"b\\c\nd\te\u0001""#, #""grüße 🌍""#,
    ]) func whatIsReadIsWrittenTheSame(_ text: String) throws {
        #expect(try read(text).text == text)
    }

    @Test func escapesAndSpacesAreRead() throws {
        #expect(try read(#" "\u00e9\ud83c\udf0d\/\b\f" "#) == .string("é🌍/\u{8}\u{c}"))
        #expect(try read("[ 1 ,\t2\r\n]") == [1, 2])
        #expect(try read("1e3") == .number(1000))
        #expect(try read("100000000000000000000") == .number(1e20))
    }

    @Test(arguments: [
        "", " ", "nul", "tru", "[1,]", "[1", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "01", "-", "1.", "1e",
        "+1", ".5", "\"", "\"\n\"", #""\x""#, #""\u12""#, #""\ud800""#, #""\ud800\u0041""#, "1 2", "1e999",
        String(repeating: "[", count: 1000),
    ]) func whatIsNoJSONIsRefused(_ text: String) {
        #expect(throws: JSONFlaw.self) { try read(text) }
    }

    @Test func whatIsNoUTF8IsRefused() {
        #expect(throws: JSONFlaw.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    }

    @Test func theOrderOfFieldsIsKeptAndMeansNothing() throws {
        let one = try read(#"{"b":1,"a":2}"#), other = try read(#"{"a":2,"b":1}"#)
        #expect(one == other)
        #expect(Set([one, other]).count == 1)
        #expect(one.text == #"{"b":1,"a":2}"#)
        #expect(one != (try read(#"{"a":2}"#)))
    }

    @Test func fieldsAreSetTakenAwayAndLookedUp() throws {
        var value: JSONValue = ["a": ["b": 1], "c": nil]
        #expect(value.object?.names == ["a"])
        value["a"]?["b"] = 2
        value["d"] = ["x", true]
        #expect(value.text == #"{"a":{"b":2},"d":["x",true]}"#)
        value["a"] = nil
        #expect(value.text == #"{"d":["x",true]}"#)
        #expect(try read(#"{"a":1,"a":2}"#)["a"] == 2)
    }
}
