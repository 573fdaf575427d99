import Cloud
import Provisioning

/// Machines by Auto Scaling groups: a group is answered at once, brings its members by and by, and replaces those
/// that are lost.
///
/// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
package struct AutoScalingGroup: EC2Instances {
    package static let api: APIName = "aws/auto-scaling-group"
    static let kind: Scaffold.Kind = "auto-scaling-group"

    package init() {}

    /// The token is in it, so that nobody makes one launch's group twice.
    static func name(_ token: IntentToken) -> String { "muster-\(token)" }

    package func scaffolds(for order: LaunchOrder) throws -> [ScaffoldPlan] {
        [launchTemplate(for: order).plan].compactMap(\.self)
    }

    /// A group tags its instances itself, but neither their volumes nor their interfaces.
    private func launchTemplate(for order: LaunchOrder) -> EC2LaunchTemplate {
        EC2LaunchTemplate(order, tagging: .volumesAndInterfaces)
    }

    package func group(for order: LaunchOrder) -> GroupPlan? {
        GroupPlan(kind: AutoScalingGroup.kind, upkeep: .maintain)
    }

    package func launch(_ order: LaunchOrder, token: IntentToken) throws -> Call<LaunchReceipt> {
        let receipt = LaunchReceipt(instances: [], group: AutoScalingGroup.name(token))
        var call = parameters(order, token).accepted(as: receipt)
        call.consent = { $0.code == "AlreadyExists" ? receipt : nil }
        return call
    }

    /// None: Auto Scaling has no dry run, and what EC2 would say of a launch by a launch template can only be asked
    /// once that is there.
    package func rehearse(_ order: LaunchOrder, token: IntentToken) throws -> Procedure<Void>? { nil }

    private func parameters(_ order: LaunchOrder, _ token: IntentToken) -> EC2Query {
        var query = EC2Query(autoScaling: "CreateAutoScalingGroup")
        query.set("AutoScalingGroupName", AutoScalingGroup.name(token))
        query.set("MinSize", 0)
        query.set("MaxSize", order.count)
        query.set("DesiredCapacity", order.count)
        query.within("MixedInstancesPolicy") { policy in
            policy.within("LaunchTemplate") { template in
                template.set(launchTemplate(for: order).reference, as: "LaunchTemplateSpecification")
                template.setOverrides(for: order)
            }
            policy.within("InstancesDistribution") { $0.setDistribution(for: order) }
        }
        query.setPlaces(of: order)
        // Which members go is ours to say, and none goes because another looks better.
        query.set("NewInstancesProtectedFromScaleIn", true)
        query.set("CapacityRebalance", false)
        query.set("HealthCheckType", "EC2")
        query.set("Context", order.template.fleet?.context)
        for (index, tag) in order.tags.sorted(by: { $0.key < $1.key }).enumerated() {
            query.within("Tags.member.\(index + 1)") { member in
                member.set("ResourceType", "auto-scaling-group")
                member.set("Key", tag.key)
                member.set("Value", tag.value)
                member.set("PropagateAtLaunch", true)
            }
        }
        query.lay(order.rawCall)
        return query
    }
}

extension EC2Query {
    init(autoScaling action: String) { self.init(action, version: "2011-01-01") }

    /// A list, as the plain Query protocol has it.
    mutating func members(_ name: String, _ values: [String]) { list(name + ".member", values) }

    func autoScalingCall<Reply>(
        _ effect: CallEffect, read: @escaping @Sendable (XMLElement) throws -> Reply
    ) -> Call<Reply> {
        let answer = "\(action)Response"
        var call = call(effect, service: "autoscaling") { response in
            let root = try XMLTree.parse(response.body)
            guard root.name == answer else { throw Unreadable("<\(root.name)> is no <\(answer)>") }
            return try read(root)
        }
        call.fault = AutoScalingReply.fault
        return call
    }

    /// A change that is answered by nothing but that it was taken.
    func accepted<Reply: Sendable>(as reply: Reply) -> Call<Reply> { autoScalingCall(.changes) { _ in reply } }
}
