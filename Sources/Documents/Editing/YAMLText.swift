/// How a text is written in YAML so that it reads back as itself, to us and to those who guess types.
enum YAMLText {
    /// On one line: without quotes where nobody could misread it.
    static func inline(_ text: String, inFlow: Bool) -> String {
        mayStandPlain(text, inFlow: inFlow) ? text : quoted(text)
    }

    /// Whether it can be written as lines after a `|`.
    static func mayBeBlock(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: "\n")), !text.hasSuffix("\n\n") else { return false }
        // The first line tells the indentation, so it has to begin with a character of its own.
        guard let first = text.unicodeScalars.first, first != "\n", first != " ", first != "\t" else { return false }
        return text.unicodeScalars.allSatisfy { $0 == "\n" || isPrintable($0) }
    }

    /// In double quotes, what cannot be shown as escapes.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where isPrintable(scalar): quoted.unicodeScalars.append(scalar)
            default: quoted += escape(scalar)
            }
        }
        return quoted + "\""
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let (letter, width) = scalar.value > 0xFFFF ? ("U", 8) : scalar.value > 0xFF ? ("u", 4) : ("x", 2)
        return "\\\(letter)" + String(repeating: "0", count: width - digits.count) + digits
    }

    /// What YAML takes as it is, but for line ends of any kind.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...: true
        default: false
        }
    }

    // MARK: - Plain

    private static func mayStandPlain(_ text: String, inFlow: Bool) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        if "-?:,[]{}#&*!|>'\"%@`= ".utf8.contains(first) || " :".utf8.contains(last) { return false }
        if !text.unicodeScalars.allSatisfy({ isPrintable($0) && $0 != "\t" }) { return false }
        var before: UInt8 = 0
        for byte in text.utf8 {
            if before == UInt8(ascii: ":"), byte == UInt8(ascii: " ") { return false }
            if before == UInt8(ascii: " "), byte == UInt8(ascii: "#") { return false }
            if inFlow, ",[]{}?".utf8.contains(byte) { return false }
            before = byte
        }
        // A document's own marks, at the start of a line.
        if text.hasPrefix("...") { return false }
        return !meansSomethingElse(text)
    }

    /// Whether YAML 1.1 or 1.2 would take it for a truth, a number, a moment or nothing.
    private static func meansSomethingElse(_ text: String) -> Bool {
        if text.utf8.count > 40 { return false }
        switch text.lowercased() {
        case "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", ".inf", ".nan", "+.inf", "<<":
            return true
        case "inf", "nan", "infinity": return false
        default: break
        }
        guard let first = text.utf8.first, (0x30...0x39).contains(first) || "+.".utf8.contains(first) else {
            return false
        }
        let bare = text.lowercased().filter { $0 != "_" }
        if bare.isEmpty || Double(bare) != nil || Double(bare + "0") != nil { return true }
        if bare.hasPrefix("0x") || bare.hasPrefix("0o") || bare.hasPrefix("0b") { return true }
        // `1:30` is ninety to YAML 1.1, and `2026-01-31` a day.
        let isClock = bare.utf8.allSatisfy { (0x30...0x39).contains($0) || ":.+".utf8.contains($0) }
        let parts = bare.prefix(10).split(separator: "-", omittingEmptySubsequences: false)
        let isDay = parts.count == 3 && parts[0].count == 4 && Int(parts[0]) != nil && Int(parts[1]) != nil
        return isClock || isDay
    }
}
