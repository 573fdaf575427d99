import Cloud
import Provisioning

/// What every EC2 API has in common: how instances are listed and terminated.
protocol EC2Instances: OneCallStrategy {}

extension EC2Instances {
    /// DescribeInstances, filtered by our tags; terminated instances are listed for about an hour.
    package func observe(_ query: FleetQuery, after cursor: String?) throws -> Call<Page> {
        var parameters = EC2Query("DescribeInstances")
        switch query {
        case .requests(let ids): parameters.filter("tag:\(OurTag.request)", ids.map(\.text))
        case .token(let token): parameters.filter("tag:\(OurTag.token)", [token.text])
        case .ours: parameters.filter("tag-key", [OurTag.owner])
        }
        parameters.set("MaxResults", 1000)
        parameters.set("NextToken", cursor)
        return parameters.call(.reads, read: EC2Reply.page)
    }

    /// TerminateInstances; it needs no token, for a terminated instance may be terminated again.
    package func terminate(_ instances: [Instance.ID], token: IntentToken) throws -> Call<Void> {
        var parameters = EC2Query("TerminateInstances")
        parameters.list("InstanceId", instances.map(\.text).sorted())
        var call: Call<Void> = parameters.call(.changes) { _ = try XMLTree.parse($0.body) }
        call.machines = instances.count
        return call
    }

    /// The smallest listing there is: it needs the very permission that the loop needs.
    package func probe() throws -> Call<Void> {
        var parameters = EC2Query("DescribeInstances")
        parameters.filter("tag-key", [OurTag.owner])
        parameters.set("MaxResults", 5)
        return parameters.call(.reads) { _ = try EC2Reply.page($0) }
    }
}

// MARK: - Members of a group

extension EC2Instances {
    /// TerminateInstances of many, of which some may be gone already.
    ///
    /// EC2 refuses all for one it does not know: the others are asked for without it. That it is not known proves
    /// nothing, and whoever looks sees what became of it.
    static func end(_ instances: [Instance.ID], then next: Procedure<Void>.Step = .done(())) -> Procedure<Void> {
        let batch = instances.prefix(instancesOfOneCall), rest = Array(instances.dropFirst(instancesOfOneCall))
        let next: Procedure<Void>.Step = rest.isEmpty ? next : .then(end(rest, then: next))
        var query = EC2Query("TerminateInstances")
        query.list("InstanceId", batch.map(\.text).sorted())
        var call: Call<Procedure<Void>.Step> = query.call(.changes) { response in
            _ = try XMLTree.parse(response.body)
            return next
        }
        call.consent = { fault in
            guard fault.code == "InvalidInstanceID.NotFound" else { return nil }
            let named = Set(fault.subjects)
            let others = batch.filter { !named.contains($0.text) }
            if others.isEmpty || batch.count == 1 { return next }
            if others.count < batch.count { return .then(end(others, then: next)) }
            let half = batch.count / 2
            return .then(end(Array(others.prefix(half)), then: .then(end(Array(others.dropFirst(half)), then: next))))
        }
        return Procedure(call)
    }

    /// The most that EC2 takes.
    private static var instancesOfOneCall: Int { 1000 }
}
