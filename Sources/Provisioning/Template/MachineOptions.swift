/// Where among its cloud's hosts a machine is to be.
package struct Placement: Hashable, Sendable, Codable {
    /// The name of a placement group, proximity group or placement policy.
    package var group: String?
    /// Of a group of partitions, from 1.
    package var partition: Int?
    /// `default`, `dedicated` or `host`.
    package var tenancy: String?
    /// The id of a dedicated host.
    package var host: String?
    /// The id of a capacity reservation; or `open` or `none`.
    package var capacityReservation: String?

    package init() {}
}

/// How a machine may ask the cloud about itself.
package struct MetadataOptions: Hashable, Sendable, Codable {
    package var isEnabled: Bool?
    /// Whether a session's token is needed, as IMDSv2 does.
    package var needsToken: Bool?
    /// How many networks the answer may cross; a container on the machine needs 2.
    package var hopLimit: Int?
    package var showsTags: Bool?

    package init() {}
}

/// What a machine's network interface is to be.
package struct NetworkOptions: Hashable, Sendable, Codable {
    package var ipv6Addresses: Int?
    /// Elastic Fabric Adapter, for tightly coupled work.
    package var isFabricAdapter: Bool?
    /// Single-root I/O virtualization, as Azure names it.
    package var isAccelerated: Bool?
    /// Whether it may pass on what is not for itself.
    package var forwardsTraffic: Bool?

    package init() {}
}

/// What a machine makes of its processor.
package struct CPUOptions: Hashable, Sendable, Codable {
    package var cores: Int?
    /// 1 turns simultaneous multithreading off.
    package var threadsPerCore: Int?

    package init() {}
}

/// How many machines are better than none, as a template says for orders that do not.
package enum LeastCount: Hashable, Sendable, Codable {
    case count(Int)
    /// Of those asked for, from 1 to 100, rounded up.
    case percent(Int)

    package func count(of asked: Int) -> Int {
        switch self {
        case .count(let count): min(count, asked)
        case .percent(let percent): max(1, (asked * percent + 99) / 100)
        }
    }
}
