import Documents
import Testing

struct AliasTests {
    @Test func anAliasIsTheValueItNames() throws {
        let map = try root("a: &x {b: [1, 2]}\nc: *x\nd: [*x, *x]\n")
        #expect(map["c"]?["b"]?.items.map(\.text) == ["1", "2"])
        #expect(map["d"]?.items.map { $0["b"]?.count } == [2, 2])
        #expect(map["c"]?["b"]?.place.line == 1)
    }

    @Test func aMergeKeyFillsInWhatTheMapHasNotItself() throws {
        let map = try root(
            """
            base: &base {a: 1, b: 2}
            more: &more {b: 3, c: 4}
            one: {<<: *base, b: 9}
            two: {z: 0, <<: [*base, *more]}
            nested: &nested {<<: *more, d: 5}
            three: {<<: *nested}
            quoted: {"<<": 1}
            """)
        func read(_ key: String) -> [String] { map[key]?.fields.map { "\($0.key)=\($0.value.text ?? "")" } ?? [] }
        #expect(read("one") == ["b=9", "a=1"])
        #expect(read("two") == ["z=0", "a=1", "b=2", "c=4"])
        #expect(read("three") == ["d=5", "b=3", "c=4"])
        #expect(read("quoted") == ["<<=1"])
        #expect(read("base") == ["a=1", "b=2"])
        #expect(map.fields.map(\.key) == ["base", "more", "one", "two", "nested", "three", "quoted"])
    }

    @Test func anExplodingFileIsRefusedBeforeItExplodes() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let before = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(before)]\n"
        }
        #expect(codes(parse(text).diagnostics).first?.hasPrefix("yaml.alias-limit@") == true)
    }

    @Test func mergeKeysCannotExplodeEither() {
        var text = "a0: &a0 {x: [1, 2, 3, 4, 5]}\n"
        for level in 1...40 {
            text += "a\(level): &a\(level) {<<: *a\(level - 1), l\(level): *a\(level - 1), r\(level): *a\(level - 1)}\n"
        }
        #expect(codes(parse(text).diagnostics).first?.hasPrefix("yaml.alias-limit@") == true)
    }
}
