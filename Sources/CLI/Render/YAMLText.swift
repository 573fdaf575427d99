/// Writes values as YAML that means the same to a reader of YAML 1.1 and of 1.2.
///
/// Text stands plain only where no reader could take it for anything else; otherwise between double quotes with
/// JSON's escapes, which YAML reads alike.
enum YAMLText {
    static func document(_ value: Rendered) -> String {
        var text = ""
        write(value, indent: 0, to: &text)
        return text
    }

    /// Writes a value that begins on a line of its own.
    private static func write(_ value: Rendered, indent: Int, to text: inout String) {
        let margin = String(repeating: " ", count: indent)
        switch value {
        case .object(let fields) where !fields.isEmpty:
            for field in fields {
                text += margin + scalar(field.key) + ":"
                writeAfterKey(field.value, indent: indent, to: &text)
            }
        case .list(let items) where !items.isEmpty:
            for item in items {
                text += margin + "-"
                writeAfterDash(item, indent: indent, to: &text)
            }
        default: text += margin + inline(value) + "\n"
        }
    }

    private static func writeAfterKey(_ value: Rendered, indent: Int, to text: inout String) {
        if value.isNested {
            text += "\n"
            write(value, indent: indent + 2, to: &text)
        } else {
            text += " " + inline(value) + "\n"
        }
    }

    /// The first field of a map stands beside the dash.
    private static func writeAfterDash(_ value: Rendered, indent: Int, to text: inout String) {
        guard value.isNested else {
            text += " " + inline(value) + "\n"
            return
        }
        var inner = ""
        write(value, indent: indent + 2, to: &inner)
        text += " " + inner.dropFirst(indent + 2)
    }

    private static func inline(_ value: Rendered) -> String {
        switch value {
        case .null: "null"
        case .boolean(let claim): claim ? "true" : "false"
        case .integer(let number): String(number)
        case .number(let number): self.number(number)
        case .text(let string): scalar(string)
        case .list: "[]"
        case .object: "{}"
        }
    }

    /// YAML 1.1 takes `1e+20` for text: its numbers with an exponent have a point.
    private static func number(_ number: Double) -> String {
        if number.isNaN { return ".nan" }
        if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
        let text = "\(number)"
        guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
        return text[..<exponent] + ".0" + text[exponent...]
    }

    private static func scalar(_ string: String) -> String {
        if isPlain(string) { return string }
        var text = ""
        JSONText.quote(string, to: &text)
        return text
    }

    /// Begins with a letter, holds nothing that ends or begins anything in YAML, and is none of the words that mean
    /// something else, such as `no`.
    private static func isPlain(_ string: String) -> Bool {
        guard let first = string.utf8.first, isLetter(first), !words.contains(string.lowercased()) else { return false }
        return string.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || "-_./".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

    private static let words: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
}

extension Rendered {
    /// Whether it takes lines of its own.
    fileprivate var isNested: Bool {
        switch self {
        case .object(let fields): !fields.isEmpty
        case .list(let items): !items.isEmpty
        case .text, .integer, .number, .boolean, .null: false
        }
    }
}
