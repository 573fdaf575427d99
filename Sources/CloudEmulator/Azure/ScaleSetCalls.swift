import Provisioning

/// What can be asked of sets of machines.
enum ScaleSetCalls {
    static func answer(_ call: ARMCall, _ world: inout World) throws(ARMError) -> ARMAnswer {
        let id = call.id(.scaleSet, call.names["name"] ?? "")
        switch call.operation {
        case "VirtualMachineScaleSets_CreateOrUpdate":
            let body = try call.json()
            try call.checkConditions(world.find(id, at: call.now))
            let written = try world.putScaleSet(id, body, at: call.moment)
            return call.answer(written, world, world.shown(written.resource, at: call.now))
        case "VirtualMachineScaleSets_Update":
            let body = try call.json()
            try call.checkConditions(world.find(id, at: call.now))
            let written = try world.patchScaleSet(id, body, at: call.moment)
            return call.answer(written, world, world.shown(written.resource, at: call.now))
        case "VirtualMachineScaleSets_Get":
            return .value(world.shown(try world.require(id, at: call.now), at: call.now))
        case "VirtualMachineScaleSets_GetInstanceView":
            return .value(view(of: try world.require(id, at: call.now), world, at: call.now))
        case "VirtualMachineScaleSets_Delete":
            return call.accepted(try world.deleteScaleSet(id, at: call.moment))
        case "VirtualMachineScaleSets_DeleteInstances":
            guard let names = try call.json()["instanceIds"]?.array?.compactMap(\.string), !names.isEmpty else {
                throw .missingParameter("instanceIds")
            }
            return call.accepted(try world.deleteMembers(names, of: id, at: call.moment))
        case "VirtualMachineScaleSets_List", "VirtualMachineScaleSets_ListAll",
            "VirtualMachineScaleSets_ListByLocation":
            let location = call.names["location"].map(AzureInventory.location)
            return try call.page(of: .scaleSet, world) {
                location == nil || $0.location == location
            } shown: {
                world.shown($0, at: call.now)
            }
        case "VirtualMachineScaleSetVMs_List":
            let set = try world.require(id, at: call.now)
            return try call.page(of: .virtualMachine, world) {
                $0.machine?.scaleSet == set.id.key
            } shown: {
                member($0, of: set, call, world)
            }
        case "VirtualMachineScaleSetVMs_Get":
            let set = try world.require(id, at: call.now)
            return .value(member(try find(call, in: set, world), of: set, call, world))
        case "VirtualMachineScaleSetVMs_Delete":
            let set = try world.require(id, at: call.now)
            guard let machine = try? find(call, in: set, world) else { return ARMAnswer(status: 204) }
            return call.accepted(try world.deleteMembers([machine.id.name], of: id, at: call.moment))
        default: throw .noEntity(call.operation)
        }
    }

    private static func find(_ call: ARMCall, in set: AzureResource, _ world: World) throws(ARMError) -> AzureResource {
        let name = call.names["child"]?.lowercased()
        guard let found = world.members(of: set, at: call.now).first(where: { $0.id.name.lowercased() == name }) else {
            throw .noEntity("The entity was not found in this Azure location.")
        }
        return found
    }

    /// A member as its set shows it.
    private static func member(
        _ machine: AzureResource, of set: AzureResource, _ call: ARMCall, _ world: World
    ) -> JSONValue {
        let whole = world.shown(machine, at: call.now)
        var properties: JSONValue = [
            "latestModelApplied": true, "modelDefinitionApplied": "VirtualMachineScaleSet",
        ]
        for name in [
            "vmId", "hardwareProfile", "storageProfile", "osProfile", "networkProfile", "provisioningState",
            "timeCreated",
        ] {
            properties[name] = whole.at("properties", name)
        }
        if call.query["$expand"]?.lowercased().contains("instanceview") == true {
            var view = world.instanceView(of: machine, at: call.now)
            view["hyperVGeneration"] = nil
            properties["instanceView"] = view
        }
        return [
            "name": whole["name"], "id": .string("\(set.id.text)/virtualMachines/\(machine.id.name)"),
            "type": "Microsoft.Compute/virtualMachineScaleSets/virtualMachines", "location": whole["location"],
            "tags": whole["tags"], "zones": whole["zones"], "instanceId": .string(machine.id.name),
            "sku": ["name": .string(machine.machine?.size ?? ""), "tier": "Standard"], "properties": properties,
        ]
    }

    private static func view(of set: AzureResource, _ world: World, at now: Timestamp) -> JSONValue {
        var counts: [String: Int] = [:]
        for member in world.members(of: set, at: now) {
            counts["ProvisioningState/\(member.provisioningState(at: now).lowercased())", default: 0] += 1
            if let power = member.machine?.power(at: now) { counts["PowerState/\(power.rawValue)", default: 0] += 1 }
        }
        let state = set.provisioningState(at: now)
        let failure = set.failure(at: now)
        return [
            "virtualMachine": [
                "statusesSummary": .array(
                    counts.sorted { $0.key < $1.key }.map { ["code": .string($0.key), "count": .integer($0.value)] })
            ],
            "statuses": [
                [
                    "code": .string("ProvisioningState/\(state.lowercased())\(failure.map { "/\($0.code)" } ?? "")"),
                    "level": failure == nil ? "Info" : "Error",
                    "displayStatus": failure == nil
                        ? .string("Provisioning \(state.lowercased())") : "Provisioning failed",
                    "message": failure.map { .string($0.message) }, "time": .string(set.settledAt.inARM),
                ]
            ],
        ]
    }
}
