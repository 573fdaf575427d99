import CloudEmulator
import Provisioning
import Store
import Testing

/// What must be true at every moment, whatever happened.
extension SimulatedHouse {
    struct Living: Hashable {
        let id: String
        let request: String
        let token: String
    }

    /// Instances somebody pays for.
    func living() throws -> [Living] {
        let now = clock.now
        if isGoogle { return try livingAtGoogle() }
        let elsewhere = hasAnnex ? try livingAtGoogle() : []
        return try elsewhere
            + emulator.world().regions.values.flatMap(\.reservations).flatMap { reservation in
                let tags = Dictionary(
                    reservation.launch.tags.map { ($0.key, $0.value) }, uniquingKeysWith: { a, _ in a })
                return reservation.instances.filter { [.pending, .running].contains($0.state(at: now)) }.map {
                    Living(id: $0.id, request: tags[OurTag.request] ?? "", token: tags[OurTag.token] ?? "")
                }
            }
    }

    func checkInvariants() throws {
        let living = try living()
        try base { sql in
            let machines = try MachineRepository(sql).machines(in: nil)
            let claimed = Set(machines.filter { !$0.state.isFinal }.compactMap(\.instance?.text))
            let openTokens = try IntentLog(sql).openTokens()
            let groups = Set(try ScaffoldRepository(sql).groups(at: SimulatedHouse.account).map(\.id.text))
            for instance in living {
                // What a group has just brought is for the machine that waits for it.
                let isOwned =
                    claimed.contains(instance.id) || openTokens.contains(IntentToken(instance.token))
                    || groups.contains(instance.token)
                #expect(isOwned, "instance \(instance.id) has no owner")
            }
            for (request, instances) in Dictionary(grouping: living, by: \.request) {
                let asked = try RequestRepository(sql).request(Request.ID(request))?.count ?? 0
                #expect(instances.count <= asked, "\(instances.count) instances for \(asked) machines")
            }
            let instances = machines.compactMap(\.instance)
            #expect(Set(instances).count == instances.count, "two machines share an instance")
            for event in try machines.map(\.request).uniqued().flatMap({ try History(sql).events(of: $0) }) {
                guard let was = event.was.flatMap(Machine.State.init),
                    let became = Machine.State(rawValue: event.became)
                else { continue }
                #expect(was.mayBecome(became), "\(event.subject) went from \(was) to \(became)")
            }
        }
    }

    /// Looks into the ledger without crossing anything.
    func base<Result>(_ body: (any SQL) throws -> Result) throws -> Result { try database.base.read(body) }
}

extension Array where Element: Hashable {
    func uniqued() -> [Element] { Array(Set(self)) }
}
