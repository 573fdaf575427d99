import Cloud
import Provisioning

/// How the answer to a CreateFleet is read.
enum EC2FleetReply {
    static func receipt(_ response: HTTPResponse, of wish: FleetWish) throws -> LaunchReceipt {
        let root = try XMLTree.parse(response.body)
        guard let fleet = root.text("fleetId"), !fleet.isEmpty else {
            throw Unreadable("<\(root.name)> has no <fleetId>")
        }
        let faults = (root["errorSet"]?.children("item") ?? []).flatMap { refused($0, of: wish) }.eachOnce
        guard wish.kind == .instant else { return LaunchReceipt(instances: [], group: fleet, faults: faults) }
        let instances = try (root["fleetInstanceSet"]?.children("item") ?? []).flatMap(launched)
        return LaunchReceipt(instances: instances, faults: faults)
    }

    /// Those of one pool.
    private static func launched(_ item: XMLElement) throws -> [Instance] {
        let override = item["launchTemplateAndOverrides"]?["overrides"]
        guard let ids = item["instanceIds"]?.children("item"), !ids.isEmpty,
            let type = item.text("instanceType") ?? override?.text("instanceType")
        else { throw Unreadable("a fleet launched something without ids or a type") }
        return ids.map { id in
            var instance = Instance(
                id: .init(id.text), state: .pending, type: type,
                market: item.text("lifecycle") == "spot" ? .spot : .onDemand)
            instance.zone = override?.text("availabilityZone")
            return instance
        }
    }

    private static func refused(_ item: XMLElement, of wish: FleetWish) -> [OfferingFault] {
        let override = item["launchTemplateAndOverrides"]?["overrides"]
        // What a fleet says beside its success has no status of its own.
        let fault = Fault(status: 400, code: item.text("errorCode"), message: item.text("errorMessage") ?? "")
        let market: Market = item.text("lifecycle").map { $0 == "spot" ? .spot : .onDemand } ?? wish.market
        return wish.faults(
            fault, type: override?.text("instanceType"), zone: override?.text("availabilityZone"),
            subnet: override?.text("subnetId"), market: market)
    }
}
