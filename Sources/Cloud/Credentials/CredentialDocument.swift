import Documents
import Provisioning

/// A JSON document that holds credentials. What is wrong with it is told by its place, never by what stands there.
package struct CredentialDocument {
    package struct Flaw: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String

        package init(_ description: String) { self.description = description }
    }

    private let root: Node

    private init(root: Node) { self.root = root }

    /// - Parameter key: where in the document the object is that is meant; nil: it is the document.
    package init(_ bytes: [UInt8], under key: String? = nil) throws(Flaw) {
        let (document, diagnostics) = Document.parse(bytes, file: "", format: .json)
        guard diagnostics.isEmpty, let whole = document?.root else {
            let place = diagnostics.first?.place.map { ": line \($0.line), column \($0.column)" }
            throw Flaw("is not JSON\(place ?? "")")
        }
        guard let root = key.map({ whole[$0] }) ?? whole, root.kind == .map else {
            throw Flaw(key.map { "has no object `\($0)`" } ?? "is no JSON object")
        }
        self.root = root
    }

    /// A text or number that is there and says something.
    package subscript(key: String) -> String? {
        guard let node = root[key], node.kind == .scalar, !node.isNull, let text = node.text else { return nil }
        return text.isEmpty ? nil : text
    }

    /// An object within it.
    func object(_ key: String) -> CredentialDocument? {
        root[key].flatMap { $0.kind == .map ? CredentialDocument(root: $0) : nil }
    }

    /// All its texts and numbers, in the order they are written.
    var texts: [(key: String, text: String)] {
        root.fields.compactMap { field in self[field.key].map { (field.key, $0) } }
    }

    /// The texts of a list in it.
    func list(_ key: String) -> [String] { root[key]?.items.compactMap(\.text) ?? [] }

    /// The credentials that it holds, as most of those write them who give any out.
    func credentials(tokenKey: String, source: String) throws(Flaw) -> AWSCredentials {
        let id = try required("AccessKeyId"), secret = try required("SecretAccessKey")
        var expiresAt: Timestamp?
        if let text = self["Expiration"] {
            guard let moment = Timestamp(withOffset: text) else { throw Flaw("has an `Expiration` that is no moment") }
            expiresAt = moment
        }
        return AWSCredentials(
            accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: self[tokenKey].map { Secret($0) },
            expiresAt: expiresAt, source: source)
    }

    package func required(_ key: String) throws(Flaw) -> String {
        guard let text = self[key] else { throw Flaw("has no `\(key)`") }
        return text
    }
}

extension Timestamp {
    /// RFC 3339 with any offset, and `UTC` in place of `Z` as old AWS programs write it.
    init?(withOffset text: String) {
        if text.hasSuffix("UTC") {
            self.init(text.dropLast(3) + "Z")
            return
        }
        guard let sign = text.suffix(6).first, sign == "+" || sign == "-" else {
            self.init(text)
            return
        }
        let parts = text.suffix(5).split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let hours = parts[0], let minutes = parts[1], (0..<24).contains(hours),
            (0..<60).contains(minutes), let local = Timestamp(text.dropLast(6) + "Z")
        else { return nil }
        let offset = Duration.seconds((hours * 60 + minutes) * 60)
        self = local + (sign == "+" ? .zero - offset : offset)
    }
}
