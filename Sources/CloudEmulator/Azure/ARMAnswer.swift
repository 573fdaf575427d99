import Cloud
import Provisioning

/// What Resource Manager answers, before its usual headers are added.
struct ARMAnswer {
    var status = 200
    /// Nil: no body.
    var body: JSONValue?
    var headers: [HTTPHeader] = []

    static func value(_ body: JSONValue) -> ARMAnswer { ARMAnswer(body: body) }

    /// A list; a page of it where there is more.
    static func list(_ values: [JSONValue], next: JSONValue? = nil) -> ARMAnswer {
        ARMAnswer(body: ["value": .array(values), "nextLink": next])
    }
}

extension ARMCall {
    /// What of a call's operation a client needs to wait for it.
    ///
    /// - Parameter withLocation: where there is nothing to read at the call's own path once it is over.
    func links(_ operation: AzureOperation, withLocation: Bool) -> [HTTPHeader] {
        let isNetwork = operation.namespace == "Microsoft.Network"
        let start =
            "\(address)/subscriptions/\(subscription)/providers/\(operation.namespace)/locations/\(operation.location)"
        // As much as a client has to carry along without looking at it.
        let proof = "t=\(operation.startedAt.microseconds)&h=\(operation.id.filter { $0 != "-" })"
        var headers = [
            HTTPHeader(
                "Azure-AsyncOperation", "\(start)/operations/\(operation.id)?\(proof)&api-version=\(version)")
        ]
        if withLocation {
            let address =
                isNetwork
                ? "\(start)/operationResults/\(operation.id)?\(proof)&api-version=\(version)"
                : "\(start)/operations/\(operation.id)?\(proof)&monitor=true&api-version=\(version)"
            headers.append(HTTPHeader("Location", address))
        }
        headers.append(HTTPHeader("Azure-AsyncNotification", "Enabled"))
        if let seconds = retryAfter(operation) { headers.append(HTTPHeader("Retry-After", "\(seconds)")) }
        return headers
    }

    /// When to ask again; the emulated cloud works quickly, and says so where the real one says ten.
    func retryAfter(_ operation: AzureOperation) -> Int? {
        let left = (operation.endsAt - now).wholeMicroseconds
        return left <= 0 ? nil : Int(min(10, max(1, left / 2_000_000)))
    }

    /// The answer to a call that made or changed something.
    func answer(_ written: Written, _ world: World, _ shown: JSONValue) -> ARMAnswer {
        ARMAnswer(
            status: written.isNew ? 201 : 200, body: shown,
            headers: written.operation.map { links($0, withLocation: false) } ?? [])
    }

    /// The answer to a call that something else goes on after.
    func accepted(_ operation: AzureOperation?) -> ARMAnswer {
        guard let operation else { return ARMAnswer(status: 204) }
        return ARMAnswer(status: 202, headers: links(operation, withLocation: true))
    }
}

extension ARMError {
    var json: JSONValue {
        [
            "code": .string(code), "message": .string(message), "target": target.map(JSONValue.string),
            "details": details.isEmpty ? nil : .array(details.map(\.json)),
        ]
    }
}
