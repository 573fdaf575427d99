import Provisioning

/// A cloud as a value: what exists, what is left to give, and what is going to go wrong.
///
/// It does no I/O and reads no clock: every question and every change is told what time it is, and an instance's state
/// follows from its stored moments. A reader therefore never changes anything.
package struct World: Sendable {
    package var regions: Shelf<Region> = [:]
    package var limits = Limits()
    package var faults: [Fault] = []
    /// Nil: of before there were any.
    package var sessions: [IssuedSession]?
    /// Nil: nobody has asked for anything of that cloud yet.
    package var azure: AzureWorld?
    package var gcp: GCPWorld?
    /// How the cloud behaves rather than what is in it; given anew at every start, so it is not saved.
    package var conditions = Conditions()
    /// Rises with every change, so that a world nobody changed need not be saved.
    package private(set) var revision: UInt64 = 0
    private var names: UInt64 = 0
    private var addresses: UInt64 = 0

    package init(_ conditions: Conditions = Conditions()) { self.conditions = conditions }

    /// Marks the world as changed; every function that changes it says so.
    mutating func touch() { revision += 1 }
}

/// What is in one region.
package struct Region: Sendable, Codable {
    package var reservations: Reservations = []
    /// By client token, and the zone where the call named one.
    package var launches: Shelf<RecordedLaunch> = [:]
    /// In the order they were made in.
    package var templates: [LaunchTemplate] = []
    package var fleets: [Fleet] = []
    package var groups: [ScalingGroup] = []
    package var activities: [ScalingActivity] = []

    package init() {}

    /// What came into the world later is absent from worlds saved earlier.
    package init(from decoder: any Decoder) throws {
        let saved = try decoder.container(keyedBy: CodingKeys.self)
        reservations = try saved.decode(Reservations.self, forKey: .reservations)
        launches = try saved.decode(Shelf<RecordedLaunch>.self, forKey: .launches)
        templates = try saved.decodeIfPresent([LaunchTemplate].self, forKey: .templates) ?? []
        fleets = try saved.decodeIfPresent([Fleet].self, forKey: .fleets) ?? []
        groups = try saved.decodeIfPresent([ScalingGroup].self, forKey: .groups) ?? []
        activities = try saved.decodeIfPresent([ScalingActivity].self, forKey: .activities) ?? []
    }
}

/// How quickly the cloud works and where it is.
package struct Conditions: Sendable, Hashable {
    /// From launch to running; single instances differ by up to a quarter.
    package var bootSeconds: Double = 10
    /// From the call that terminates to terminated.
    package var shutdownSeconds: Double = 5
    /// How long a new instance is missing from lists and unknown by its id.
    package var visibilityLag: Duration = .zero
    /// Zones by region.
    package var zones: [String: [String]] = [:]
    /// How many a page of a listing has at most where the caller does not say; of Azure.
    package var pageSize = 100
    /// Those of the emulated Google Cloud.
    package var googleZones: [String: [String]] = [:]

    package init() {}

    /// The most one call launches, whatever it asks for: a slip of the keyboard must not fill the memory.
    static let launchMax = 10_000

    /// How long a terminated instance stays in lists.
    static let remembrance: Duration = .seconds(3600)
}

// MARK: - Names and addresses nobody else has

extension World {
    /// Seventeen hexadecimal digits, as the ids of EC2 have.
    mutating func freshDigits(_ chance: () -> UInt64) -> String {
        // The count makes names differ even where chance repeats itself: what follows is a bijection of the sum.
        names += 1
        var z = chance() &+ names &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        let digits = String(z, radix: 16)
        return String(repeating: "0", count: 17 - digits.count) + digits
    }

    /// The number an instance's addresses are made of.
    mutating func freshAddress() -> Int {
        addresses += 1
        return Int(addresses % 0xFF_FFFE) + 1
    }
}

extension World: Codable {
    private enum CodingKeys: String, CodingKey {
        case regions, limits, faults, sessions, azure, gcp, revision, names, addresses
    }
}
