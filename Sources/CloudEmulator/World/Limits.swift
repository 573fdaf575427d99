import Provisioning

/// What the cloud has left and lets the account have. Nothing is limited that is not named here.
package struct Limits: Sendable, Codable {
    package var capacity: [Pool: Int] = [:]
    /// In vCPUs.
    package var quotas: [Quota: Int] = [:]
    /// By action; `RunInstances instances` counts the instances asked for rather than the calls.
    package var rates: [String: RateBucket] = [:]
    /// Which types a zone does not have at all.
    package var unoffered: Set<Pool> = []
    /// The zones of subnets; one that is not named here exists wherever it is wanted.
    package var subnets: [String: String] = [:]
    /// What nobody may do in the emulated Google Cloud, by the names of permissions; nil: all may do anything.
    package var denied: Set<String>?

    package init() {}
}

/// What runs out together: one type, in one zone, on one market.
package struct Pool: Sendable, Codable, Hashable {
    package var type: String
    package var zone: String
    package var market: Market

    package init(type: String, zone: String, market: Market = .onDemand) {
        self.type = type
        self.zone = zone
        self.market = market
    }
}

/// What an account's vCPUs are counted by.
package struct Quota: Sendable, Codable, Hashable {
    /// `standard` for the families A, C, D, H, I, M, R, T and Z together, else the family's letters: `p`, `g`, `inf`.
    package var family: String
    package var market: Market
    package var region: String

    package init(family: String = "standard", market: Market = .onDemand, region: String) {
        self.family = family
        self.market = market
        self.region = region
    }
}

/// A bucket of tokens that fills by the second; each call takes some.
package struct RateBucket: Sendable, Codable, Hashable {
    package var size: Double
    package var perSecond: Double
    private var level: Double
    private var filledAt: Timestamp?

    /// Full.
    package init(size: Double, perSecond: Double) {
        self.size = size
        self.perSecond = perSecond
        self.level = size
    }

    /// Takes some, or nothing and says so.
    package mutating func take(_ amount: Double = 1, at now: Timestamp) -> Bool {
        if let filledAt, now > filledAt {
            level = min(size, level + Double((now - filledAt).wholeMicroseconds) / 1e6 * perSecond)
        }
        filledAt = now
        guard level >= amount else { return false }
        level -= amount
        return true
    }

    /// How much is in it.
    package func level(at now: Timestamp) -> Double {
        guard let filledAt, now > filledAt else { return level }
        return min(size, level + Double((now - filledAt).wholeMicroseconds) / 1e6 * perSecond)
    }

    /// When there is enough for one call again, in whole seconds, at least one.
    package func seconds(untilNextAt now: Timestamp) -> Int {
        guard perSecond > 0 else { return 3600 }
        return max(1, Int(min(3600, ((1 - level(at: now)) / perSecond).rounded(.up))))
    }
}

extension World {
    /// Takes from an action's bucket, if it has one.
    mutating func takeRate(_ name: String, amount: Int = 1, at now: Timestamp) throws(EC2Error) {
        guard limits.rates[name] != nil else { return }
        touch()
        guard limits.rates[name]?.take(Double(amount), at: now) == true else { throw .requestLimitExceeded }
    }
}

// MARK: - What a type's name says

package func quotaFamily(ofType type: String) -> String {
    let letters = String(type.prefix(while: \.isLetter))
    let standard: Set<String> = ["a", "c", "cc", "cr", "cg", "d", "h", "hi", "hs", "i", "im", "is", "m", "r", "t", "z"]
    if standard.contains(letters) { return "standard" }
    // Graphics families are one bucket, whatever stands behind their letter.
    return letters == "gr" || letters == "vt" ? "g" : letters
}

/// How many vCPUs a type has, read off its size.
///
/// Real types have exceptions; this rule is right for most of today's and never zero, which is what a quota needs. It
/// has an answer for every text: a saved world may hold any.
package func vcpus(ofType type: String) -> Int {
    guard let dot = type.firstIndex(of: ".") else { return 2 }
    let size = type[type.index(after: dot)...]
    switch size {
    case "nano", "micro", "small", "large": return 2
    case "medium": return type.hasPrefix("t") ? 2 : 1
    case "xlarge": return 4
    case "metal": return 96
    default:
        let digits = (size.hasPrefix("metal-") ? size.dropFirst(6) : size).prefix(while: \.isNumber)
        return 4 * min(max(1, Int(digits) ?? 1), instanceSizeMax)
    }
}

/// The largest number before an `xlarge`; the largest that there is today is 112.
let instanceSizeMax = 999
