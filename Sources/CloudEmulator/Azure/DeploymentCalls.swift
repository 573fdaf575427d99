import Cloud
import Provisioning

/// Rehearsals of templates: each of their resources is made in a world that is thrown away.
enum DeploymentCalls {
    static func answer(_ call: ARMCall, _ world: inout World) throws(ARMError) -> ARMAnswer {
        guard world.hasGroup(call.group, in: call.subscription, at: call.now) else { throw .noGroup(call.group) }
        guard let properties = try call.json()["properties"] else {
            throw .invalidContent("Required property 'properties' not found in JSON.")
        }
        let name = call.names["name"] ?? ""
        let rehearsal = rehearse(properties, call, world)
        if call.operation == "Deployments_Validate" {
            guard let failure = rehearsal.failure else { return .value(validated(name, properties, rehearsal, call)) }
            throw failure.isAboutTemplate
                ? failure : .invalidDeployment(name, failure, id: uuidText(call.moment.seed, 7))
        }
        // What-if takes its time, and tells what is wrong only then.
        let end = call.now + .seconds(world.conditions.bootSeconds / 10)
        let operation = world.begin(
            "", in: call.subscription, location: "", until: end, result: whatIf(name, rehearsal, call), at: call.moment)
        let address = "\(call.address)/subscriptions/\(call.subscription)/operationresults/\(operation.id)"
        var headers = [HTTPHeader("Location", "\(address)?api-version=\(call.version)")]
        if let seconds = call.retryAfter(operation) { headers.append(HTTPHeader("Retry-After", "\(seconds)")) }
        return ARMAnswer(status: 202, headers: headers)
    }

    private struct Rehearsal {
        struct Change {
            let id: ResourceID
            let before: JSONValue?
            let after: JSONValue
        }

        var changes: [Change] = []
        var failure: ARMError?
    }

    private static func rehearse(_ properties: JSONValue, _ call: ARMCall, _ world: World) -> Rehearsal {
        var rehearsal = Rehearsal()
        var stage = world
        do throws(ARMError) {
            let group = world.group(call.group, in: call.subscription, at: call.now)
            let template = try DeploymentTemplate(properties, location: group?.location ?? "", call)
            for (id, body) in template.resources {
                guard let kind = kind(of: id) else {
                    rehearsal.changes.append(.init(id: id, before: nil, after: body))
                    continue
                }
                let before = stage.find(id, at: call.now).map { stage.shown($0, at: call.now) }
                let written = try PartCalls.put(id, kind, body, call, &stage)
                rehearsal.changes.append(
                    .init(id: id, before: before, after: stage.shown(written.resource, at: call.now)))
            }
        } catch {
            rehearsal.failure = error
        }
        return rehearsal
    }

    private static func kind(of id: ResourceID) -> AzureResource.Kind? {
        AzureResource.Kind.allCases.first { $0.rawValue.lowercased() == id.type.lowercased() }
    }

    private static func validated(
        _ name: String, _ properties: JSONValue, _ rehearsal: Rehearsal, _ call: ARMCall
    ) -> JSONValue {
        let group = "/subscriptions/\(call.subscription)/resourceGroups/\(call.group)"
        return [
            "id": .string("\(group)/providers/Microsoft.Resources/deployments/\(name)"), "name": .string(name),
            "type": "Microsoft.Resources/deployments",
            "properties": [
                "templateHash": .string("\(sum(of: properties.text))"), "parameters": properties["parameters"],
                "mode": properties["mode"] ?? "Incremental", "provisioningState": "Succeeded",
                "timestamp": .string(call.now.inARM), "duration": "PT0S",
                "correlationId": .string(uuidText(call.moment.seed, 8)), "dependencies": [],
                "validatedResources": .array(rehearsal.changes.map { ["id": .string($0.id.text)] }),
            ],
        ]
    }

    private static func whatIf(_ name: String, _ rehearsal: Rehearsal, _ call: ARMCall) -> JSONValue {
        if let failure = rehearsal.failure {
            let error: ARMError =
                failure.isAboutTemplate ? failure : .invalidDeployment(name, failure, id: uuidText(call.moment.seed, 7))
            return ["status": "Failed", "error": error.json]
        }
        return [
            "status": "Succeeded",
            "properties": [
                "correlationId": .string(uuidText(call.moment.seed, 8)),
                "changes": .array(
                    rehearsal.changes.map { change in
                        let type =
                            change.before == nil ? "Create" : change.before == change.after ? "NoChange" : "Modify"
                        return [
                            "resourceId": .string(change.id.text), "changeType": .string(type),
                            "before": change.before, "after": change.after,
                        ]
                    }),
            ],
        ]
    }
}

extension ARMError {
    /// What is wrong with a template itself is said as it is.
    fileprivate var isAboutTemplate: Bool { code == "InvalidTemplate" }

    fileprivate static func invalidDeployment(_ name: String, _ inner: ARMError, id: String) -> ARMError {
        var error = ARMError(
            "InvalidTemplateDeployment",
            "The template deployment '\(name)' is not valid according to the validation procedure. The tracking id is "
                + "'\(id)'. See inner errors for details.")
        error.details = [inner]
        return error
    }
}
