/// A client token, and a digest of every parameter that must be the same when it comes again.
package struct RecordedToken: Sendable, Codable, Hashable {
    package let token: String
    package let fingerprint: String

    package init(token: String, fingerprint: String) {
        self.token = token
        self.fingerprint = fingerprint
    }

    /// Whether a call is this one once more.
    func isRepeated(by other: Self?) throws(EC2Error) -> Bool {
        guard let other, other.token == token else { return false }
        guard other.fingerprint == fingerprint else { throw .idempotentParameterMismatch }
        return true
    }
}
