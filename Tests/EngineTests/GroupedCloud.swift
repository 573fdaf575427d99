import Cloud
import Foundation
import Provisioning

/// As much of EC2 and Auto Scaling as groups need: a group fills up at once, and replaces whoever is ended behind
/// its back.
final class GroupedCloud: Transport {
    struct Instance {
        var tags: [String: String]
        var group: String?
        var isAlive = true
    }

    struct Group {
        var desired: Int
        var tags: [String: String]
        var balancesZones = true
    }

    struct World {
        var launchTemplates: Set<String> = []
        var groups: [String: Group] = [:]
        var instances: [String: Instance] = [:]
        var calls: [String] = []

        var living: [String] { instances.filter(\.value.isAlive).map(\.key).sorted() }

        func members(of group: String) -> [String] {
            instances.filter { $0.value.isAlive && $0.value.group == group }.map(\.key).sorted()
        }
    }

    let world = Lock(World())
    private let crossings: Crossings

    init(crossings: Crossings) { self.crossings = crossings }

    func send(_ request: HTTPRequest, within deadline: Duration) async throws(TransportError) -> HTTPResponse {
        let form = Form(request.body)
        do {
            try crossings.cross("before a request")
            let response = world.withLock { world in
                world.calls.append(form["Action"])
                return world.answer(form)
            }
            try crossings.cross("after its effect")
            return response
        } catch {
            throw .unknown("\(error)")
        }
    }

    struct Form {
        private let values: [String: String]

        init(_ body: [UInt8]) {
            let pairs = String(decoding: body, as: UTF8.self).split(separator: "&").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), parts[1].removingPercentEncoding ?? "")
            }
            values = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        }

        subscript(name: String) -> String { values[name] ?? "" }

        func list(_ prefix: String) -> [String] {
            (1...).lazy.map { self.values["\(prefix).\($0)"] }.prefix { $0 != nil }.map { $0! }
        }
    }
}

extension GroupedCloud.World {
    fileprivate mutating func answer(_ form: GroupedCloud.Form) -> HTTPResponse {
        defer { fill() }
        let (action, name) = (form["Action"], form["AutoScalingGroupName"])
        switch action {
        case "CreateLaunchTemplate":
            let template = form["LaunchTemplateName"]
            guard launchTemplates.insert(template).inserted else {
                return no("InvalidLaunchTemplateName.AlreadyExistsException", "it is there")
            }
            return yes(action, "<launchTemplate><launchTemplateName>\(template)</launchTemplateName></launchTemplate>")
        case "DeleteLaunchTemplate":
            guard launchTemplates.remove(form["LaunchTemplateName"]) != nil else {
                return no("InvalidLaunchTemplateName.NotFoundException", "there is none")
            }
            return yes(action)
        case "CreateAutoScalingGroup": return create(name, form)
        case "DescribeAutoScalingGroups": return describe(form["AutoScalingGroupNames.member.1"])
        case "DescribeInstances": return describeInstances(form)
        case "TerminateInstances": return terminate(form.list("InstanceId"))
        case "TerminateInstanceInAutoScalingGroup":
            guard let group = instances[form["InstanceId"]]?.group else {
                return no("ValidationError", "Instance Id not found - No managed instance found")
            }
            groups[group]?.desired -= 1
            instances[form["InstanceId"]]?.isAlive = false
            return yes(action)
        case _ where groups[name] == nil:
            return no("ValidationError", "AutoScalingGroup name not found - AutoScalingGroup '\(name)' not found")
        case "SuspendProcesses": groups[name]?.balancesZones = false
        case "DetachInstances":
            let leaving = form.list("InstanceIds.member")
            if let other = leaving.first(where: { !members(of: name).contains($0) }) {
                return no("ValidationError", "The instance \(other) is not part of Auto Scaling group \(name).")
            }
            groups[name]?.desired -= leaving.count
            for id in leaving { instances[id]?.group = nil }
        case "UpdateAutoScalingGroup": groups[name]?.desired = Int(form["DesiredCapacity"]) ?? 0
        case "DescribeScalingActivities":
            return yes(action, "<DescribeScalingActivitiesResult><Activities/></DescribeScalingActivitiesResult>")
        case "DeleteAutoScalingGroup":
            for id in members(of: name) { instances[id]?.isAlive = false }
            groups[name] = nil
        default: return no("InvalidAction", action)
        }
        return yes(action)
    }

