import Cloud
import CloudAWS
import CloudEmulator
import Engine
import Provisioning

// What machines come from besides themselves.

extension SimulatedHouse {
    private static let shipped = Result {
        try ProviderDescriptor(
            folder: providers,
            apiFiles: ["run-instances.yaml", "ec2-fleet.yaml", "spot-fleet.yaml", "auto-scaling-group.yaml"])
    }

    func strategies(_ traits: APITraits) throws -> [APIName: AccountAPI] {
        let single = AccountAPI(strategy: RunInstances(), traits: traits)
        guard hasGroups else { return [single.name: single] }
        let strategies: [any OneCallStrategy] = [EC2Fleet(), SpotFleet(), AutoScalingGroup()]
        let apis = try SimulatedHouse.shipped.get().apis
        let grouped = strategies.map { AccountAPI(strategy: $0, traits: apis[type(of: $0).api]!) }
        return Dictionary(uniqueKeysWithValues: ([single] + grouped).map { ($0.name, $0) })
    }

    func usualRefusals() throws -> RefusalTable {
        hasGroups ? try SimulatedHouse.shipped.get().refusals : .ec2
    }

    /// Lets the cloud do what its time has come for; the request itself is refused.
    func look() {
        _ = emulator.handle(
            HTTPRequest(method: "POST", endpoint: Endpoint(scheme: .https, host: "ec2.test"), body: []))
    }

    /// What is left in the cloud that is no instance.
    func standing() throws -> [String] {
        look()
        return try emulator.world().regions.values.flatMap { region in
            region.templates.map(\.name) + region.groups.filter { !$0.isBeingDeleted }.map(\.name)
                // Nobody is billed for an instant fleet, and EC2 forgets it by itself.
                + region.fleets.filter { $0.ending == nil && $0.mode != .instant }.map(\.id)
        }
    }

    /// Takes fleets and groups away and leaves their instances, as somebody might by hand.
    func takeGroupsAway() throws {
        try emulator.change { world in
            for region in world.regions.keys {
                world.regions[region]?.fleets = []
                world.regions[region]?.groups = []
            }
        }
    }

    /// Where the machines of a template come from.
    func pools(of template: Template.ID) -> [(type: String, zone: String, market: Market)] {
        let market: Market = template.text.hasPrefix("spot") ? .spot : .onDemand
        return ["m6i.large", "m5.large"].flatMap { type in
            ["us-east-1a", "us-east-1b"].map { (type, $0, market) }
        }
    }

    /// Does something that may be cut short by a dying process until it is done.
    func surviving<Result>(_ agent: inout Agent, _ body: (Agent) async throws -> Result) async throws -> Result {
        while true {
            do { return try await body(agent) } catch is Crossings.Died {
                try revive()
                agent = try startAgent()
            }
        }
    }
}
