import Provisioning

extension FleetWish {
    /// The most that a fleet may have which goes on asking; one that asks once may have any number.
    ///
    /// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/fleet-quotas.html
    private static let poolsMax = 300
    /// The most sets of attributes that one fleet may have.
    private static let attributesMax = 4

    static func pools(
        of offerings: [Offering], _ template: Template, _ kind: FleetKind, isMixed: Bool
    ) -> [Pool] {
        let places = offerings.map { Pool(zone: $0.subnet == nil ? $0.zone : nil, subnet: $0.subnet) }.eachOnce
        if template.requirements != nil { return Array(places.prefix(attributesMax)) }
        let types = types(of: offerings, template, isMixed: isMixed)
        let offered = Set(
            offerings.map { Pool(type: $0.type, zone: $0.subnet == nil ? $0.zone : nil, subnet: $0.subnet) })
        let named = Set(template.offerings.map(\.type))
        // Where all that may be asked for is out of stock, it is asked for again: what comes of that is told of the
        // offerings that are left, so that they wait with it.
        let isOut = !types.contains { type in !named.contains(type) || offerings.contains { $0.type == type } }
        let priorities = template.fleet?.priorities
        let isWeighted = template.fleet?.weights != nil || template.fleet?.onDemandWeights != nil
        var pools: [Pool] = []
        for (number, type) in types.enumerated() {
            for place in places {
                var pool = Pool(type: type, zone: place.zone, subnet: place.subnet)
                // What is out of stock was left out of what is offered; types for one market alone never were in it.
                guard isOut || offered.contains(pool) || !named.contains(type) else { continue }
                // It counts a type alike in both markets.
                let counted: Market =
                    isMixed && named.contains(type) ? .spot : (isMixed ? .onDemand : offerings[0].market)
                pool.weight = isWeighted ? template.weight(of: type, in: counted) : nil
                pool.priority = priorities == nil ? number : priorities?[type]
                pools.append(pool)
            }
        }
        return kind == .instant ? pools : Array(pools.prefix(poolsMax))
    }

    /// Types for the on-demand part come first, for only their priority can lead a fleet to them: it has one list for
    /// both markets.
    private static func types(of offerings: [Offering], _ template: Template, isMixed: Bool) -> [String] {
        let types = offerings.map(\.type).eachOnce
        guard offerings.contains(where: { $0.market == .onDemand }), let own = template.fleet?.onDemandWeights,
            !own.isEmpty
        else { return types }
        let ordered = types.filter { own[$0] != nil } + own.keys.filter { !types.contains($0) }.sorted()
        return isMixed ? ordered + types.filter { own[$0] == nil } : ordered
    }
}
