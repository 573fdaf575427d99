/// What the fields of a thing are called, and of which kind each is.
///
/// The tables follow Google's description of the API: whatever is not in them the real one refuses, too.
struct GCPShape: Sendable {
    let fields: [String: Kind]

    indirect enum Kind: Sendable, Hashable {
        case text, bool, int, number, long, bytes, any
        case choice(Set<String>)
        case list(Kind)
        /// By names of the caller's own.
        case map(Kind)
        case shape(String)
    }

    static let all: [String: GCPShape] = {
        var all: [String: GCPShape] = [:]
        for table in [ofInstances, ofGroups, ofOthers] {
            // A line that begins with spaces goes on with the one before.
            var lines: [String] = []
            for line in table.split(separator: "\n") {
                if line.hasPrefix(" "), let last = lines.popLast() {
                    lines.append(last + " " + line.drop { $0 == " " })
                } else {
                    lines.append(String(line))
                }
            }
            for line in lines {
                let name = line.prefix { $0 != ":" }
                var fields: [String: Kind] = [:]
                for field in line.dropFirst(name.count + 1).split(separator: ",") {
                    let words = field.split(separator: " ")
                    fields[String(words[0])] = words.count > 1 ? kind(words[1]) : .text
                }
                all[String(name)] = GCPShape(fields: fields)
            }
        }
        return all
    }()

    private static func kind(_ word: Substring) -> Kind {
        switch word {
        case "text": .text
        case "bool": .bool
        case "int": .int
        case "number": .number
        case "long": .long
        case "bytes": .bytes
        case "any": .any
        case _ where word.hasPrefix("["): .list(kind(word.dropFirst().dropLast()))
        case _ where word.hasPrefix("{"): .map(kind(word.dropFirst().dropLast()))
        case _ where word.hasPrefix("enum("):
            .choice(Set(word.dropFirst(5).dropLast().split(separator: "|").map(String.init)))
        default: .shape(String(word))
        }
    }
}

extension GCPShape {
    /// Refuses a body that has fields the API does not know, or values that are not of their kind.
    ///
    /// A field that is null is one that is not there, and numbers may be written as texts, as the real API has it.
    static func checked(_ value: JSONValue, _ shape: String, at place: String) throws(GCPError) -> JSONValue {
        guard let object = value.object else { throw .wrongValue(value, at: place, expected: shape) }
        guard let fields = all[shape]?.fields else { return value }
        var plain = JSONObject()
        for field in object.fields {
            guard let kind = fields[field.name] else { throw .unknownField(field.name, at: place) }
            if field.value.isNull { continue }
            plain[field.name] = try checked(field.value, kind, at: "\(place).\(field.name)")
        }
        return .object(plain)
    }

    private static func checked(_ value: JSONValue, _ kind: Kind, at place: String) throws(GCPError) -> JSONValue {
        switch kind {
        case .any: return value
        case .text, .bytes:
            guard value.string != nil else { throw .wrongValue(value, at: place, expected: "TYPE_STRING") }
            return value
        case .choice(let choices):
            guard let text = value.string, choices.contains(text) else {
                throw .wrongValue(value, at: place, expected: "TYPE_ENUM")
            }
            return value
        case .bool:
            if let value = value.bool { return .bool(value) }
            guard let text = value.string, ["true", "false"].contains(text) else {
                throw .wrongValue(value, at: place, expected: "TYPE_BOOL")
            }
            return .bool(text == "true")
        case .int:
            guard let number = value.wholeNumber, Int32(exactly: number) != nil else {
                throw .wrongValue(value, at: place, expected: "TYPE_INT32")
            }
            return .integer(number)
        case .long:
            // Numbers too large for JavaScript are written as texts.
            guard let number = value.wholeNumber else { throw .wrongValue(value, at: place, expected: "TYPE_INT64") }
            return .string("\(number)")
        case .number:
            guard let number = value.number ?? value.string.flatMap(Double.init) else {
                throw .wrongValue(value, at: place, expected: "TYPE_DOUBLE")
            }
            return .number(number)
        case .list(let kind):
            guard let values = value.array else { throw .wrongValue(value, at: place, expected: "list") }
            var checkedValues: [JSONValue] = []
            for (index, value) in values.enumerated() {
                checkedValues.append(try checked(value, kind, at: "\(place)[\(index)]"))
            }
            return .array(checkedValues)
        case .map(let kind):
            guard let object = value.object else { throw .wrongValue(value, at: place, expected: "map") }
            var plain = JSONObject()
            for field in object.fields {
                plain[field.name] = try checked(field.value, kind, at: "\(place)[\(field.name)]")
            }
            return .object(plain)
        case .shape(let name):
            return try checked(value, name, at: place)
        }
    }
}
