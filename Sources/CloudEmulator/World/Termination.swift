import Provisioning

/// What a termination did to one instance.
package struct StateChange: Sendable, Hashable {
    package var instance: String
    package var before: EmulatedInstance.State
    package var after: EmulatedInstance.State
}

extension World {
    /// Ends instances, or none of them if one is unknown. Ending what has ended changes nothing.
    package mutating func terminate(
        _ ids: [String], in region: String, at now: Timestamp, changing: Bool = true
    ) throws(EC2Error) -> [StateChange] {
        let places = try find(ids, in: region, at: now)
        var changes: [StateChange] = []
        var hasChanged = false
        for (reservation, index) in places {
            let instance = regions[region]!.reservations[reservation].instances[index]
            let before = instance.state(at: now)
            let isAlive = before == .pending || before == .running
            if changing, isAlive {
                end(reservation, index, in: region, at: now, because: .asked)
                hasChanged = true
            }
            changes.append(StateChange(instance: instance.id, before: before, after: isAlive ? .shuttingDown : before))
        }
        if hasChanged { touch() }
        return changes
    }

    /// Takes spot instances away, as the cloud may at any time.
    package mutating func interrupt(_ ids: [String], in region: String, at now: Timestamp) throws(EC2Error) {
        for (reservation, index) in try find(ids, in: region, at: now) {
            let state = regions[region]!.reservations[reservation].instances[index].state(at: now)
            guard state == .pending || state == .running else { continue }
            end(reservation, index, in: region, at: now, because: .interrupted)
            touch()
        }
    }

    mutating func end(
        _ reservation: Int, _ index: Int, in region: String, at now: Timestamp, because ending: EmulatedInstance.Ending
    ) {
        // The caller found it here a moment ago.
        regions[region]!.reservations[reservation].instances[index].endsAt = now
        regions[region]!.reservations[reservation].instances[index].endedAt = now + .seconds(conditions.shutdownSeconds)
        regions[region]!.reservations[reservation].instances[index].ending = ending
    }

    /// Where instances stand, in the order asked for; each once.
    func find(
        _ ids: [String], in region: String, at now: Timestamp
    ) throws(EC2Error) -> [(reservation: Int, index: Int)] {
        let malformed = ids.filter { !isWellFormed($0, prefix: "i-") }
        guard malformed.isEmpty else { throw .malformedInstanceIDs(malformed) }
        var places: [String: (Int, Int)] = [:]
        for (number, reservation) in (regions[region]?.reservations ?? []).enumerated() {
            guard reservation.visibleAt <= now else { continue }
            for (index, instance) in reservation.instances.enumerated() where !instance.isForgotten(at: now) {
                places[instance.id] = (number, index)
            }
        }
        var seen: Set<String> = []
        let wanted = ids.filter { seen.insert($0).inserted }
        let missing = wanted.filter { places[$0] == nil }
        guard missing.isEmpty else { throw .unknownInstances(missing) }
        return wanted.compactMap { places[$0] }
    }
}

/// Whether an id is a prefix and eight or seventeen hexadecimal digits.
package func isWellFormed(_ id: String, prefix: String) -> Bool {
    guard id.hasPrefix(prefix) else { return false }
    let digits = id.utf8.dropFirst(prefix.utf8.count)
    return (digits.count == 8 || digits.count == 17)
        && digits.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
}
