extension HTTPRequest {
    /// Why it cannot be written down as HTTP, if it cannot; the offending text itself is not repeated.
    var flaw: String? {
        if !method.isToken { return "its method is no HTTP method" }
        if !path.hasPrefix("/") { return "its path does not begin with `/`" }
        if target.utf8.contains(where: { $0 <= 32 || $0 == 127 }) {
            return "its path or query holds a space or line break"
        }
        for header in headers {
            if !header.name.isToken { return "a header's name is none" }
            if header.value.utf8.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }) {
                return "the header `\(header.name)` holds a line break"
            }
        }
        return nil
    }
}

extension String {
    /// What RFC 9110 section 5.6.2 lets a name be made of.
    fileprivate var isToken: Bool {
        !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}

extension Endpoint {
    /// Whether it is on this machine or its own link, where no proxy can go in our place.
    var isNear: Bool {
        isThisMachine || host.hasPrefix("169.254.") && isAddress || host.lowercased().hasPrefix("[fd00:ec2:")
            || host.lowercased() == "metadata.google.internal"
    }

    private var isAddress: Bool {
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers.allSatisfy { UInt8($0) != nil }
    }

    /// Whether it names the loopback interface.
    var isThisMachine: Bool {
        if host.lowercased() == "localhost" || host == "[::1]" { return true }
        return host.hasPrefix("127.") && isAddress
    }
}
