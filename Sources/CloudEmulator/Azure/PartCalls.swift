import Cloud
import Provisioning

/// What can be asked of what machines are made of: cards, addresses, networks, disks, images.
enum PartCalls {
    static func answer(_ call: ARMCall, _ world: inout World) throws(ARMError) -> ARMAnswer {
        guard let kind = kind(call.operation) else { throw .noEntity(call.operation) }
        let name = call.names["name"] ?? ""
        let id = kind == .subnet ? call.id(kind, name, call.names["child"] ?? "") : call.id(kind, name)
        switch call.operation.drop(while: { $0 != "_" }) {
        case "_CreateOrUpdate":
            let body = try call.json()
            try call.checkConditions(world.find(id, at: call.now))
            let written = try put(id, kind, body, call, &world)
            return call.answer(written, world, world.shown(written.resource, at: call.now))
        case "_UpdateTags":
            let resource = try world.patchTags(id, try call.json(), at: call.now)
            return ARMAnswer(
                body: world.shown(resource, at: call.now), headers: [HTTPHeader("Azure-AsyncNotification", "Enabled")])
        case "_Get":
            return .value(world.shown(try world.require(id, at: call.now), at: call.now))
        case "_Delete":
            return call.accepted(try world.deletePart(id, at: call.moment))
        default:
            if kind == .subnet { _ = try world.require(call.id(.virtualNetwork, name), at: call.now) }
            let network = call.id(.virtualNetwork, name)
            return try call.page(of: kind, world) {
                kind != .subnet || $0.id.parent == network
            } shown: {
                world.shown($0, at: call.now)
            }
        }
    }

    private static func kind(_ operation: String) -> AzureResource.Kind? {
        switch operation.prefix(while: { $0 != "_" }) {
        case "Disks": .disk
        case "Images": .image
        case "NetworkInterfaces": .networkInterface
        case "PublicIPAddresses": .publicAddress
        case "VirtualNetworks": .virtualNetwork
        case "Subnets": .subnet
        case "NetworkSecurityGroups": .securityGroup
        default: nil
        }
    }

    static func put(
        _ id: ResourceID, _ kind: AzureResource.Kind, _ body: JSONValue, _ call: ARMCall, _ world: inout World
    ) throws(ARMError) -> Written {
        switch kind {
        case .networkInterface: try world.putCard(id, body, at: call.moment)
        case .publicAddress: try world.putAddress(id, body, at: call.moment)
        case .virtualNetwork: try world.putNetwork(id, body, at: call.moment)
        case .subnet: try world.putSubnet(id, body, at: call.moment)
        case .securityGroup: try world.putSecurityGroup(id, body, at: call.moment)
        case .image: try world.putImage(id, body, at: call.moment)
        case .virtualMachine: try world.putMachine(id, body, at: call.moment)
        case .scaleSet: try world.putScaleSet(id, body, at: call.moment)
        case .disk: throw .noEntity("Disks are made with their machines.")
        }
    }
}
