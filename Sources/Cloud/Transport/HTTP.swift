import Provisioning

/// One HTTP exchange's outward half.
package struct HTTPRequest: Sendable, Hashable {
    package var method: String
    package var endpoint: Endpoint
    /// Percent-encoded, beginning with a slash.
    package var path: String
    /// Without the question mark; percent-encoded; empty: none.
    package var query: String
    /// In the order they are sent; names as written.
    package var headers: [HTTPHeader]
    package var body: [UInt8]

    package init(
        method: String, endpoint: Endpoint, path: String = "/", query: String = "", headers: [HTTPHeader] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.endpoint = endpoint
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// `/path?query`
    package var target: String { query.isEmpty ? path : "\(path)?\(query)" }
    package var url: String { endpoint.text + target }
}

package struct HTTPResponse: Sendable, Hashable {
    package var status: Int
    package var headers: [HTTPHeader]
    package var body: [UInt8]

    package init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

package struct HTTPHeader: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension [HTTPHeader] {
    /// The first value under a name, whatever its case.
    package subscript(name: String) -> String? {
        let wanted = name.lowercased()
        return first { $0.name.lowercased() == wanted }?.value
    }
}

/// Where requests go: scheme, host and port.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    package enum Scheme: String, Sendable, Hashable { case http, https }

    package var scheme: Scheme
    /// A name or an address; IPv6 in brackets.
    package var host: String
    /// Nil: the scheme's own.
    package var port: Int?

    package init(scheme: Scheme, host: String, port: Int? = nil) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// Reads `https://host[:port][/]`; nil if it has a path, a user, or another scheme.
    package init?(_ text: String) {
        guard let mark = text.range(of: "://"), let scheme = Scheme(rawValue: text[..<mark.lowerBound].lowercased())
        else { return nil }
        var rest = text[mark.upperBound...]
        if rest.hasSuffix("/") { rest.removeLast() }
        var port: Int?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            guard let number = Int(rest[rest.index(after: colon)...]), (1...65535).contains(number) else { return nil }
            port = number
            rest = rest[..<colon]
        }
        let isName = rest.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) }
        let isAddress = rest.hasPrefix("[") && rest.hasSuffix("]")
        guard !rest.isEmpty, isName || isAddress else { return nil }
        self.init(scheme: scheme, host: String(rest), port: port)
    }

    /// What the `Host` header says: without a port where it is the scheme's own.
    package var authority: String {
        switch (scheme, port) {
        case (_, nil), (.http, 80), (.https, 443): host
        case (_, let port?): "\(host):\(port)"
        }
    }

    package var text: String { "\(scheme.rawValue)://\(authority)" }
    package var description: String { text }
}

extension String {
    /// The first place where `text` stands; a small piece of what Foundation has, without its start-up cost.
    fileprivate func range(of text: String) -> Range<Index>? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
            at = index(after: at)
        }
        return nil
    }
}
