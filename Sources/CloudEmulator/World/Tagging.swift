import Provisioning

extension World {
    /// Something that has tags.
    package struct TaggedResource: Sendable, Hashable {
        package var id: String
        /// As EC2 names it: `launch-template`.
        package var type: String
        package var tags: [Launch.Tag]
    }

    package func taggedResources(in region: String, at now: Timestamp) -> [TaggedResource] {
        guard let place = regions[region] else { return [] }
        let instances = place.reservations.flatMap { reservation in
            reservation.known(at: now).map {
                TaggedResource(id: $0.id, type: "instance", tags: reservation.tags(of: $0))
            }
        }
        let templates = place.templates.map { TaggedResource(id: $0.id, type: "launch-template", tags: $0.tags) }
        let fleets = place.fleets.map {
            TaggedResource(id: $0.id, type: $0.kind == .fleet ? "fleet" : "spot-fleet-request", tags: $0.tags)
        }
        return instances + templates + fleets
    }

    /// Gives resources other tags, or none of them if one is unknown.
    package mutating func changeTags(
        of ids: [String], in region: String, at now: Timestamp, changing: Bool = true,
        _ change: ([Launch.Tag]) -> [Launch.Tag]
    ) throws(EC2Error) {
        var world = self
        for id in ids { try world.changeTags(of: id, in: region, at: now, change) }
        guard changing else { return }
        self = world
        touch()
    }

    private mutating func changeTags(
        of id: String, in region: String, at now: Timestamp, _ change: ([Launch.Tag]) -> [Launch.Tag]
    ) throws(EC2Error) {
        switch id.prefix(while: { $0 != "-" }) {
        case "i":
            for (reservation, index) in try find([id], in: region, at: now) {
                let place = regions[region]!.reservations[reservation]
                regions[region]!.reservations[reservation].instances[index].tags = try limited(
                    change(place.tags(of: place.instances[index])))
            }
        case "lt":
            var template = try template(.id(id), in: region)
            template.tags = try limited(change(template.tags))
            keep(template, in: region)
        case "fleet", "sfr":
            var fleet = try fleet(id, id.hasPrefix("fleet") ? .fleet : .spotFleet, in: region)
            fleet.tags = try limited(change(fleet.tags))
            keep(fleet, in: region)
        default:
            throw EC2Error("InvalidID", "The ID '\(id)' is not valid")
        }
    }

    private func limited(_ tags: [Launch.Tag]) throws(EC2Error) -> [Launch.Tag] {
        guard tags.count(where: { !$0.key.hasPrefix("aws:") }) <= 50 else {
            throw EC2Error("TagLimitExceeded", "You have reached the maximum number of tags: 50")
        }
        return tags
    }
}
