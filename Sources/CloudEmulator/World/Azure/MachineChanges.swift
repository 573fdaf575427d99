import Provisioning

extension World {
    /// A machine as it is asked to be now; the same body again changes nothing.
    mutating func changeMachine(
        _ known: AzureResource, _ asked: MachineBody, at moment: Moment
    ) throws(ARMError) -> Written {
        let sent = withoutSecrets(asked.body)
        if sent == known.sent { return Written(resource: known) }
        if let path = firstChange(from: known.sent, to: sent, among: immutable) { throw .propertyChange(path) }
        var machine = known
        machine.sent = sent
        machine.tags = asked.body["tags"]?.object
        machine.extras["identity"] = asked.body["identity"] ?? machine.extras["identity"]
        return try settleChange(&machine, asked.body, at: moment)
    }

    /// Changes what a patch names.
    mutating func patchMachine(_ id: ResourceID, _ body: JSONValue, at moment: Moment) throws(ARMError) -> Written {
        var machine = try require(id, at: moment.now)
        if machine.isBeingDeleted(at: moment.now) { throw .markedForDeletion(id.name, "Update VM") }
        let patch = withoutSecrets(body)
        if let path = firstChange(from: machine.sent, to: patch, among: immutable) { throw .propertyChange(path) }
        if body["tags"] != nil { machine.tags = body["tags"]?.object }
        if let identity = body["identity"] { machine.extras["identity"] = identity }
        machine.sent = merged(machine.sent, patch)
        return try settleChange(&machine, body, at: moment)
    }

    private mutating func settleChange(
        _ machine: inout AzureResource, _ body: JSONValue, at moment: Moment
    ) throws(ARMError) -> Written {
        let now = moment.now
        if let size = body.at("properties", "hardwareProfile", "vmSize")?.string, size != machine.machine?.size {
            guard AzureSize(size) != nil else { throw .noSuchSize(size, in: machine.location) }
            machine.machine?.size = size
            machine.properties["hardwareProfile"] = ["vmSize": .string(size)]
        }
        for name in ["diagnosticsProfile", "additionalCapabilities", "billingProfile", "licenseType"] {
            if let value = body.at("properties", name) { machine.properties[name] = value }
        }
        // One that is still being created goes on being created.
        if machine.settledAt <= now {
            machine.isUpdating = true
            machine.settledAt = now + .seconds(conditions.bootSeconds / 10)
        }
        machine.version += 1
        keep(machine)
        let operation = begin(
            machine.id.namespace, in: machine.id.subscription, location: machine.location, until: machine.settledAt,
            failure: machine.failure, at: moment)
        return Written(resource: machine, operation: operation)
    }
}

/// What of a machine stays as it was when it was made.
private let immutable = [
    "zones", "properties.osProfile", "properties.storageProfile.imageReference", "properties.priority",
    "properties.evictionPolicy", "properties.availabilitySet", "properties.virtualMachineScaleSet",
    "properties.proximityPlacementGroup", "properties.hostGroup", "properties.securityProfile.securityType",
    "properties.storageProfile.osDisk.name", "properties.storageProfile.osDisk.createOption",
    "properties.storageProfile.osDisk.managedDisk.storageAccountType",
    "properties.networkProfile.networkInterfaceConfigurations", "plan",
]

/// The first of these properties that is named in both and is not the same.
private func firstChange(from old: JSONValue, to new: JSONValue, among paths: [String]) -> String? {
    for path in paths {
        var before: JSONValue? = old, after: JSONValue? = new
        for name in path.split(separator: ".") { (before, after) = (before?[String(name)], after?[String(name)]) }
        guard let after, let changed = difference(before, after, at: path) else { continue }
        return changed.hasPrefix("properties.") ? String(changed.dropFirst(11)) : changed
    }
    return nil
}

private func difference(_ old: JSONValue?, _ new: JSONValue, at path: String) -> String? {
    if old == new { return nil }
    guard case .object(let fields) = new, let old, old.object != nil else { return path }
    for field in fields.fields {
        if let found = difference(old[field.name], field.value, at: "\(path).\(field.name)") { return found }
    }
    return nil
}

/// The old value with what the patch names; objects are gone into.
func merged(_ old: JSONValue, _ patch: JSONValue) -> JSONValue {
    guard case .object(let fields) = patch, case .object(var result) = old else { return patch }
    for field in fields.fields {
        result[field.name] = result[field.name].map { merged($0, field.value) } ?? field.value
    }
    return .object(result)
}
