import Cloud

/// How things may be called, and what is told of them so that nobody overwrites what somebody else changed.
enum GCPNames {
    static let pattern = "(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)"
    static let labelsMax = 64

    /// As RFC 1035 has it.
    static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 63, isLower(first),
            last != UInt8(ascii: "-")
        else { return false }
        return bytes.allSatisfy { isLower($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    static func check(_ name: String, _ field: String) throws(GCPError) {
        guard isName(name) else { throw .invalid(at: field, name, "Must be a match of regex '\(pattern)'") }
    }

    static func check(labels: JSONValue?, field: String) throws(GCPError) {
        guard let labels = labels?.object else { return }
        guard labels.fields.count <= labelsMax else {
            throw .invalid(at: "\(field).labels", "", "There can be at most \(labelsMax) labels.")
        }
        for label in labels.fields {
            let value = label.value.string ?? ""
            guard isLabel(label.name), label.name.first?.isLetter == true else {
                throw .invalid(
                    at: "\(field).labels", "",
                    "Label key '\(label.name)' violates format constraints. The key must start with a lowercase "
                        + "character, can only contain lowercase letters, numeric characters, underscores and dashes. "
                        + "The key can be at most 63 characters long. International characters are allowed.")
            }
            guard value.isEmpty || isLabel(value) else {
                throw .invalid(
                    at: "\(field).labels", "",
                    "Label value '\(value)' violates format constraints. The value can only contain lowercase "
                        + "letters, numeric characters, underscores and dashes. The value can be at most 63 characters "
                        + "long. International characters are allowed.")
            }
        }
    }

    private static func isLabel(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.count <= 63
            && text.allSatisfy { ($0.isLetter && !$0.isUppercase) || $0.isNumber || $0 == "-" || $0 == "_" }
    }

    private static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Eight bytes that differ where the values do.
    static func fingerprint(_ values: [JSONValue]) -> JSONValue {
        .string(Array(sha256(JSONValue.array(values).bytes).prefix(8)).base64)
    }

    static func fingerprint(ofLabels labels: JSONValue?) -> JSONValue {
        let sorted = (labels?.object?.fields ?? []).sorted { $0.name < $1.name }
        return fingerprint(sorted.flatMap { [.string($0.name), $0.value] })
    }
}
