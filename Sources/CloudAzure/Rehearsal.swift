import Cloud
import Provisioning

/// Azure's own dry run: a deployment of one thing, validated and not made.
///
/// It looks at names, rights, policies and what the providers themselves refuse at once. Quotas it passes over, so those
/// are asked for after it. Whether there is room nobody tells.
///
/// https://learn.microsoft.com/rest/api/resources/deployments/validate
struct Rehearsal {
    let site: AzureSite
    let order: LaunchOrder
    /// What the deployment is called that is never made.
    let name: String

    /// How often it is asked whether Azure has come to an end of it.
    private static let pollsMax = 40
    private static let pause: Duration = .seconds(2)

    func procedure(
        of type: String, _ version: ARMRequest.APIVersion, named resource: String, _ body: JSONBody
    ) -> Procedure<Void> {
        let place: JSONBody = [
            "type": .text(type), "apiVersion": .text(version.text), "name": .text(resource),
        ]
        let request = ARMRequest(
            action: "Deployments_Validate", method: "POST",
            path: "/subscriptions/\(site.subscription)/resourcegroups/\(site.resourceGroup.percentEncoded())"
                + "/providers/Microsoft.Resources/deployments/\(name)/validate",
            version: .resources,
            body: [
                "properties": [
                    "mode": "Incremental",
                    "template": [
                        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
                        "contentVersion": "1.0.0.0",
                        "resources": [place.merged(with: body).literal],
                    ],
                ]
            ])
        return Procedure(request.call(.reads) { try step(after: $0, pollsLeft: Rehearsal.pollsMax) })
    }

    /// 202 until it has come to an end; then the result, or what is wrong as a status of its own.
    private func step(after response: HTTPResponse, pollsLeft: Int) throws -> Procedure<Void>.Step {
        guard response.status == 202 else {
            let reply = try? JSONReply(response.body)
            if let reply, reply["error"].isThere, let fault = ARMReply.fault(in: reply, status: response.status) {
                throw FaultInside(fault)
            }
            return .then(Allowances(site: site, order: order).procedure)
        }
        guard let operation = ARMReply.operation(response), pollsLeft > 0 else {
            throw Unreadable("the validation does not come to an end")
        }
        var poll = Procedure(
            ARMRequest.following(operation, action: "Deployments_Validate") {
                try step(after: $0, pollsLeft: pollsLeft - 1)
            })
        poll.pause = RetryAfter.read(response.headers) ?? Rehearsal.pause
        return .then(poll)
    }
}

extension JSONBody {
    /// As a template has to write it: what begins with a bracket would be an expression.
    fileprivate var literal: JSONBody {
        switch self {
        case .text(let text): .text(text.hasPrefix("[") ? "[\(text)" : text)
        case .list(let items): .list(items.map(\.literal))
        case .object(let fields): .object(fields.map { Field($0.key, $0.value.literal) })
        case .null, .boolean, .integer, .number: self
        }
    }
}
