import Provisioning

/// A resource as a call left it, and the operation that goes on; nil: there is nothing to wait for.
struct Written: Sendable {
    var resource: AzureResource
    var operation: AzureOperation?
    var isNew = false
}

// MARK: - Making machines

extension World {
    /// Makes a machine, changes it, or finds it as it is asked to be.
    mutating func putMachine(_ id: ResourceID, _ body: JSONValue, at moment: Moment) throws(ARMError) -> Written {
        let location = try place(body, of: id, at: moment.now)
        let asked = try MachineBody(body, in: location)
        if let known = find(id, at: moment.now) {
            if known.isBeingDeleted(at: moment.now) { throw .markedForDeletion(id.name, "Create or Update VM") }
            guard known.location == location else { throw .elsewhere(id, is: known.location, wanted: location) }
            return try changeMachine(known, asked, at: moment)
        }
        return try makeMachine(id, asked, in: location, at: moment)
    }

    /// A machine that is new.
    ///
    /// - Parameter set: whose member it becomes. Its set has seen to quota and room.
    mutating func makeMachine(
        _ id: ResourceID, _ asked: MachineBody, in location: String, set: AzureResource? = nil, at moment: Moment
    ) throws(ARMError) -> Written {
        let now = moment.now, size = asked.size
        let zones = try zones(of: asked.body, for: id, in: location)
        if set == nil {
            guard isOffered(size.name, isSpot: asked.isSpot, in: location, zone: zones.first) else {
                throw .skuNotAvailable(size.name, in: location, zones: zones)
            }
            if let hit = quotaHit(size, isSpot: asked.isSpot, in: location, of: id.subscription, at: now) {
                throw .quotaExceeded(hit, in: location)
            }
        }
        try checkImage(asked, at: now)
        // Cards first: they may be refused, and then nothing is left behind.
        let cards = try takeCards(for: id, asked.body, in: location, zones: zones, at: moment)

        var machine = newResource(id, in: location, at: moment)
        machine.zones = zones
        machine.tags = asked.body["tags"]?.object
        machine.sent = withoutSecrets(asked.body)
        machine.machine = MachineLife(
            size: size.name, isSpot: asked.isSpot, isDeletedWhenEvicted: asked.isDeletedWhenEvicted,
            scaleSet: set?.id.key)
        for name in ["identity", "plan", "extendedLocation"] { machine.extras[name] = asked.body[name] }

        let hasRoom = room(for: size.name, isSpot: asked.isSpot, in: location, zone: zones.first, at: now) > 0
        let runsAt = now + bootTime(of: id)
        if !hasRoom {
            machine.settledAt = now + searchTime(of: id)
            machine.failure = .allocationFailed(zonal: !zones.isEmpty, spot: asked.isSpot)
        } else if let ending = takeLateFailure() {
            machine.settledAt = runsAt
            machine.failure = ARMError(ending.code, ending.message, status: 409)
            // What is slow to start goes on starting after Azure has given it up.
            if ending.code.hasSuffix("TimedOut") { machine.machine?.turns = [.init(at: runsAt, power: .running)] }
        } else {
            machine.settledAt = runsAt
            machine.machine?.turns = [.init(at: runsAt, power: .running)]
        }
        let disks = makeDisks(for: machine, asked, at: moment)
        machine.properties = shownMachine(asked, machine, cards: cards, disks: disks)
        for card in cards {
            var card = card
            card.owner = id.key
            if machine.failure != nil { card.reservedUntil = machine.settledAt + AzureResource.reservation }
            keep(card)
        }
        keep(machine)
        let operation = begin(
            id.namespace, in: id.subscription, location: location, until: machine.settledAt, failure: machine.failure,
            at: moment)
        return Written(resource: machine, operation: operation, isNew: true)
    }

    /// An image of one's own must be there; one of a gallery is taken to be.
    private func checkImage(_ asked: MachineBody, at now: Timestamp) throws(ARMError) {
        guard let text = asked.body.at("properties", "storageProfile", "imageReference", "id")?.string,
            let id = ResourceID(text), id.type.lowercased() == AzureResource.Kind.image.rawValue.lowercased(),
            find(id, at: now) == nil
        else { return }
        throw .noEntity("The resource with id '\(text)' was not found.")
    }

    // MARK: - Deleting

    /// Nil: there is nothing to delete.
    mutating func deleteMachine(_ id: ResourceID, at moment: Moment) throws(ARMError) -> AzureOperation? {
        guard hasGroup(id.group, in: id.subscription, at: moment.now) else { throw .noGroup(id.group) }
        guard var machine = find(id, at: moment.now) else { return nil }
        if !machine.isBeingDeleted(at: moment.now) {
            endMachine(&machine, from: moment.now)
            leaveSet(machine, at: moment.now)
        }
        return begin(
            id.namespace, in: id.subscription, location: machine.location, until: machine.goneAt ?? moment.now,
            finalStatus: 204, at: moment)
    }

    /// Lets a machine end from a moment on, and with it what goes with it.
    mutating func endMachine(_ machine: inout AzureResource, from start: Timestamp) {
        machine.deletedAt = start
        machine.goneAt = start + .seconds(conditions.shutdownSeconds)
        keep(machine)
        for part in belongings(of: machine, at: start) { endPart(part, of: machine) }
    }

    private mutating func endPart(_ part: AzureResource, of owner: AzureResource) {
        guard part.goesWithOwner else { return }
        var part = part
        part.deletedAt = owner.deletedAt
        part.goneAt = owner.goneAt
        keep(part)
        for piece in belongings(of: part, at: owner.deletedAt ?? part.createdAt) { endPart(piece, of: part) }
    }

    /// A location, checked to be one that takes machines and to have the group.
    func place(_ body: JSONValue, of id: ResourceID, at now: Timestamp) throws(ARMError) -> String {
        guard hasGroup(id.group, in: id.subscription, at: now) else { throw .noGroup(id.group) }
        guard body.object != nil else { throw .invalidContent("The request body is no JSON object.") }
        guard let text = body["location"]?.string, !text.isEmpty else {
            throw ARMError("LocationRequired", "The location property is required for this definition.")
        }
        let location = AzureInventory.location(text)
        guard AzureInventory.locations[location] != nil else { throw .noSuchLocation(text, for: id.type) }
        return location
    }

    /// Zones that the location has; a machine is in one at most.
    func zones(
        of body: JSONValue, for id: ResourceID, in location: String, most: Int = 1
    ) throws(ARMError) -> [String] {
        let zones = (body["zones"]?.array ?? []).compactMap(\.string)
        let known = AzureInventory.locations[location] ?? []
        guard zones.allSatisfy(known.contains) else {
            throw ARMError(
                "AvailabilityZoneNotSupported",
                "The zone(s) '\(zones.filter { !known.contains($0) }.joined(separator: ","))' for resource "
                    + "'\(id.type)/\(id.name)' is not supported. The supported zones for location '\(location)' are "
                    + "'\(known.joined(separator: ","))'")
        }
        guard zones.count <= most else {
            throw .invalidParameter("A virtual machine can be in one availability zone only.", target: "zones")
        }
        return zones
    }
}

extension AzureResource {
    /// How long a card is kept for a machine that could not be made.
    static let reservation: Duration = .seconds(180)
}
