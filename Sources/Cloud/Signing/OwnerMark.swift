import Provisioning

/// Our signature on what we create: only what carries it is ours to end.
///
/// The mark is the ledger's name and an HMAC over that name and the intent's token. The key lies beside the
/// ledger, never in it and never in the cloud, so nobody who can write a tag can make us terminate an instance.
package struct OwnerMark: Sendable {
    private let ledger: String
    private let key: [UInt8]

    package init(ledger: String, key: [UInt8]) {
        self.ledger = ledger
        self.key = key
    }

    /// `ldg-06fz3k9q2m7w1c4d.2f61…`, to stand in the owner tag.
    package func mark(_ token: IntentToken) -> String {
        let signature = hmacSHA256(Array("\(ledger)/\(token)".utf8), key: key)
        return "\(ledger).\(Array(signature.prefix(16)).hex)"
    }

    /// Whether these tags prove that an instance is ours.
    package func isProved(by tags: [String: String]) -> Bool {
        guard let token = tags[OurTag.token], let mark = tags[OurTag.owner] else { return false }
        return mark == self.mark(IntentToken(token))
    }
}
