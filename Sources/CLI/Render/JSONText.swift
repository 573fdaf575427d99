/// Writes values as JSON (RFC 8259), two spaces a level.
enum JSONText {
    static func document(_ value: Rendered) -> String {
        var text = ""
        write(value, indent: 0, to: &text)
        text.append("\n")
        return text
    }

    private static func write(_ value: Rendered, indent: Int, to text: inout String) {
        switch value {
        case .null: text += "null"
        case .boolean(let claim): text += claim ? "true" : "false"
        case .integer(let number): text += String(number)
        // JSON has no other numbers.
        case .number(let number): text += number.isFinite ? "\(number)" : "null"
        case .text(let string): quote(string, to: &text)
        case .list(let items):
            bracket("[", items, "]", indent, to: &text) { write($0, indent: indent + 2, to: &$1) }
        case .object(let fields):
            bracket("{", fields, "}", indent, to: &text) { field, text in
                quote(field.key, to: &text)
                text += ": "
                write(field.value, indent: indent + 2, to: &text)
            }
        }
    }

    private static func bracket<Element>(
        _ open: String, _ elements: [Element], _ close: String, _ indent: Int, to text: inout String,
        _ body: (Element, inout String) -> Void
    ) {
        text += open
        for (number, element) in elements.enumerated() {
            text += number == 0 ? "\n" : ",\n"
            text += String(repeating: " ", count: indent + 2)
            body(element, &text)
        }
        if !elements.isEmpty { text += "\n" + String(repeating: " ", count: indent) }
        text += close
    }

    /// A string between quotes, with every control character escaped, DEL among them: it may be read on a terminal.
    static func quote(_ string: String, to text: inout String) {
        text.append("\"")
        defer { text.append("\"") }
        if string.needsNoEscape {
            text += string
            return
        }
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) || scalar.isLineBreak:
                text += escape(scalar)
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension String {
    /// Nearly all text is ASCII without anything special in it.
    fileprivate var needsNoEscape: Bool {
        var text = self
        return text.withUTF8 { bytes in
            for byte in bytes where byte < 0x20 || byte >= 0x7f || byte == 0x22 || byte == 0x5c { return false }
            return true
        }
    }
}

extension Unicode.Scalar {
    /// The line and paragraph separators, which are line ends to some readers of JSON and YAML.
    fileprivate var isLineBreak: Bool { value == 0x2028 || value == 0x2029 }
}
