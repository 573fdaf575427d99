import Provisioning

/// What there is in an emulated Azure, by subscription.
package struct AzureWorld: Sendable, Codable {
    /// By their ids in lower case. There is one for every id that is asked for.
    package var subscriptions: Shelf<AzureSubscription> = [:]
    /// With whose keys an application may ask for tokens: PEM or base64 of DER.
    package var certificates: [String] = []
    private var count: UInt64 = 0

    package init() {}

    /// A UUID that nobody else has: the count makes them differ even where the seed repeats itself.
    mutating func freshUUID(_ seed: UInt64) -> String {
        count += 1
        return uuidText(mixed(seed, count), mixed(seed ^ 0xA5A5_A5A5_A5A5_A5A5, count))
    }

    /// Thirty-two hexadecimal digits nobody else has.
    mutating func freshDigits(_ seed: UInt64) -> String { String(freshUUID(seed).filter { $0 != "-" }) }

    /// The number of the next resource or address.
    mutating func freshNumber() -> Int {
        count += 1
        return Int(count)
    }
}

/// What one subscription has.
package struct AzureSubscription: Sendable, Codable {
    package let id: String
    /// By their names in lower case.
    package var groups: [String: ResourceGroup] = [:]
    /// By their ids in lower case.
    package var resources: Shelf<KeptResource> = [:]
    package var operations: Shelf<AzureOperation> = [:]

    init(id: String) { self.id = id }
}

package struct ResourceGroup: Sendable, Codable, Hashable {
    package let name: String
    package let location: String
    package var tags: JSONObject?
    package var goneAt: Timestamp?
}

/// When a call is made, and what is random about it.
package struct Moment: Sendable {
    package let now: Timestamp
    package let seed: UInt64

    package init(now: Timestamp, seed: UInt64) {
        self.now = now
        self.seed = seed
    }
}

extension World {
    /// What there is in Azure; `openSubscription` comes first.
    var arm: AzureWorld {
        get { azure ?? AzureWorld() }
        _modify {
            if azure == nil { azure = AzureWorld() }
            yield &azure!
        }
    }

    /// Makes the subscription known with what a new one has: a group `muster` and in it a network `default` with a
    /// subnet `default`, so that a first command needs no set-up. Whoever only reads may do so too, for it comes out
    /// the same each time.
    mutating func openSubscription(_ id: String, at now: Timestamp) {
        let key = id.lowercased()
        guard azure?.subscriptions[key] == nil else { return }
        var subscription = AzureSubscription(id: key)
        let name = AzureInventory.group, location = AzureInventory.homeLocation
        subscription.groups[name] = ResourceGroup(name: name, location: location)
        let network = ResourceID(key, name, .virtualNetwork, "default")
        let subnet = ResourceID(key, name, .subnet, "default", "default")
        for (number, id) in [network, subnet].enumerated() {
            var resource = AzureResource(
                id: id, sequence: number - 2, location: location, guid: uuidText(sum(of: id.key), 1), at: now,
                visibleAt: now)
            resource.properties = id == network ? AzureInventory.networkProperties : AzureInventory.subnetProperties
            subscription.resources[id.key] = KeptResource(resource)
        }
        arm.subscriptions[key] = subscription
    }
}

/// A bijection of the count for each seed.
private func mixed(_ seed: UInt64, _ count: UInt64) -> UInt64 {
    var z = seed &+ count &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}

/// A UUID of version 4 from two words.
func uuidText(_ high: UInt64, _ low: UInt64) -> String {
    var bytes = [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = Array(hex(bytes))
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
}

/// A number that is the same for the same text.
func sum(of text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
