import Documents
import FoundationEssentials
import Glibc
import Provisioning
import Testing

/// Files far larger, deeper or more devious than any that is written by hand. What grows faster than the file does
/// not come to an end here: the tests do not measure time, they only have to be over.
struct LargeFileTests {
    private func parse(_ bytes: [UInt8], file: String = "t.yaml") -> (document: Document?, codes: [String]) {
        let (document, diagnostics) = Document.parse(bytes, file: file)
        return (document, codes(diagnostics))
    }

    @Test func aFileThatIsTooLargeIsRefusedUnread() throws {
        let path = "/tmp/documents-large-\(getpid()).yaml"
        let descriptor = open(path, O_CREAT | O_WRONLY, 0o600)
        try #require(descriptor >= 0)
        defer { unlink(path) }
        // A hole of a hundred terabytes, or what the file system takes: nobody could read it first.
        let isSet = ftruncate(descriptor, 100 << 40) == 0 || ftruncate(descriptor, 8 << 30) == 0
        close(descriptor)
        try #require(isSet)
        #expect(codes(Document.read(path).diagnostics) == ["file.too-large@-"])
    }

    @Test(arguments: ["t.yaml", "t.json"])
    func sixtyFourMegabytesOfOpeningBrackets(_ file: String) {
        let lists = parse([UInt8](repeating: UInt8(ascii: "["), count: 64 << 20), file: file)
        #expect(lists.document == nil && lists.codes == ["yaml.depth@1:101"])
        let maps = parse([UInt8](repeating: UInt8(ascii: "{"), count: 64 << 20), file: file)
        #expect(maps.document == nil && maps.codes.count == 1)
        let beyond = parse([UInt8](repeating: UInt8(ascii: "["), count: 64 << 20 + 1), file: file)
        #expect(beyond.codes == ["file.too-large@-"])
    }

    @Test func aHundredThousandLevelsAreRefusedInEveryStyle() {
        let count = 100_000
        let nested = [
            String(repeating: "- ", count: count) + "x", String(repeating: "[", count: count),
            String(repeating: "{a: ", count: count), String(repeating: "[{a: ", count: count),
            (0..<300).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
        ]
        for text in nested { #expect(parse(Array(text.utf8)).codes.map { $0.prefix(10) } == ["yaml.depth"]) }
        let json = String(repeating: "{\"a\":[", count: count)
        #expect(parse(Array(json.utf8), file: "t.json").codes.map { $0.prefix(10) } == ["yaml.depth"])
    }

    @Test(arguments: ["t.yaml", "t.json"])
    func hundredsOfThousandsOfKeysInOneMap(_ file: String) throws {
        // They differ in the middle only, where a quick look does not see it.
        let keys = (0..<250_000).map { "\"same-\($0 + 1_000_000)-same\":1" }.joined(separator: ",\n")
        let (document, codes) = parse(Array("{\(keys)}".utf8), file: file)
        #expect(codes.isEmpty)
        #expect(document?.root?.count == 250_000)
    }

    @Test func aMillionItemsAndAScalarOfTenMegabytes() {
        let list = parse(Array("[\(String(repeating: "x, ", count: 1_000_000))]".utf8))
        #expect(list.document?.root?.count == 1_000_000 && list.codes.isEmpty)
        let scalar = String(repeating: "0123456789", count: 1 << 20)
        for text in ["a: \(scalar)", "a: '\(scalar)'", "a: |\n  \(scalar)\n", "{\"a\": \"\(scalar)\"}"] {
            let (document, codes) = parse(Array(text.utf8))
            #expect(codes.isEmpty && (document?.root?["a"]?.text?.utf8.count ?? 0) >= 10 << 20)
        }
    }

    @Test func aLongMistakeIsNotRepeatedAtLength() throws {
        // In YAML a key has at most 1,024 characters, in JSON any number.
        let long = String(repeating: "long", count: 1 << 17)
        let (document, twice) = Document.parse(Array("{\"\(long)\": 1, \"\(long)\": 2}".utf8), file: "t.json")
        #expect(codes(twice).count == 1 && twice.allSatisfy { $0.message.utf8.count < 1000 })
        var reader = FieldReader(Layered(try #require(document?.root), layer: "file"), what: "template")
        _ = reader.integer("long")
        #expect(reader.finish().allSatisfy { $0.message.utf8.count < 1000 && $0.hint == nil })
    }

    @Test func manyTagDirectivesAreRefused() {
        let lines = (0..<200_000).map { "%TAG !a\($0)! tag:x\n" }.joined() + "--- x\n"
        #expect(parse(Array(lines.utf8)).codes == ["yaml.syntax@101:1"])
        let after = "x\n...\r" + (0..<200).map { "%TAG !a\($0)! tag:x\r" }.joined() + "--- x\n"
        #expect(parse(Array(after.utf8)).codes == ["yaml.syntax@103:1"])
        let text = "a: '" + String(repeating: " %TAG", count: 1000) + "'"
        #expect(parse(Array(text.utf8)).codes.isEmpty)
    }
}

extension AliasTests {
    @Test func aliasesDoNotLeadDeeperThanAFileMayBeNested() throws {
        func chain(_ count: Int) -> String {
            "a0: &a0 [x]\n" + (1..<count).map { "a\($0): &a\($0) [*a\($0 - 1)]\n" }.joined()
        }
        let (document, fine) = parse(chain(99))
        #expect(fine.isEmpty)
        #expect(Layered(try #require(document?.root), layer: "file").leaves().count == 99)
        #expect(codes(parse(chain(101)).diagnostics).first?.hasPrefix("yaml.depth@") == true)
        let deep = (1...40).map {
            "a\($0): &a\($0) \(String(repeating: "[", count: 60))*a\($0 - 1)\(String(repeating: "]", count: 60))\n"
        }
        #expect(codes(parse("a0: &a0 x\n" + deep.joined()).diagnostics).first?.hasPrefix("yaml.depth@") == true)
    }

    @Test func aBillionLaughsInEveryForm() {
        let lists =
            "a: &a [l,l,l,l,l,l,l,l,l,l]\n"
            + zip("bcdefghi", "abcdefgh").map { here, before in
                "\(here): &\(here) [\(Array(repeating: "*\(before)", count: 10).joined(separator: ","))]\n"
            }.joined()
        #expect(codes(parse(lists).diagnostics).map { $0.prefix(16) } == ["yaml.alias-limit"])
        let wide =
            "a: &a {\((0..<1000).map { "k\($0): 1" }.joined(separator: ", "))}\n"
            + "b: [" + String(repeating: "{<<: *a}, ", count: 10_000) + "]\n"
        #expect(codes(parse(wide).diagnostics).map { $0.prefix(16) } == ["yaml.alias-limit"])
        let many =
            "a: &a {\((0..<1000).map { "k\($0): 1" }.joined(separator: ", "))}\n"
            + "b: {<<: [" + String(repeating: "*a, ", count: 10_000) + "]}\n"
        #expect(codes(parse(many).diagnostics).map { $0.prefix(16) } == ["yaml.alias-limit"])
    }
}
