import Cloud
import Provisioning

/// How it stands with what goes on after its call was answered.
enum OperationCalls {
    static func answer(_ call: ARMCall, _ world: World) throws(ARMError) -> ARMAnswer {
        let id = call.names["operationId"]?.lowercased() ?? ""
        guard let operation = world.azure?.subscriptions[call.subscription.lowercased()]?.operations[id] else {
            throw .noEntity("The entity was not found in this Azure location.")
        }
        let wantsResult = call.operation == "Operations_Result" || call.query["monitor"] == "true"
        return wantsResult ? result(operation, call) : status(operation, call)
    }

    /// `{"status": "InProgress"}`: what `Azure-AsyncOperation` leads to.
    private static func status(_ operation: AzureOperation, _ call: ARMCall) -> ARMAnswer {
        let status = operation.status(at: call.now)
        let isOver = status != "InProgress"
        // The network says no more than that.
        let isBrief = operation.namespace == "Microsoft.Network"
        var answer = ARMAnswer(body: [
            "startTime": isBrief ? nil : .string(operation.startedAt.inARM),
            "endTime": isBrief || !isOver ? nil : .string(operation.endsAt.inARM), "status": .string(status),
            "error": isOver ? operation.failure.map(\.json) : nil,
            "name": isBrief ? nil : .string(operation.id),
        ])
        if let seconds = call.retryAfter(operation) { answer.headers.append(HTTPHeader("Retry-After", "\(seconds)")) }
        return answer
    }

    /// What `Location` leads to: 202 while it goes on, and then what the call would have answered at once.
    private static func result(_ operation: AzureOperation, _ call: ARMCall) -> ARMAnswer {
        guard call.now >= operation.endsAt else {
            var answer = ARMAnswer(status: 202)
            let query = call.query.map { "\(escaped($0.key))=\(escaped($0.value))" }.sorted().joined(separator: "&")
            answer.headers = [HTTPHeader("Location", "\(call.address)\(call.path)?\(query)")]
            if let seconds = call.retryAfter(operation) {
                answer.headers.append(HTTPHeader("Retry-After", "\(seconds)"))
            }
            return answer
        }
        if let failure = operation.failure { return ARMAnswer(status: failure.status, body: ["error": failure.json]) }
        return ARMAnswer(status: operation.result == nil ? operation.finalStatus : 200, body: operation.result)
    }
}
