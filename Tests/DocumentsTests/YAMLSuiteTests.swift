import Documents
import FoundationEssentials
import Testing

/// The public YAML test suite, where somebody has it: `MUSTER_YAML_SUITE` names a checkout of its branch `data`
/// (https://github.com/yaml/yaml-test-suite). Not part of this repository.
struct YAMLSuiteTests {
    private static let folder = ProcessInfo.processInfo.environment["MUSTER_YAML_SUITE"]

    private struct Case {
        var id: String
        var yaml: [UInt8]
        var json: [UInt8]?
        var isError: Bool
    }

    @Test(.enabled(if: folder != nil, "MUSTER_YAML_SUITE names no folder"))
    func everyCaseIsReadAsTheSuiteSaysOrRefusedForAKnownReason() throws {
        let cases = try self.cases()
        try #require(cases.count > 300)
        var surprises: [String] = []
        let known = Self.known.reduce(into: [String: Outcome]()) { known, group in
            for id in group.cases.split(whereSeparator: \.isWhitespace) { known[String(id)] = group.outcome }
        }
        for one in cases {
            let (document, diagnostics) = Document.parse(one.yaml, file: "\(one.id).yaml")
            let outcome: Outcome
            if diagnostics.hasErrors {
                if diagnostics.contains(where: { $0.place == nil }) {
                    surprises.append("\(one.id): said without a place")
                }
                outcome = one.isError ? .asTold : .refused
            } else if one.isError {
                outcome = .accepted
            } else if let json = one.json, let wanted = Document.parse(json, file: "in.json").document {
                outcome = said(wanted.root) == said(document?.root) ? .asTold : .different
            } else {
                outcome = .asTold
            }
            let expected = known[one.id] ?? .asTold
            if outcome != expected {
                let told = diagnostics.first.map { "\($0)" } ?? said(document?.root)
                surprises.append("\(one.id): \(outcome), not \(expected): \(told)")
            }
        }
        #expect(surprises == [], "\(surprises.joined(separator: "\n"))")
        #expect(Set(known.keys).subtracting(cases.map(\.id)) == [])
    }

    private enum Outcome { case asTold, refused, accepted, different }

    /// Where we part from the suite, and why.
    private static let known: [(outcome: Outcome, reason: String, cases: String)] = [
        (
            .accepted, "libyaml lets it pass; what it reads is what was meant",
            "9C9N 9JBA CVW2 DK95/01 G5U8 MUS6/00 QB6E S98Z SU5Z X4QW Y79Y/003 YJV2"
        ),
        (
            .different, "libyaml takes `?x` in `{}` for a key after `? `",
            "652Z HM87/01"
        ),
        (
            .different, "libyaml adds the line break that is missing at the end",
            "JEF9/02 L24T/01"
        ),
        (
            .different, "libyaml ends a name at the colon",
            "Y2GN"
        ),
        (
            .refused, "a tag that is not of the core",
            "2XXW 565N 5TYM 6CK3 6WLZ 7FWL 9WXW C4HZ CC74 CUP7 J7PZ M5C3 P76L UGM3 Z67P Z9M4"
        ),
        (
            .refused, "libyaml wants a space, or the same line, around a colon in `{}` and `[]`",
            "4ABK 4MUZ/00 4MUZ/01 4MUZ/02 58MP 5MUD 5T43 9SA2 CFD4 DBG4 FRK4 HM87/00 K3WX NJ66 UT92 VJP3/01"
        ),
        (
            .refused, "a key is a list or a map",
            "4FJ6 6BFJ 6PBE 9MMW KK5P LX3P M2N8/00 M2N8/01 M5DY Q9WF RZP5 SBG9 V9D5 X38W XW4D"
        ),
        (
            .refused, "it holds several documents",
            "35KP 6XDY 6ZKB 7Z25 9DXL 9KAX JHB9 KSS4 L383 M7A3 PUW8 RZT7 U9NS W4TN"
        ),
        (
            .refused, "libyaml takes fewer tabs",
            "6BCT 6CA3 96NN/00 96NN/01 A2M4 DK95/00 DK95/03 DK95/04 Q5MG R4YG Y79Y/001 Y79Y/010"
        ),
        (
            .refused, "libyaml does not take a colon with nothing before it",
            "2JQS 6M2F NHX8 NKF9 S3PD SM9W/01 UKK6/00"
        ),
        (
            .refused, "libyaml knows no directive or version but those of 1.1 and 1.2",
            "2LFX 6LVF BEC7 MUS6/05 MUS6/06"
        ),
        (
            .refused, "libyaml takes letters, digits, `-` and `_` in a name",
            "2SXE 8XYN W5VH"
        ),
        (
            .refused, "libyaml wants text under `---` indented",
            "DK3J FP8R"
        ),
        (
            .refused, "libyaml does not take an end without a beginning",
            "HWV9 QT73"
        ),
    ]

    private func said(_ node: Node?) -> String {
        guard let node else { return "null" }
        return switch node.kind {
        case .scalar: node.isNull ? "null" : node.text.debugDescription
        case .list: "[" + node.items.map(said).joined(separator: ", ") + "]"
        case .map:
            "{" + node.fields.map { "\($0.key.debugDescription): \(said($0.value))" }.sorted().joined(separator: ", ")
                + "}"
        }
    }

    private func cases() throws -> [Case] {
        let files = FileManager.default
        let folder = Self.folder ?? ""
        var cases: [Case] = []
        func add(_ id: String) throws {
            let path = "\(folder)/\(id)"
            guard files.fileExists(atPath: "\(path)/in.yaml") else { return }
            func read(_ name: String) throws -> [UInt8] {
                try [UInt8](Data(contentsOf: URL(filePath: "\(path)/\(name)")))
            }
            let json = files.fileExists(atPath: "\(path)/in.json") ? try read("in.json") : nil
            cases.append(
                Case(id: id, yaml: try read("in.yaml"), json: json, isError: files.fileExists(atPath: "\(path)/error")))
        }
        for name in try files.contentsOfDirectory(atPath: folder).sorted()
        where name.allSatisfy({ $0.isUppercase || $0.isNumber }) {
            try add(name)
            for part in try files.contentsOfDirectory(atPath: "\(folder)/\(name)").sorted() {
                try add("\(name)/\(part)")
            }
        }
        return cases
    }
}