    private mutating func create(_ name: String, _ form: GroupedCloud.Form) -> HTTPResponse {
        let template = form["MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateName"]
        guard launchTemplates.contains(template) else {
            return no(
                "ValidationError", "The specified launch template, with template name \(template), does not exist.")
        }
        guard groups[name] == nil else { return no("AlreadyExists", "A group of this name exists") }
        var tags: [String: String] = [:]
        for number in 1... {
            let key = form["Tags.member.\(number).Key"]
            if key.isEmpty { break }
            tags[key] = form["Tags.member.\(number).Value"]
        }
        groups[name] = GroupedCloud.Group(desired: Int(form["DesiredCapacity"]) ?? 0, tags: tags)
        return yes("CreateAutoScalingGroup")
    }

    private mutating func terminate(_ ids: [String]) -> HTTPResponse {
        if let unknown = ids.first(where: { instances[$0] == nil }) {
            return no("InvalidInstanceID.NotFound", "The instance ID '\(unknown)' does not exist")
        }
        for id in ids { instances[id]?.isAlive = false }
        return yes("TerminateInstances", "<instancesSet/>")
    }

    private mutating func fill() {
        for (name, group) in groups {
            while members(of: name).count < group.desired {
                instances["i-\(instances.count + 1)"] = GroupedCloud.Instance(tags: group.tags, group: name)
            }
        }
    }

    private func describe(_ name: String) -> HTTPResponse {
        let there = groups[name].map { group in
            let members = members(of: name).map {
                "<member><InstanceId>\($0)</InstanceId><LifecycleState>InService</LifecycleState></member>"
            }
            let suspended = group.balancesZones ? "" : "<member><ProcessName>AZRebalance</ProcessName></member>"
            return "<member><DesiredCapacity>\(group.desired)</DesiredCapacity>"
                + "<SuspendedProcesses>\(suspended)</SuspendedProcesses>"
                + "<Instances>\(members.joined())</Instances></member>"
        }
        return yes(
            "DescribeAutoScalingGroups",
            "<DescribeAutoScalingGroupsResult><AutoScalingGroups>\(there ?? "")</AutoScalingGroups>"
                + "</DescribeAutoScalingGroupsResult>")
    }

    private func describeInstances(_ form: GroupedCloud.Form) -> HTTPResponse {
        let key = form["Filter.1.Name"].hasPrefix("tag:") ? String(form["Filter.1.Name"].dropFirst(4)) : nil
        let values = form.list("Filter.1.Value")
        let items = instances.sorted { $0.key < $1.key }.filter { instance in
            key.map { values.contains(instance.value.tags[$0] ?? "") } ?? true
        }.map { id, instance in
            let tags = instance.tags.map { "<item><key>\($0.key)</key><value>\($0.value)</value></item>" }
            return "<item><instanceId>\(id)</instanceId><instanceType>m6i.large</instanceType>"
                + "<instanceState><name>\(instance.isAlive ? "running" : "terminated")</name></instanceState>"
                + "<tagSet>\(tags.joined())</tagSet></item>"
        }
        return yes(
            "DescribeInstances",
            "<reservationSet><item><instancesSet>\(items.joined())</instancesSet></item></reservationSet>")
    }

    private func yes(_ action: String, _ body: String = "") -> HTTPResponse {
        HTTPResponse(status: 200, headers: [], body: Array("<\(action)Response>\(body)</\(action)Response>".utf8))
    }

    private func no(_ code: String, _ message: String) -> HTTPResponse {
        let error = "<Error><Code>\(code)</Code><Message>\(message)</Message></Error>"
        return HTTPResponse(status: 400, headers: [], body: Array("<ErrorResponse>\(error)</ErrorResponse>".utf8))
    }
}
