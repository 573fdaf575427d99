import Cloud
import Provisioning

/// Tags as labels, which hold less: lower-case letters, digits, `-` and `_`, at most 63 of them.
///
/// Ours are spelled so that they read back to the very same, for a listing's proof of ownership hangs by them. Of the
/// others a label holds what it can hold as it is; the rest is kept, word for word, in an item of the metadata.
///
/// https://cloud.google.com/compute/docs/labeling-resources#requirements
struct GCPLabels: Sendable, Hashable {
    private(set) var labels: [String: String] = [:]
    /// What no label can hold.
    private(set) var others: [String: String] = [:]

    init(_ tags: [String: String]) {
        for (key, value) in tags {
            if key.hasPrefix(OurTag.prefix) {
                labels[GCPLabels.key(of: key)] = GCPLabels.spelled(value)
            } else if GCPLabels.isKey(key), GCPLabels.isValue(value) {
                labels[key] = value
            } else {
                others[key] = value
            }
        }
    }

    /// Those of ours that a resource's labels hold.
    static func tags(in labels: [String: String]) -> [String: String] {
        var tags: [String: String] = [:]
        for (key, value) in labels where key.hasPrefix(prefix) {
            if let value = read(value) { tags[OurTag.prefix + key.dropFirst(prefix.count)] = value }
        }
        return tags
    }

    /// `muster-request` for `muster:request`.
    static func key(of tag: String) -> String { prefix + tag.dropFirst(OurTag.prefix.count) }

    private static let prefix = "muster-"

    // MARK: - Spelling

    /// Every byte that a label cannot hold, and the underscore itself, as `_` and two digits: `ldg-1_2e00` for
    /// `ldg-1.00`.
    static func spelled(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isPlain(byte), byte != underscore {
                bytes.append(byte)
            } else {
                bytes.append(underscore)
                bytes += [byte].hex.utf8
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Nil: it was not spelled by us.
    private static func read(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == underscore else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        let read = String(decoding: bytes, as: UTF8.self)
        return spelled(read) == text ? read : nil
    }

    // MARK: - What a label holds as it is

    private static func isKey(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return isValue(text) && !text.hasPrefix(prefix)
    }

    private static func isValue(_ text: String) -> Bool { text.utf8.count <= 63 && text.utf8.allSatisfy(isPlain) }

    private static let underscore = UInt8(ascii: "_")

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    private static func isPlain(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            || byte == underscore
    }
}
