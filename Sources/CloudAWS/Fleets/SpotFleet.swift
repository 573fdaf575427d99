import Cloud
import Provisioning

/// Machines by `RequestSpotFleet`, which EC2 calls legacy: for templates that name it.
///
/// It is always a group. It acts as a role of the account, which its order names by its ARN.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestSpotFleet.html
package struct SpotFleet: FleetGroups {
    package static let api: APIName = "aws/spot-fleet"
    static let words = FleetWords.spotFleet

    package init() {}

    package func scaffolds(for order: LaunchOrder) throws -> [ScaffoldPlan] {
        [launchTemplate(for: order).plan].compactMap(\.self)
    }

    package func group(for order: LaunchOrder) -> GroupPlan? {
        GroupPlan(kind: "spot-fleet", upkeep: wish(order).kind == .maintain ? .maintain : .fill)
    }

    package func launch(_ order: LaunchOrder, token: IntentToken) throws -> Call<LaunchReceipt> {
        query(order, token: token).call(.changes) { response in
            let root = try XMLTree.parse(response.body)
            guard let fleet = root.text("spotFleetRequestId"), !fleet.isEmpty else {
                throw Unreadable("<\(root.name)> has no <spotFleetRequestId>")
            }
            return LaunchReceipt(instances: [], group: fleet)
        }
    }

    /// What EC2 looks at without making anything: a launch of such a machine, and the right to make what it takes.
    package func rehearse(_ order: LaunchOrder, token: IntentToken) throws -> Procedure<Void>? {
        RunInstances().rehearsal(of: order, token: token, then: launchTemplate(for: order).rehearsal)
    }

    // MARK: - What is asked for

    private func wish(_ order: LaunchOrder) -> FleetWish {
        var order = order
        // It has no kind that asks only once.
        if order.template.fleet?.kind == .instant { order.template.fleet?.kind = .request }
        // A share is a share, however few there are of it.
        return FleetWish(order, usual: .request, leastPart: 1)
    }

    /// A Spot Fleet tags nothing but itself.
    private func launchTemplate(for order: LaunchOrder) -> EC2LaunchTemplate {
        EC2LaunchTemplate(order, tagging: .everything)
    }

    private func query(_ order: LaunchOrder, token: IntentToken) -> EC2Query {
        let wish = wish(order)
        var query = EC2Query("RequestSpotFleet")
        query.within("SpotFleetRequestConfig") { config in
            config.set("ClientToken", token.text)
            config.set("Type", wish.kind.rawValue)
            config.set("IamFleetRole", SpotFleetRole(order.template).written)
            config.set("TargetCapacity", order.count)
            config.set("OnDemandTargetCapacity", wish.asks(for: .onDemand) ? wish.target(of: .onDemand) : nil)
            // Without it EC2 takes the cheapest, and not every cloud that speaks its API takes a request without it.
            config.set("AllocationStrategy", wish.spotAllocation.inSpotFleetWords)
            config.set(
                "OnDemandAllocationStrategy",
                wish.asks(for: .onDemand) ? wish.onDemandAllocation.inSpotFleetWords : nil)
            if wish.spotAllocation == .lowestPrice {
                config.set("InstancePoolsToUseCount", order.template.fleet?.pools)
            }
            config.set("InstanceInterruptionBehavior", "terminate")
            if wish.kind == .maintain {
                config.set("ExcessCapacityTerminationPolicy", "noTermination")
                config.set("ReplaceUnhealthyInstances", true)
            }
            config.set("ValidUntil", wish.validUntil?.description)
            // Only the asking ends.
            config.set("TerminateInstancesWithExpiration", false)
            config.set("Context", order.template.fleet?.context)
            config.within("LaunchTemplateConfigs.1") { launch in
                launch.set(launchTemplate(for: order).reference, as: "LaunchTemplateSpecification")
                launch.setPools(of: wish, price: "SpotPrice", lists: .spotFleet)
            }
            config.tag(["spot-fleet-request"], with: order.tags)
        }
        query.lay(order.rawCall)
        return query
    }
}

/// What a Spot Fleet acts as: an ARN, or a name that stands for one.
struct SpotFleetRole: Sendable {
    let written: String

    /// The one that AWS makes for it in every account.
    static let usual = "AWSServiceRoleForEC2SpotFleet"

    init(_ template: Template) { written = template.fleet?.role ?? SpotFleetRole.usual }

    /// Whether it is said as EC2 takes it.
    var isARN: Bool { written.hasPrefix("arn:") }

    /// Its ARN: `arn:aws:iam::123456789012:role/…`.
    ///
    /// - Parameter caller: the ARN of whoever asks, which says the account, and the part of the world it is in.
    func arn(asSeenBy caller: String) -> String? {
        let parts = caller.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 6, parts[0] == "arn", !parts[1].isEmpty, !parts[4].isEmpty else { return nil }
        let path = written == SpotFleetRole.usual ? "aws-service-role/spotfleet.amazonaws.com/" : ""
        return "arn:\(parts[1]):iam::\(parts[4]):role/\(path)\(written.drop { $0 == "/" })"
    }
}

extension AllocationStrategy {
    /// `lowestPrice` for `lowest-price`.
    fileprivate var inSpotFleetWords: String {
        let words = rawValue.split(separator: "-")
        return words.dropFirst().reduce(String(words[0])) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }
}
