import Cloud
import Provisioning

/// How EC2's XML answers are read.
enum EC2Reply {
    /// A RunInstances answer is a reservation; a DescribeInstances answer is a set of them.
    static func reservation(_ response: HTTPResponse) throws -> [Instance] {
        try instances(in: XMLTree.parse(response.body))
    }

    static func page(_ response: HTTPResponse) throws -> Page {
        let root = try XMLTree.parse(response.body)
        guard let reservations = root["reservationSet"] else {
            throw Unreadable("<\(root.name)> has no <reservationSet>")
        }
        let next = root["nextToken"]?.text
        return Page(
            instances: try reservations.children("item").flatMap { try instances(in: $0) },
            next: next?.isEmpty == false ? next : nil)
    }

    private static func instances(in reservation: XMLElement) throws -> [Instance] {
        guard let set = reservation["instancesSet"] else {
            throw Unreadable("<\(reservation.name)> has no <instancesSet>")
        }
        return try set.children("item").map(instance)
    }

    private static func instance(_ item: XMLElement) throws -> Instance {
        guard let id = item["instanceId"]?.text, let name = item["instanceState"]?["name"]?.text,
            let state = Instance.State(ec2: name)
        else { throw Unreadable("an instance has no id, or a state EC2 does not have") }
        var instance = Instance(id: .init(id), state: state, type: item["instanceType"]?.text ?? "")
        instance.market = item["instanceLifecycle"]?.text == "spot" ? .spot : .onDemand
        instance.zone = item["placement"]?["availabilityZone"]?.text
        instance.privateIP = item["privateIpAddress"]?.text
        instance.publicIP = item["ipAddress"]?.text
        instance.launchedAt = item["launchTime"].flatMap { Timestamp($0.text) }
        if let reason = item["stateReason"], let code = reason["code"]?.text, !code.isEmpty {
            instance.stateCode = code
            instance.stateReason = reason["message"]?.text ?? code
        }
        // Only ours are ever looked at, and an answer may hold fifty for each of a thousand instances.
        for tag in item["tagSet"]?.children("item") ?? [] {
            if let key = tag["key"]?.text, key.hasPrefix(OurTag.prefix) {
                instance.tags[key] = tag["value"]?.text ?? ""
            }
        }
        return instance
    }

    /// Reads `<Response><Errors><Error>`; anything else, such as a proxy's page, is a fault without a code.
    @Sendable static func fault(_ response: HTTPResponse) -> Fault {
        let root = try? XMLTree.parse(response.body)
        guard let error = root?["Errors"]?["Error"] ?? root?["Error"], let code = error["Code"]?.text else {
            let start = String(decoding: response.body.prefix(200), as: UTF8.self)
            return Fault(status: response.status, code: nil, message: start.trimmed)
        }
        let message = error["Message"]?.text ?? ""
        return Fault(
            status: response.status, code: code, message: message, subjects: instanceIDs(in: message),
            exchange: root?["RequestID"]?.text ?? root?["RequestId"]?.text,
            retryAfter: response.headers["Retry-After"].flatMap { Int($0) }.map { .seconds(min(max($0, 0), 3600)) })
    }

    /// The instances a message names: `The instance IDs 'i-0a, i-0b' do not exist`.
    private static func instanceIDs(in message: String) -> [String] {
        message.split { !($0.isLetter || $0.isNumber || $0 == "-") }
            .filter { $0.hasPrefix("i-") && $0.count > 2 }.map(String.init)
    }
}

extension Instance.State {
    /// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html
    fileprivate init?(ec2 name: String) {
        switch name {
        case "pending": self = .pending
        case "running": self = .running
        case "shutting-down": self = .terminating
        case "terminated": self = .terminated
        case "stopping": self = .stopping
        case "stopped": self = .stopped
        default: return nil
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
