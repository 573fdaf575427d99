import Provisioning

extension FieldReader {
    /// Text as written, whatever it looks like.
    package mutating func string(_ name: FieldName) -> String? {
        scalar(name, "text")?.text
    }

    /// Decimal digits, with a minus before them where the range goes below 0.
    package mutating func integer(_ name: FieldName, in range: ClosedRange<Int> = Int.min...Int.max) -> Int? {
        guard let (index, text) = scalar(name, "a whole number") else { return nil }
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        let isPlainNumber = !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
        if isPlainNumber, digits.count > 1, digits.first == UInt8(ascii: "0") {
            // 0777 is 511 to YAML 1.1 and 777 to YAML 1.2.
            wrongType(fields[index], "a whole number", hint: "write it without the leading `0`")
            return nil
        }
        guard isPlainNumber, let value = Int(text) else {
            if isPlainNumber { outOfRange(fields[index], range) } else { wrongType(fields[index], "a whole number") }
            return nil
        }
        guard range.contains(value) else {
            outOfRange(fields[index], range)
            return nil
        }
        return value
    }

    /// A decimal number, with or without a fraction or an exponent.
    package mutating func number(_ name: FieldName, in range: ClosedRange<Double>? = nil) -> Double? {
        guard let (index, text) = scalar(name, "a number") else { return nil }
        let isDecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
        guard isDecimal, let value = Double(text), value.isFinite else {
            wrongType(fields[index], "a number")
            return nil
        }
        if let range, !range.contains(value) {
            let field = fields[index]
            report(
                "field.range",
                "`\(field.writtenKey)` must be from \(range.lowerBound) to \(range.upperBound), not `\(text)`\(source(field))",
                at: field.value.place)
            return nil
        }
        return value
    }

    /// `true` or `false`, and nothing else.
    package mutating func boolean(_ name: FieldName) -> Bool? {
        guard let (index, text) = scalar(name, "`true` or `false`") else { return nil }
        switch text {
        case "true": return true
        case "false": return false
        default:
            let hint: String? =
                switch text.lowercased() {
                case "yes", "on", "y", "1", "true": "write `true`"
                case "no", "off", "n", "0", "false": "write `false`"
                default: nil
                }
            wrongType(fields[index], "`true` or `false`", hint: hint)
            return nil
        }
    }

    /// A length of time with its unit: `90s`, `15m`, `1h30m`.
    package mutating func duration(_ name: FieldName) -> Duration? {
        guard let (index, text) = scalar(name, "a length of time") else { return nil }
        if let value = Duration(text: text) { return value }
        wrongType(fields[index], "a length of time", hint: "write a number and a unit, as in `90s`, `15m` or `1h30m`")
        return nil
    }

    /// One of a few words.
    package mutating func word(_ name: FieldName, of words: [String]) -> String? {
        guard let (index, text) = scalar(name, "text") else { return nil }
        if words.contains(text) { return text }
        let field = fields[index]
        report(
            "field.range",
            "`\(field.writtenKey)` must be \(words.map { "`\($0)`" }.joined(separator: ", ")), not "
                + "`\(text.shortened)`\(source(field))",
            at: field.value.place, hint: didYouMean(text, among: words))
        return nil
    }

    /// The value that goes with one of a few words.
    package mutating func choice<Value>(_ name: FieldName, of choices: KeyValuePairs<String, Value>) -> Value? {
        guard let word = word(name, of: choices.map(\.key)) else { return nil }
        return choices.first { $0.key == word }?.value
    }

    /// A list of texts; a single text is a list of one, or of several with commas between where that is said.
    package mutating func strings(_ name: FieldName, splittingAt separator: Character? = nil) -> [String]? {
        guard let field = field(name) else { return nil }
        return strings(in: field.value, of: field, splittingAt: separator)
    }

    /// The same for a value already in hand.
    package mutating func strings(
        in value: Layered, of field: Layered.Field, splittingAt separator: Character? = nil
    ) -> [String]? {
        if let text = value.text {
            guard let separator else { return [text] }
            return text.split(separator: separator).map { $0.trimmed }.filter { !$0.isEmpty }
        }
        if let texts = value.texts { return texts }
        guard let items = value.items else {
            wrongType(field, "a list")
            return nil
        }
        var texts: [String] = []
        texts.reserveCapacity(items.count)
        for item in items {
            guard !item.isNull, let text = item.text else {
                report(
                    "field.type",
                    "`\(field.writtenKey)` must be a list of text, but holds \(item.isNull ? "nothing" : item.shown)",
                    at: item.place)
                return nil
            }
            texts.append(text)
        }
        return texts
    }

    /// A map of texts by any key.
    package mutating func texts(_ name: FieldName) -> [String: String]? {
        entries(name).map { texts(in: $0) }
    }

    /// The same for entries already in hand.
    package mutating func texts(in entries: [Layered.Field]) -> [String: String] {
        var texts = [String: String](minimumCapacity: entries.count)
        for entry in entries where !entry.value.isNull {
            if let text = entry.value.text { texts[entry.key] = text } else { wrongType(entry, "text") }
        }
        return texts
    }

    /// A map by any key, in order: `accounts: {demo: {…}, prod: {…}}`.
    package mutating func entries(_ name: FieldName) -> [Layered.Field]? {
        guard let field = field(name) else { return nil }
        if let fields = field.value.fields { return fields }
        wrongType(field, "a map")
        return nil
    }

    /// A list of anything.
    package mutating func list(_ name: FieldName) -> [Layered]? {
        guard let field = field(name) else { return nil }
        if let items = field.value.items { return items }
        wrongType(field, "a list")
        return nil
    }

    /// A map with fields of its own; what is wrong in it is reported with the rest.
    package mutating func nested<Value>(
        _ name: FieldName, what: String, called: String? = nil, _ read: (inout FieldReader) -> Value
    ) -> Value? {
        guard let field = field(name) else { return nil }
        if called != nil, field.value.kind != .map {
            wrongType(field, "a map")
            return nil
        }
        var reader = FieldReader(field.value, what: what, called: called)
        let value = read(&reader)
        for diagnostic in reader.finish() { report(diagnostic) }
        return value
    }

    /// Reports that a field holds the wrong kind of value.
    package mutating func wrongType(_ field: Layered.Field, _ wanted: String, hint: String? = nil) {
        report(
            "field.type", "`\(field.writtenKey)` must be \(wanted), not \(field.value.shown)\(source(field))",
            at: field.value.place, hint: hint)
    }

    private mutating func outOfRange(_ field: Layered.Field, _ range: ClosedRange<Int>) {
        let wanted =
            switch (range.lowerBound, range.upperBound) {
            case (let least, .max): "at least \(least)"
            case (.min, let most): "at most \(most)"
            case (let least, let most): "from \(least) to \(most)"
            }
        report(
            "field.range", "`\(field.writtenKey)` must be \(wanted), not \(field.value.shown)\(source(field))",
            at: field.value.place)
    }

    /// Who said it, for what stands in no file.
    private func source(_ field: Layered.Field) -> String {
        field.value.place == nil ? " (\(field.value.layer))" : ""
    }

    private mutating func scalar(_ name: FieldName, _ wanted: String) -> (index: Int, text: String)? {
        guard let index = index(of: name) else { return nil }
        if let text = fields[index].value.text { return (index, text) }
        wrongType(fields[index], wanted)
        return nil
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
