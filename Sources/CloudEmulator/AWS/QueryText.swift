import Cloud

/// The form a query arrives in, taken apart: `Action=RunInstances&MinCount=1`.
struct QueryText {
    var pairs: [(name: String, value: String)]

    /// Nil: a percent sign that two hexadecimal digits do not follow, or bytes that are no UTF-8.
    init?(_ bytes: some Sequence<UInt8>) {
        var pairs: [(name: String, value: String)] = []
        for part in Array(bytes).split(separator: UInt8(ascii: "&")) {
            let mark = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            let rest = mark < part.endIndex ? part[part.index(after: mark)...] : []
            guard let name = QueryText.decoded(part[..<mark]), let value = QueryText.decoded(rest) else { return nil }
            pairs.append((name, value))
        }
        self.pairs = pairs
    }

    /// The parameters are in the body of a POST, and in the query of a GET.
    init?(of request: HTTPRequest) {
        self.init(request.method == "POST" ? request.body : Array(request.query.utf8))
    }

    /// The first value under a name.
    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var at = bytes.startIndex
        while at < bytes.endIndex {
            switch bytes[at] {
            case UInt8(ascii: "+"):
                text.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard at + 2 < bytes.endIndex, let high = hexValue(bytes[at + 1]), let low = hexValue(bytes[at + 2])
                else { return nil }
                text.append(high << 4 | low)
                at += 2
            default:
                text.append(bytes[at])
            }
            at += 1
        }
        return String(validating: text, as: UTF8.self)
    }
}

func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
