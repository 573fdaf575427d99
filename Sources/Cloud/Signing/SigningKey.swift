import Provisioning

/// A secret key worked into a day, a region and a service; the secret itself signs nothing.
struct SigningKey: Hashable, Sendable {
    var secret: Secret
    /// `20260421`
    var day: String
    var region: String
    var service: String

    /// Four HMACs, one over the other.
    func derived() -> [UInt8] {
        var key = Array("AWS4\(secret.revealed)".utf8)
        for part in [day, region, service, "aws4_request"] { key = hmacSHA256(Array(part.utf8), key: key) }
        return key
    }
}

/// Remembers derived keys: one serves every signature of an account, service and day.
struct SigningKeys: Sendable {
    /// Far more than an agent has accounts and services; past it, all are dropped and derived again.
    static let countMax = 256

    private let derived = Lock<[SigningKey: [UInt8]]>([:])

    subscript(key: SigningKey) -> [UInt8] {
        if let known = derived.withLock({ $0[key] }) { return known }
        let fresh = key.derived()
        derived.withLock { derived in
            if derived.count >= SigningKeys.countMax { derived.removeAll() }
            derived[key] = fresh
        }
        return fresh
    }
}
