import Cloud
import Provisioning

/// Finds out whether a template's subnets, groups and types are there and go together, in that order: groups must be
/// in the network of the subnets, and types be offered in their zones.
struct NetworkLookUp: Sendable {
    private let subnets: [String]
    private let groups: [String]
    private let types: [String]
    /// Named by the template itself.
    private let zones: [String]

    private struct Subnet: Sendable {
        var zone: String
        var network: String
    }

    init(_ template: Template) {
        subnets = template.offerings.compactMap(\.subnet).eachOnce
        groups = template.securityGroups.eachOnce
        types = template.offerings.map(\.type).eachOnce
        zones = template.offerings.compactMap(\.zone).eachOnce
    }

    var first: LookUp? { subnets.isEmpty ? afterSubnets([:]).first : subnetPage(after: nil, found: [:]) }

    // MARK: - Subnets

    private func subnetPage(after cursor: String?, found: [String: Subnet]) -> LookUp {
        var query = EC2Query("DescribeSubnets")
        query.filter("subnet-id", subnets)
        query.set("MaxResults", 1000)
        query.set("NextToken", cursor)
        let call = query.call(.reads) { response in
            let (items, next) = try EC2Reply.page("subnetSet", of: response)
            var found = found
            for item in items {
                guard let id = item.text("subnetId"), let zone = item.text("availabilityZone"),
                    let network = item.text("vpcId")
                else { throw Unreadable("a subnet has no id, zone or network") }
                found[id] = Subnet(zone: zone, network: network)
            }
            if let next { return LookUp.Step(next: [subnetPage(after: next, found: found)]) }
            let findings = subnets.map { id in
                Finding(
                    .subnet, id,
                    found[id].map { .verified("\($0.zone), \($0.network)") } ?? .absent("there is no such subnet here"))
            }
            return LookUp.Step(findings, next: afterSubnets(found))
        }
        return LookUp(subnets.map { .init(.subnet, $0) }, call, otherwise: LookUp.Step(next: afterSubnets([:])))
    }

    private func afterSubnets(_ found: [String: Subnet]) -> [LookUp] {
        let places = (zones + found.values.map(\.zone)).eachOnce.sorted()
        let types = types.isEmpty ? nil : offeringPage(in: places, after: nil, found: [:])
        let networks = Set(found.values.map(\.network))
        guard groups.isEmpty else {
            return [groupPage(in: networks, after: nil, found: [:], next: [types].compactMap(\.self))]
        }
        return [types].compactMap(\.self)
    }

    // MARK: - Security groups

    private func groupPage(
        in networks: Set<String>, after cursor: String?, found: [String: String], next rest: [LookUp]
    ) -> LookUp {
        var query = EC2Query("DescribeSecurityGroups")
        query.filter("group-id", groups)
        query.set("MaxResults", 1000)
        query.set("NextToken", cursor)
        let call = query.call(.reads) { response in
            let (items, next) = try EC2Reply.page("securityGroupInfo", of: response)
            var found = found
            for item in items { if let id = item.text("groupId") { found[id] = item.text("vpcId") ?? "" } }
            if let next {
                return LookUp.Step(next: [groupPage(in: networks, after: next, found: found, next: rest)])
            }
            let findings = groups.map { Finding(.securityGroup, $0, judge(group: found[$0], in: networks)) }
            return LookUp.Step(findings, next: rest)
        }
        return LookUp(groups.map { .init(.securityGroup, $0) }, call, otherwise: LookUp.Step(next: rest))
    }

    private func judge(group network: String?, in networks: Set<String>) -> Finding.Answer {
        guard let network else { return .absent("there is no such security group here") }
        let others = networks.subtracting([network]).sorted()
        guard others.isEmpty else {
            return .absent("it is in \(network), and there are subnets in \(others.joined(separator: ", "))")
        }
        return .verified(network)
    }

    // MARK: - Types

    private func offeringPage(in places: [String], after cursor: String?, found: [String: Set<String>]) -> LookUp {
        var query = EC2Query("DescribeInstanceTypeOfferings")
        query.set("LocationType", "availability-zone")
        query.filter("instance-type", types)
        query.set("MaxResults", 1000)
        query.set("NextToken", cursor)
        let call = query.call(.reads) { response in
            let (items, next) = try EC2Reply.page("instanceTypeOfferingSet", of: response)
            var found = found
            for item in items {
                guard let type = item.text("instanceType"), let zone = item.text("location") else { continue }
                found[type, default: []].insert(zone)
            }
            if let next { return LookUp.Step(next: [offeringPage(in: places, after: next, found: found)]) }
            return LookUp.Step(types.map { Finding(.type, $0, judge(type: found[$0] ?? [], in: places)) })
        }
        return LookUp(types.map { .init(.type, $0) }, call)
    }

    private func judge(type offered: Set<String>, in places: [String]) -> Finding.Answer {
        if offered.isEmpty { return .absent("there is no such type in this region") }
        let here = places.isEmpty ? offered.sorted() : places.filter(offered.contains)
        let missing = places.filter { !offered.contains($0) }
        if here.isEmpty { return .absent("not offered in \(missing.joined(separator: ", "))") }
        return .verified(
            "in \(here.joined(separator: ", "))"
                + (missing.isEmpty ? "" : "; not in \(missing.joined(separator: ", "))"))
    }
}
