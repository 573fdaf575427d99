import Cloud
import Provisioning

/// What is asked when it is known what there is of a kind in a region, by its names.
typealias OfferedQuestion = @Sendable ([String: Offered]) -> [LookUp]

/// Something that some zones of a region have.
struct Offered: Sendable {
    var zones: Set<String> = []
    /// As the first of them tells of it.
    var item: JSONReply
}

/// What a zone has or has not: types of machines, of disks and of accelerators.
extension GCPLookUps {
    /// All types of the region in one question, where there are several; custom types are in no list.
    func types(of template: Template, then next: @escaping OfferedQuestion) -> [LookUp] {
        let names = template.offerings.map(\.type).eachOnce
        let listed = names.filter { !GCPLookUps.isCustom($0) }
        let zones = template.offerings.compactMap(\.zone).eachOnce
        return [offers(of: .type, listed, in: zones, then: next)].compactMap(\.self)
            + names.filter(GCPLookUps.isCustom).compactMap { customType($0, in: zones, then: next) }
    }

    /// Types of disks and accelerators, where the template names some.
    func parts(of template: Template) -> [LookUp] {
        let zones = template.offerings.compactMap(\.zone).eachOnce
        let disks = ([template.rootDisk].compactMap(\.self) + (template.dataDisks ?? [])).compactMap(\.type).eachOnce
        return [
            offers(of: .diskType, disks, in: zones) { _ in [] },
            offers(of: .acceleratorType, GCPLookUps.accelerators(of: template), in: zones) { _ in [] },
        ].compactMap(\.self)
    }

    /// `n2-custom-4-8192`, `custom-2-4096`
    private static func isCustom(_ type: String) -> Bool { type.split(separator: "-").contains("custom") }

    /// They are named in the cloud's own words only.
    private static func accelerators(of template: Template) -> [String] {
        let specs = [template.providerAPISpec, template.launchTemplateSpec].compactMap(\.self).map { JSONBody($0) }
        return specs.flatMap { [$0, $0["instanceProperties"]].compactMap(\.self) }.flatMap { spec -> [String] in
            guard case .list(let items)? = spec["guestAccelerators"] else { return [] }
            return items.compactMap { item in
                guard case .text(let type)? = item["acceleratorType"] else { return nil }
                return type.lastPart
            }
        }.eachOnce
    }

    // MARK: - Lists

    private static func resource(of subject: Finding.Subject) -> String {
        switch subject {
        case .diskType: "diskTypes"
        case .acceleratorType: "acceleratorTypes"
        default: "machineTypes"
        }
    }

    /// Nil: there is nothing to ask for.
    private func offers(
        of subject: Finding.Subject, _ names: [String], in zones: [String], then next: @escaping OfferedQuestion
    ) -> LookUp? {
        names.isEmpty ? nil : page(of: subject, names, in: zones, after: nil, found: [:], then: next)
    }

    private func page(
        of subject: Finding.Subject, _ names: [String], in zones: [String], after cursor: String?,
        found: [String: Offered], then next: @escaping OfferedQuestion
    ) -> LookUp {
        let region = site.region, resource = GCPLookUps.resource(of: subject)
        let call = ComputeCall.get(resource, "aggregatedList", "aggregated/\(resource)")
            .asking("filter", names.map { "(name = \"\($0)\")" }.joined(separator: " OR "))
            .asking("maxResults", "500")
            .asking("pageToken", cursor)
            .call(.reads, at: site) { reply in
                let (items, more) = try ComputeReply.aggregated(resource, reply)
                var found = found
                for item in items {
                    guard let name = item["name"].text, let zone = item["zone"].text?.lastPart,
                        zone.hasPrefix("\(region)-")
                    else { continue }
                    found[name, default: Offered(item: item)].zones.insert(zone)
                }
                if let more {
                    if more == cursor { throw Unreadable("the same page came twice") }
                    return LookUp.Step(
                        next: [page(of: subject, names, in: zones, after: more, found: found, then: next)])
                }
                let findings = names.map { name in
                    Finding(subject, name, GCPLookUps.judge(found[name]?.zones ?? [], subject, in: zones, of: region))
                }
                return LookUp.Step(findings, next: next(found))
            }
        return LookUp(names.map { .init(subject, $0) }, call)
    }

    private static func judge(
        _ offered: Set<String>, _ subject: Finding.Subject, in zones: [String], of region: String
    ) -> Finding.Answer {
        if offered.isEmpty { return .absent("there is no such \(subject.rawValue) in \(region)") }
        let here = zones.isEmpty ? offered.sorted() : zones.filter(offered.contains)
        let missing = zones.filter { !offered.contains($0) }.joined(separator: ", ")
        if here.isEmpty { return .absent("not offered in \(missing)") }
        return .verified("in \(here.joined(separator: ", "))" + (missing.isEmpty ? "" : "; not in \(missing)"))
    }

    /// Nil: no zone is known to ask.
    private func customType(
        _ name: String, in zones: [String], then next: @escaping OfferedQuestion
    ) -> LookUp? {
        guard let zone = zones.first ?? site.zones.first else { return nil }
        let call = ComputeCall.get("machineTypes", "get", "zones/\(zone)/machineTypes/\(name)")
            .call(.reads, at: site) { reply in
                LookUp.Step(
                    [Finding(.type, name, .verified("in \(zone)"))],
                    next: next([name: Offered(zones: [zone], item: reply)]))
            }
        return lookUp(.init(.type, name), call, absent: "there is no such type in \(zone)")
    }
}
