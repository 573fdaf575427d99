import Provisioning

/// A launch as the cloud understood it: checked, and free of the wire it came by.
package struct Launch: Sendable, Codable, Hashable {
    package var image: String
    package var type: String
    package var market: Market
    /// Where the caller wants it; nil: anywhere in the region.
    package var zone: String?
    package var subnet: String?
    package var groups: [String] = []
    package var keyName: String?
    package var profile: String?
    package var isMonitored = false
    package var isEBSOptimized = false
    /// Nil: as the network's default says.
    package var publicAddress: Bool?
    package var requiresTokens = false
    package var rootDevice: String?
    /// Nil: launched by a program that knew of none.
    package var options: LaunchOptions?
    /// On the instances, in the order given.
    package var tags: [Tag] = []
    package var clientToken: String?

    package struct Tag: Sendable, Codable, Hashable {
        package var key: String
        package var value: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    package init(image: String, type: String, market: Market = .onDemand) {
        self.image = image
        self.type = type
        self.market = market
    }

    /// A public address is the default where the caller names no network of its own.
    package var hasPublicAddress: Bool { publicAddress ?? (subnet == nil) }
}

/// What a client token stands for.
package struct RecordedLaunch: Sendable, Codable, Hashable {
    /// A digest of every parameter that must be the same when the token comes again.
    package let fingerprint: String
    package let reservation: String
}

/// How many instances are wanted, and what identifies the call.
package struct LaunchCall: Sendable {
    package var launch: Launch
    package var atLeast: Int
    package var atMost: Int
    package var fingerprint: String

    package init(launch: Launch, atLeast: Int, atMost: Int, fingerprint: String) {
        self.launch = launch
        self.atLeast = atLeast
        self.atMost = atMost
        self.fingerprint = fingerprint
    }
}

extension World {
    /// Launches as many as there is room for, or answers a repeated token with what it brought the first time.
    ///
    /// A refused call leaves nothing behind, so its token is free again.
    package mutating func launch(
        _ call: LaunchCall, in region: String, at now: Timestamp, chance: () -> UInt64
    ) throws(EC2Error) -> Reservation {
        if let earlier = try replay(call, in: region, at: now) { return earlier }
        let (zone, count) = try place(call, in: region, at: now, chance: chance)
        let reservation = begin(call.launch, count: count, zone: zone, in: region, at: now, chance: chance)
        if let token = call.launch.clientToken {
            regions[region]?.launches[Region.scope(of: token, for: call.launch, zone: zone)] = RecordedLaunch(
                fingerprint: call.fingerprint, reservation: reservation.id)
        }
        return reservation
    }

    /// Launches what has been found a place for.
    mutating func begin(
        _ launch: Launch, count: Int, zone: String, in region: String, at now: Timestamp, chance: () -> UInt64
    ) -> Reservation {
        forget(in: region, at: now)
        var place = regions[region, default: Region()]
        let reservation = Reservation(
            id: "r-\(freshDigits(chance))", sequence: (place.reservations.last?.sequence ?? 0) + 1, launch: launch,
            zone: zone, launchedAt: now, visibleAt: now + conditions.visibilityLag,
            instances: (0..<count).map { newInstance(index: $0, at: now, chance: chance) })
        place.reservations.append(reservation)
        regions[region] = place
        touch()
        return reservation
    }

    private func replay(_ call: LaunchCall, in region: String, at now: Timestamp) throws(EC2Error) -> Reservation? {
        guard let token = call.launch.clientToken, let place = regions[region] else { return nil }
        let zone = try wantedZone(of: call.launch, in: region)
        guard let recorded = place.launches[Region.scope(of: token, for: call.launch, zone: zone)]
        else { return nil }
        guard recorded.fingerprint == call.fingerprint else { throw .idempotentParameterMismatch }
        // Forgotten instances are terminated ones, so an absent reservation is answered the same way.
        guard var reservation = place.reservations.first(where: { $0.id == recorded.reservation }),
            reservation.instances.contains(where: { $0.state(at: now) != .terminated })
        else { throw .idempotentInstanceTerminated }
        reservation.instances.removeAll { $0.isForgotten(at: now) }
        return reservation
    }

    private mutating func newInstance(index: Int, at now: Timestamp, chance: () -> UInt64) -> EmulatedInstance {
        let id = "i-\(freshDigits(chance))"
        // From three quarters to five quarters, by the name: repeatable without a second source of chance.
        let share = Double(id.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % 501) / 1000 + 0.75
        let runsAt = now + .seconds(conditions.bootSeconds * share)
        var instance = EmulatedInstance(id: id, index: index, address: freshAddress(), runsAt: runsAt)
        if let ending = takeLateFailure() {
            instance.endsAt = runsAt
            instance.endedAt = runsAt
            instance.ending = ending
        }
        return instance
    }

    /// Drops what nobody can see any more, so that a world that is used for months does not grow.
    private mutating func forget(in region: String, at now: Timestamp) {
        guard var place = regions[region] else { return }
        for at in place.reservations.indices {
            guard place.reservations[at].instances.contains(where: { $0.isForgotten(at: now) }) else { continue }
            place.reservations[at].instances.removeAll { $0.isForgotten(at: now) }
        }
        // The last one stays: the next sequence number follows its.
        let last = place.reservations.last?.sequence
        place.reservations.removeAll { $0.instances.isEmpty && $0.sequence != last }
        regions[region] = place
    }
}

extension Region {
    /// A token speaks for a zone where the call names one and for the region where it does not, as EC2 has it:
    /// the same token in another zone is another launch.
    static func scope(of token: String, for launch: Launch, zone: String?) -> String {
        launch.zone != nil || launch.subnet != nil ? "\(token) \(zone ?? "")" : token
    }
}
