import Provisioning

/// What can be asked of single machines.
enum MachineCalls {
    static func answer(_ call: ARMCall, _ world: inout World) throws(ARMError) -> ARMAnswer {
        let id = call.id(.virtualMachine, call.names["name"] ?? "")
        switch call.operation {
        case "VirtualMachines_CreateOrUpdate":
            let body = try call.json()
            try call.checkConditions(world.find(id, at: call.now))
            let written = try world.putMachine(id, body, at: call.moment)
            return call.answer(written, world, world.shown(written.resource, at: call.now))
        case "VirtualMachines_Update":
            let body = try call.json()
            try call.checkConditions(world.find(id, at: call.now))
            let written = try world.patchMachine(id, body, at: call.moment)
            return call.answer(written, world, world.shown(written.resource, at: call.now))
        case "VirtualMachines_Get":
            return .value(try shown(world.require(id, at: call.now), call, world))
        case "VirtualMachines_InstanceView":
            return .value(world.instanceView(of: try world.require(id, at: call.now), at: call.now))
        case "VirtualMachines_Delete":
            return call.accepted(try world.deleteMachine(id, at: call.moment))
        case "VirtualMachines_SimulateEviction":
            try world.evict(id.text, at: call.moment, after: .seconds(world.conditions.shutdownSeconds))
            return ARMAnswer(status: 204)
        case "VirtualMachines_List", "VirtualMachines_ListAll", "VirtualMachines_ListByLocation":
            return try list(call, world)
        default:
            guard let change = change(call.operation) else { throw .noEntity(call.operation) }
            return call.accepted(try world.changePower(change, of: id, at: call.moment))
        }
    }

    private static func change(_ operation: String) -> World.PowerChange? {
        switch operation {
        case "VirtualMachines_Start": .start
        case "VirtualMachines_PowerOff": .powerOff
        case "VirtualMachines_Deallocate": .deallocate
        case "VirtualMachines_Restart": .restart
        case "VirtualMachines_Redeploy": .redeploy
        case "VirtualMachines_Reapply": .reapply
        default: nil
        }
    }

    private static func shown(_ machine: AzureResource, _ call: ARMCall, _ world: World) -> JSONValue {
        var shown = world.shown(machine, at: call.now)
        if call.query["$expand"]?.lowercased().contains("instanceview") == true {
            shown["properties"]?["instanceView"] = world.instanceView(of: machine, at: call.now)
        }
        return shown
    }

    private static func list(_ call: ARMCall, _ world: World) throws(ARMError) -> ARMAnswer {
        var set: String?
        if let filter = call.query["$filter"] { set = try memberFilter(filter) }
        let onlyStatus = call.query["statusonly"]?.lowercased() == "true"
        let location = call.names["location"].map(AzureInventory.location)
        return try call.page(of: .virtualMachine, world) { machine in
            (set == nil || machine.machine?.scaleSet == set) && (location == nil || machine.location == location)
        } shown: { machine in
            guard onlyStatus else { return shown(machine, call, world) }
            // How it is doing, and little of what it is.
            let whole = world.shown(machine, at: call.now)
            return [
                "name": whole["name"], "id": whole["id"], "type": whole["type"], "location": whole["location"],
                "properties": [
                    "vmId": whole.at("properties", "vmId"),
                    "provisioningState": whole.at("properties", "provisioningState"),
                    "instanceView": ["statuses": world.statuses(of: machine, at: call.now)],
                ],
            ]
        }
    }

    /// `'virtualMachineScaleSet/id' eq '/subscriptions/…'`: the one thing that machines are filtered by.
    private static func memberFilter(_ text: String) throws(ARMError) -> String {
        let words = text.split(separator: " ", maxSplits: 2).map { $0.filter { $0 != "'" } }
        guard words.count == 3, words[0].lowercased() == "virtualmachinescaleset/id", words[1] == "eq",
            let id = ResourceID(words[2])
        else { throw ARMError("InvalidFilterExpression", "The filter '\(text)' is not supported.") }
        return id.key
    }
}

extension ARMCall {
    /// A page of a listing: of a group or of a whole subscription, the oldest first.
    func page(
        of kind: AzureResource.Kind, _ world: World, _ isWanted: (AzureResource) -> Bool = { _ in true },
        shown: (AzureResource) -> JSONValue
    ) throws(ARMError) -> ARMAnswer {
        let group = names["resourceGroupName"]
        if let group, !world.hasGroup(group, in: subscription, at: now) { throw .noGroup(group) }
        let mark = query["$skiptoken"]
        let after = mark.flatMap { Int($0) } ?? .min
        if mark != nil, after == .min { throw ARMError("InvalidSkipToken", "The skip token is not valid.") }
        let found = world.resources(kind, in: subscription, at: now).filter { resource in
            resource.visibleAt <= now && resource.sequence > after
                && (group == nil || resource.id.group.lowercased() == group?.lowercased()) && isWanted(resource)
        }
        let page = found.prefix(world.conditions.pageSize)
        let next = page.count < found.count ? page.last.map { nextLink(after: $0.sequence) } : nil
        return .list(page.map(shown), next: next)
    }
}
