import Provisioning

extension World {
    /// What is done to a machine that is there already.
    enum PowerChange: String, Sendable {
        case start, powerOff, deallocate, restart, redeploy, reapply, reimage
    }

    /// Starts, stops or does something like it; who waits for it asks after the operation.
    mutating func changePower(
        _ change: PowerChange, of id: ResourceID, at moment: Moment
    ) throws(ARMError) -> AzureOperation {
        let now = moment.now
        var machine = try require(id, at: now)
        if machine.isBeingDeleted(at: now) { throw .markedForDeletion(id.name, change.rawValue) }
        guard var life = machine.machine else { throw .notFound(id) }
        var end = now + .seconds(conditions.shutdownSeconds)
        var failure: ARMError?
        switch change {
        case .powerOff: life.turn(.stopping, .stopped, from: now, until: end)
        case .deallocate: life.turn(.deallocating, .deallocated, from: now, until: end)
        case .start where life.power(at: now) == .running: break
        case .start:
            let zone = machine.zones.first, needsPlace = !life.isPlaced(at: now)
            if needsPlace, let size = AzureSize(life.size),
                let hit = quotaHit(size, isSpot: life.isSpot, in: machine.location, of: id.subscription, at: now)
            {
                throw .quotaExceeded(hit, in: machine.location)
            }
            if needsPlace, room(for: life.size, isSpot: life.isSpot, in: machine.location, zone: zone, at: now) == 0 {
                end = now + searchTime(of: id)
                failure = .allocationFailed(zonal: zone != nil, spot: life.isSpot)
            } else {
                end = now + bootTime(of: id) / 2
                life.turn(.starting, .running, from: now, until: end)
            }
        case .restart, .redeploy, .reapply, .reimage: break
        }
        machine.machine = life
        keep(machine)
        return begin(
            id.namespace, in: id.subscription, location: machine.location, until: end, failure: failure, at: moment)
    }

    /// Takes a spot machine away, as the cloud may at any time: it is stopped or deleted, as its owner chose.
    package mutating func evict(_ text: String, at moment: Moment, after delay: Duration = .zero) throws(ARMError) {
        guard let id = ResourceID(text) else { throw .noEntity("There is no machine '\(text)'.") }
        var machine = try require(id, at: moment.now)
        guard var life = machine.machine, life.isSpot else {
            throw ARMError(
                "OperationNotAllowed",
                "Simulate eviction is not supported for VM '\(id.name)', which is no Azure Spot Virtual Machine.",
                status: 409)
        }
        let start = moment.now + delay
        if life.isDeletedWhenEvicted {
            endMachine(&machine, from: start)
        } else {
            life.turns.removeAll { $0.at > start }
            life.turns += [
                .init(at: start, power: .deallocating),
                .init(at: start + .seconds(conditions.shutdownSeconds), power: .deallocated),
            ]
            machine.machine = life
            keep(machine)
        }
    }
}
