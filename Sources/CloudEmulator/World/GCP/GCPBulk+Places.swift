import Provisioning

extension World {
    // MARK: - Names

    /// As many as are wanted: those that were chosen, and then those of the pattern.
    func names(for order: GCPBulkOrder, by caller: GCPCaller) throws(GCPError) -> [String] {
        var names = order.names
        if let pattern = order.pattern, names.count < order.count {
            let start = pattern.prefix { $0 != "#" }
            let digits = pattern.dropFirst(start.count).prefix { $0 == "#" }
            let end = pattern.dropFirst(start.count + digits.count)
            guard !digits.isEmpty, digits.count <= 18, !end.contains("#") else {
                throw .invalid(
                    at: "resource.namePattern", pattern,
                    "The pattern must contain exactly one continuous sequence of placeholder hash characters (#).")
            }
            // They begin after the highest that is there.
            let known = project(caller.project).instances.values.lazy.filter { instance in
                order.zones.contains(instance.zone) && instance.isThere(at: caller.now)
                    && instance.name.utf8.count == pattern.utf8.count && instance.name.hasPrefix(start)
                    && instance.name.hasSuffix(end)
            }
            let highest = known.compactMap { Int($0.name.dropFirst(start.count).prefix(digits.count)) }.max() ?? 0
            for number in 0..<(order.count - names.count) {
                let text = String(highest + 1 + number)
                names.append(start + String(repeating: "0", count: max(0, digits.count - text.count)) + text + end)
            }
        }
        guard names.count == order.count else {
            throw .invalid(
                at: "resource.count", "\(order.count)",
                "Either namePattern or as many perInstanceProperties must be set.")
        }
        return names
    }

    // MARK: - Places

    /// Where each goes, as far as there is room, and which type it is of: lower ranks come first.
    func places(
        for order: GCPBulkOrder, _ sample: GCPOrder, allowed: Int, in room: inout GCPRoom
    ) -> [(zone: String, type: String)] {
        func free(_ zone: String, _ type: String) -> Int {
            guard !limits.unoffered.contains(Pool(type: type, zone: zone, market: sample.market)) else { return 0 }
            return room.free(type, zone, sample.market)
        }
        func total(_ zone: String) -> Int {
            order.types.reduce(0) { sum, type in
                let (more, overflows) = sum.addingReportingOverflow(free(zone, type))
                return overflows ? .max : more
            }
        }
        var zones = order.zones
        if order.shape == .single {
            // The first that has room for all, else the one that has most.
            let best = zones.first { total($0) >= allowed } ?? zones.max { total($0) < total($1) }
            zones = best.map { [$0] } ?? []
        }
        var chosen: [(zone: String, type: String)] = []
        var left = zones.map(total)
        var at = 0
        while chosen.count < allowed, left.contains(where: { $0 > 0 }) {
            if left[at] > 0 {
                let zone = zones[at]
                guard let type = order.types.first(where: { free(zone, $0) > 0 }) else { break }
                room.take(type, zone, sample.market)
                chosen.append((zone, type))
                left[at] -= 1
                // One each in turn where they are to be even, all that fit where not.
                if order.shape == .balanced { at = (at + 1) % zones.count }
            } else {
                at = (at + 1) % zones.count
            }
        }
        return chosen
    }
}
