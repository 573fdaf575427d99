import Cloud
import Provisioning

/// What every EC2 API has in common: how instances are listed and terminated.
protocol EC2Instances: ProviderStrategy {}

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
        return parameters.call(.changes) { _ = try XMLTree.parse($0.body) }
    }

    /// The smallest listing there is: it needs the very permission that the loop needs.
    package func probe() throws -> Call<Void> {
        var parameters = EC2Query("DescribeInstances")
        parameters.filter("tag-key", [OurTag.owner])
        parameters.set("MaxResults", 5)
        return parameters.call(.reads) { _ = try EC2Reply.page($0) }
    }
}
