import Provisioning

/// Something in a resource group: what was asked for, what is shown of it, and the moments of its life.
package struct AzureResource: Sendable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case virtualMachine = "Microsoft.Compute/virtualMachines"
        case scaleSet = "Microsoft.Compute/virtualMachineScaleSets"
        case disk = "Microsoft.Compute/disks"
        case image = "Microsoft.Compute/images"
        case networkInterface = "Microsoft.Network/networkInterfaces"
        case publicAddress = "Microsoft.Network/publicIPAddresses"
        case virtualNetwork = "Microsoft.Network/virtualNetworks"
        case subnet = "Microsoft.Network/virtualNetworks/subnets"
        case securityGroup = "Microsoft.Network/networkSecurityGroups"
    }

    package let id: ResourceID
    package let kind: Kind?
    /// Rises from one to the next; pages of a listing go by it.
    package let sequence: Int
    package let location: String
    package let guid: String
    package var zones: [String] = []
    package var tags: JSONObject?
    /// The body of the call that made it or changed it last, secrets as digests.
    package var sent: JSONValue = .null
    /// As shown, but for what follows from the time.
    package var properties: JSONValue = [:]
    /// What is shown beside them: `sku`, `identity`, `plan`.
    package var extras = JSONObject()
    /// Rises with every change.
    package var version = 1
    package let createdAt: Timestamp
    /// Before this, lists do not know it.
    package var visibleAt: Timestamp
    /// Until then it is being created or updated.
    package var settledAt: Timestamp
    package var isUpdating = false
    /// What came of it, from then on.
    package var failure: ARMError?
    package var deletedAt: Timestamp?
    /// From then on it is no more.
    package var goneAt: Timestamp?
    /// Of a machine.
    package var machine: MachineLife?
    /// The machine that a card or a disk belongs to, the card that an address belongs to: its key.
    package var owner: String?
    /// Whether it goes with its owner.
    package var goesWithOwner = false
    /// Of a card: what it has taken of subnets.
    package var addresses: [TakenAddress] = []
    /// Of a card: until then no other machine may have it, nor may it be deleted, for the machine's sake.
    package var reservedUntil: Timestamp?

    init(
        id: ResourceID, sequence: Int, location: String, guid: String, at now: Timestamp, visibleAt: Timestamp
    ) {
        self.id = id
        self.kind = Kind.byType[id.type.lowercased()]
        self.sequence = sequence
        self.location = location
        self.guid = guid
        self.createdAt = now
        self.visibleAt = visibleAt
        self.settledAt = now
    }

    package func isGone(at now: Timestamp) -> Bool { goneAt.map { $0 <= now } ?? false }
    package func isBeingDeleted(at now: Timestamp) -> Bool { deletedAt.map { $0 <= now } ?? false }

    package func provisioningState(at now: Timestamp) -> String {
        if isBeingDeleted(at: now) { return "Deleting" }
        if now < settledAt { return isUpdating ? "Updating" : "Creating" }
        return failure == nil ? "Succeeded" : "Failed"
    }

    /// What came of it, once that is known.
    package func failure(at now: Timestamp) -> ARMError? { now < settledAt ? nil : failure }
}

extension AzureResource.Kind {
    fileprivate static let byType: [String: Self] = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.rawValue.lowercased(), $0) })
}

/// A resource where it lies with many: a world is copied for every call, and this is one word of it.
package final class KeptResource: Sendable, Codable {
    package let resource: AzureResource

    init(_ resource: AzureResource) { self.resource = resource }

    package init(from decoder: any Decoder) throws { resource = try AzureResource(from: decoder) }
    package func encode(to encoder: any Encoder) throws { try resource.encode(to: encoder) }
}

/// A private address, and the key of the subnet it is in.
package struct TakenAddress: Sendable, Codable, Hashable {
    package let subnet: String
    package let address: UInt32
}

// MARK: - Finding

extension World {
    /// A resource that is still there.
    func find(_ id: ResourceID, at now: Timestamp) -> AzureResource? {
        guard let found = azure?.subscriptions[id.subscription.lowercased()]?.resources[id.key]?.resource,
            !found.isGone(at: now)
        else { return nil }
        return found
    }

    func require(_ id: ResourceID, at now: Timestamp) throws(ARMError) -> AzureResource {
        guard hasGroup(id.group, in: id.subscription, at: now) else { throw .noGroup(id.group) }
        guard let found = find(id, at: now) else { throw .notFound(id) }
        return found
    }

    /// Of one kind, those still there, the oldest first.
    func resources(_ kind: AzureResource.Kind, in subscription: String, at now: Timestamp) -> [AzureResource] {
        select(in: subscription) { $0.kind == kind && !$0.isGone(at: now) }
    }

    /// What belongs to a machine or a card.
    func belongings(of owner: AzureResource, at now: Timestamp) -> [AzureResource] {
        select(in: owner.id.subscription) { $0.owner == owner.id.key && !$0.isGone(at: now) }
    }

    private func select(in subscription: String, _ isWanted: (AzureResource) -> Bool) -> [AzureResource] {
        any(in: subscription, isWanted).sorted { $0.sequence < $1.sequence }
    }

    /// In no order, which is quicker.
    func any(in subscription: String, _ isWanted: (AzureResource) -> Bool) -> [AzureResource] {
        var found: [AzureResource] = []
        for kept in azure?.subscriptions[subscription.lowercased()]?.resources.values ?? [:].values
        where isWanted(kept.resource) {
            found.append(kept.resource)
        }
        return found
    }

    func group(_ name: String, in subscription: String, at now: Timestamp) -> ResourceGroup? {
        guard let group = azure?.subscriptions[subscription.lowercased()]?.groups[name.lowercased()] else { return nil }
        return group.goneAt.map { $0 <= now } == true ? nil : group
    }

    func hasGroup(_ name: String, in subscription: String, at now: Timestamp) -> Bool {
        group(name, in: subscription, at: now) != nil
    }

    mutating func keep(_ resource: AzureResource) {
        arm.subscriptions[resource.id.subscription.lowercased()]?.resources[resource.id.key] = KeptResource(resource)
        touch()
    }

    /// A resource that is new: its group is there and so is its place.
    mutating func newResource(_ id: ResourceID, in location: String, at moment: Moment) -> AzureResource {
        AzureResource(
            id: id, sequence: arm.freshNumber(), location: location, guid: arm.freshUUID(moment.seed), at: moment.now,
            visibleAt: moment.now + conditions.visibilityLag)
    }

}

extension AzureSubscription {
    /// Drops what nobody can see any more, so that a world that is used for months does not grow.
    mutating func forget(at now: Timestamp) {
        resources.removeAll { kept in
            kept.resource.isGone(at: now) && kept.resource.reservedUntil.map { $0 <= now } != false
        }
        operations.removeAll { $0.isForgotten(at: now) }
    }
}
