import Cloud
import Provisioning

/// Auto Scaling as it looks from outside: groups of instances that the cloud keeps up by itself.
///
/// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/
struct AutoScalingFace {
    var signatures: SignatureCheck
    /// Who knows what a launch template means.
    let ec2: EC2Face

    static let service = QueryService(
        namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/", version: "2011-01-01")

    typealias Content = (inout XMLText) -> Void

    func answer(
        _ request: HTTPRequest, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) -> HTTPResponse {
        let id = EC2Face.requestID(chance)
        do throws(EC2Error) {
            let region = try signatures.scope(of: request, in: world, at: now).region
            let call = try AutoScalingFace.service.call(request)
            guard let accepted = AutoScalingParameters.byAction[call.action] else {
                throw AutoScalingFace.service.unknownAction(call.action)
            }
            try world.takeRate(call.action, at: now)
            let parameters = try AutoScalingFace.service.parameters(call, accepting: accepted)
            let content = try perform(call.action, parameters, in: region, world: &world, at: now, chance: chance)
            return AutoScalingFace.service.response(to: call.action, id, content)
        } catch {
            return AutoScalingFace.service.refusal(error, id)
        }
    }

    /// Nil: the action has no result.
    private func perform(
        _ action: String, _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp,
        chance: () -> UInt64
    ) throws(EC2Error) -> Content? {
        switch action {
        case "CreateAutoScalingGroup":
            try createGroup(parameters, in: region, world: &world, at: now, chance: chance)
        case "UpdateAutoScalingGroup":
            try updateGroup(parameters, in: region, world: &world, at: now)
        case "DeleteAutoScalingGroup":
            try deleteGroup(parameters, in: region, world: &world, at: now, chance: chance)
        case "SetDesiredCapacity":
            try setDesiredCapacity(parameters, in: region, world: &world, at: now)
        case "AttachInstances":
            try attachInstances(parameters, in: region, world: &world, at: now, chance: chance)
        case "SuspendProcesses", "ResumeProcesses":
            try setProcesses(parameters, running: action == "ResumeProcesses", in: region, world: &world, at: now)
        case "CreateOrUpdateTags", "DeleteTags":
            try changeTags(parameters, deleting: action == "DeleteTags", in: region, world: &world, at: now)
        case "DetachInstances":
            return try detachInstances(parameters, in: region, world: &world, at: now, chance: chance)
        case "TerminateInstanceInAutoScalingGroup":
            return try terminateInstance(parameters, in: region, world: &world, at: now, chance: chance)
        case "SetInstanceProtection":
            return try setProtection(parameters, in: region, world: &world, at: now)
        case "DescribeAutoScalingGroups":
            return try describeGroups(parameters, in: region, world: world, at: now)
        case "DescribeAutoScalingInstances":
            return try describeInstances(parameters, in: region, world: world, at: now)
        case "DescribeScalingActivities":
            return try describeActivities(parameters, in: region, world: world, at: now)
        case "DescribeTags":
            return try describeTags(parameters, in: region, world: world, at: now)
        case "DescribeAccountLimits":
            return describeLimits(in: region, world: world, at: now)
        default:
            throw AutoScalingFace.service.unknownAction(action)
        }
        return nil
    }

    // MARK: - Parameters of many actions

    func groupName(_ parameters: QueryParameters) throws(EC2Error) -> String {
        _ = try parameters.required("AutoScalingGroupName")
        return try parameters.text("AutoScalingGroupName", of: 1...255) { !["\n", "\r", "\t"].contains($0) } ?? ""
    }

    func instanceIDs(_ parameters: QueryParameters, atMost most: Int) throws(EC2Error) -> [String] {
        let ids = parameters.list("InstanceIds.member")
        guard ids.count <= most else {
            throw .validation("The number of instance IDs is limited to \(most), and \(ids.count) were given")
        }
        return ids
    }

    /// Part of a listing, by what is asked for, and what to ask for the next part by.
    ///
    /// - Parameter number: rises or falls from item to item and never changes, so that what comes and goes between
    ///   two pages moves none; without one, an item's place will do.
    func page<Item>(
        of items: [Item], _ parameters: QueryParameters, atMost most: Int, usual: Int, number: ((Item) -> Int)? = nil
    ) throws(EC2Error) -> (items: [Item], next: String?) {
        var start = 0
        if let token = parameters["NextToken"], !token.isEmpty {
            guard let cursor = Description.Cursor(token: token), cursor.sequence >= 0, cursor.index >= 0 else {
                throw EC2Error("InvalidNextToken", "The token '\(token)' is invalid.")
            }
            start = min(cursor.index, items.count)
            if let number, let first = items.first, let last = items.last {
                let isRising = number(first) <= number(last)
                start =
                    items.firstIndex { isRising ? number($0) > cursor.sequence : number($0) < cursor.sequence }
                    ?? items.count
            }
        }
        let size = try parameters.number("MaxRecords", in: 1...most) ?? usual
        let end = min(items.count, start + size)
        guard end < items.count, end > start else { return (Array(items[start..<end]), nil) }
        let cursor = Description.Cursor(sequence: number?(items[end - 1]) ?? 0, index: end)
        return (Array(items[start..<end]), cursor.token)
    }

    func filters(_ parameters: QueryParameters) throws(EC2Error) -> [(name: String, values: [String])] {
        try parameters.prefixes("Filters.member").map { prefix throws(EC2Error) in
            (try parameters.required("\(prefix).Name"), parameters.list("\(prefix).Values.member"))
        }
    }
}
