import Cloud
import Provisioning

/// EC2 as it looks from outside: Query in, XML out.
struct EC2Face {
    var signatures: SignatureCheck

    static let namespace = "http://ec2.amazonaws.com/doc/2016-11-15/"
    static let version = "2016-11-15"

    /// The action a request names, as far as can be told before it is proved and checked.
    static func action(of request: HTTPRequest) -> String? {
        QueryText(of: request)?["Action"]
    }

    /// Answers one request, and changes the world where the action does.
    func answer(
        _ request: HTTPRequest, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) -> HTTPResponse {
        let id = EC2Face.requestID(chance)
        do throws(EC2Error) {
            let region = try signatures.scope(of: request, in: world, at: now).region
            guard let text = QueryText(of: request) else {
                throw EC2Error("MalformedQueryString", "The query string contains a syntax error.")
            }
            guard let action = text["Action"] else {
                throw EC2Error("MissingAction", "The request must contain the parameter Action")
            }
            guard text["Version"] == EC2Face.version else { throw EC2Error.invalidAction(action) }
            guard let accepted = EC2Parameters.byAction[action] else { throw EC2Error.invalidAction(action) }

            try world.takeRate(action, at: now)
            let parameters = try QueryParameters(text, accepting: accepted)
            var answer = XMLText()
            let content = try perform(action, parameters, in: region, world: &world, at: now, chance: chance)
            answer.root("\(action)Response", namespace: EC2Face.namespace) { answer in
                answer.element("requestId", id)
                content(&answer)
            }
            return EC2Face.response(200, answer, id)
        } catch {
            return EC2Face.refusal(error, id)
        }
    }

    private func perform(
        _ action: String, _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp,
        chance: () -> UInt64
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        switch action {
        case "RunInstances":
            return try runInstances(parameters, in: region, world: &world, at: now, chance: chance)
        case "TerminateInstances":
            return try terminateInstances(parameters, in: region, world: &world, at: now)
        case "DescribeInstances":
            return try describeInstances(parameters, in: region, world: world, at: now)
        case "DescribeRegions":
            return try describeRegions(parameters, world: world)
        case "DescribeAvailabilityZones":
            return try describeAvailabilityZones(parameters, in: region, world: world)
        case "DescribeImages":
            return try describeImages(parameters)
        case "DescribeSubnets":
            return try describeSubnets(parameters, in: region, world: world)
        case "DescribeSecurityGroups":
            return try describeSecurityGroups(parameters)
        case "DescribeKeyPairs":
            return try describeKeyPairs(parameters)
        case "DescribeInstanceTypeOfferings":
            return try describeInstanceTypeOfferings(parameters, in: region, world: world)
        case "DescribeInstanceTypes":
            return try describeInstanceTypes(parameters, in: region, world: world)
        default:
            if let content = try launchTemplateAction(
                action, parameters, in: region, world: &world, at: now, chance: chance)
            {
                return content
            }
            if let content = try fleetAction(action, parameters, in: region, world: &world, at: now, chance: chance) {
                return content
            }
            if let content = try spotFleetAction(
                action, parameters, in: region, world: &world, at: now, chance: chance)
            {
                return content
            }
            if let content = try tagAction(action, parameters, in: region, world: &world, at: now) { return content }
            throw .invalidAction(action)
        }
    }
}

// MARK: - Answers

extension EC2Face {
    static func refusal(_ error: EC2Error, _ id: String) -> HTTPResponse {
        let error = error == .expiredToken ? .requestExpired : error
        var answer = XMLText()
        answer.root("Response", namespace: nil) { answer in
            answer.element("Errors") { answer in
                answer.element("Error") { answer in
                    answer.element("Code", error.code)
                    answer.element("Message", error.message)
                }
            }
            answer.element("RequestID", id)
        }
        return response(error.status, answer, id)
    }

    private static func response(_ status: Int, _ answer: XMLText, _ id: String) -> HTTPResponse {
        HTTPResponse(status: status, "text/xml;charset=UTF-8", answer.bytes, answering: id)
    }

    /// A random UUID (version 4).
    static func requestID(_ chance: () -> UInt64) -> String {
        var bytes = [chance(), chance()].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array(hex(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
