extension Written {
    /// As JSON: maps a field a line, lists of words on one line.
    ///
    /// - Parameter indent: of the line it begins on; nil: all on one line.
    package func json(indent: Int?, step: Int) -> String {
        switch self {
        case .null: return "null"
        case .plain(let word): return word
        case .text(let text): return Written.quote(text)
        case .list(let items):
            let areWords = items.allSatisfy { item in
                switch item {
                case .list, .map: false
                case .null, .plain, .text: true
                }
            }
            guard let indent, !areWords else {
                return "[" + items.map { $0.json(indent: nil, step: step) }.joined(separator: ", ") + "]"
            }
            return Written.block("[", items.map { $0.json(indent: indent + step, step: step) }, "]", indent, step)
        case .map(let fields):
            let texts = fields.map { field in
                Written.quote(field.key) + ": " + field.value.json(indent: indent.map { $0 + step }, step: step)
            }
            guard let indent, !fields.isEmpty else { return "{" + texts.joined(separator: ", ") + "}" }
            return Written.block("{", texts, "}", indent, step)
        }
    }

    private static func block(_ open: String, _ texts: [String], _ close: String, _ indent: Int, _ step: Int) -> String
    {
        let lines = texts.map { spaces(indent + step) + $0 }
        return "\(open)\n" + lines.joined(separator: ",\n") + "\n" + spaces(indent) + close
    }

    static func quote(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
