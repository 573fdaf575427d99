/// One way to satisfy a template: instance type x place x market.
package struct Offering: Hashable, Sendable, Codable, CustomStringConvertible {
    package var type: String
    /// Nil: the cloud picks a zone.
    package var zone: String?
    /// Nil: the cloud's default network. A subnet implies its zone.
    package var subnet: String?
    package var market: Market

    package init(type: String, zone: String? = nil, subnet: String? = nil, market: Market = .onDemand) {
        self.type = type
        self.zone = zone
        self.subnet = subnet
        self.market = market
    }

    /// `m6i.large / us-east-1a / spot`; `any zone` where the cloud picks.
    package var description: String {
        "\(type) / \(subnet ?? zone ?? "any zone") / \(market.rawValue)"
    }

    /// Every combination, in order of preference: a market is left last, a type next to last.
    package static func all(types: [String], zones: [String], subnets: [String], markets: [Market]) -> [Offering] {
        let places: [(zone: String?, subnet: String?)] =
            if !subnets.isEmpty { subnets.map { (nil, $0) } } else if !zones.isEmpty { zones.map { ($0, nil) } } else {
                [(nil, nil)]
            }
        var all: [Offering] = []
        all.reserveCapacity(markets.count * types.count * places.count)
        for market in markets {
            for type in types {
                for place in places {
                    all.append(Offering(type: type, zone: place.zone, subnet: place.subnet, market: market))
                }
            }
        }
        return all
    }
}

extension [Offering] {
    /// The one that was asked for where this came: an instance has a zone even where the cloud was to pick it.
    package func index(asking came: Offering) -> Int? {
        firstIndex(of: came)
            ?? firstIndex {
                $0.type == came.type && $0.market == came.market && $0.subnet == came.subnet
                    && ($0.zone == nil || $0.zone == came.zone)
            }
    }
}

package enum Market: String, Hashable, Sendable, Codable, CaseIterable {
    case onDemand = "on-demand"
    case spot
}
