import Provisioning

/// Something Azure takes its time for, which whoever asked for it may ask after.
package struct AzureOperation: Sendable, Codable, Hashable {
    package let id: String
    package let location: String
    /// `Microsoft.Compute`; empty: Resource Manager itself.
    package let namespace: String
    package let startedAt: Timestamp
    package let endsAt: Timestamp
    /// What comes of it.
    package let failure: ARMError?
    /// What it brings, where that is not a resource.
    package let result: JSONValue?
    /// What its last answer has for a status.
    package let finalStatus: Int

    /// How long it is still known what came of it.
    private static let remembrance: Duration = .seconds(24 * 3600)

    func isForgotten(at now: Timestamp) -> Bool { endsAt + Self.remembrance <= now }

    package func status(at now: Timestamp) -> String {
        now < endsAt ? "InProgress" : failure == nil ? "Succeeded" : "Failed"
    }
}

extension World {
    /// Notes an operation that ends at a moment already known.
    mutating func begin(
        _ namespace: String, in subscription: String, location: String, until end: Timestamp, failure: ARMError? = nil,
        result: JSONValue? = nil, finalStatus: Int = 200, at moment: Moment
    ) -> AzureOperation {
        let operation = AzureOperation(
            id: arm.freshUUID(moment.seed), location: location, namespace: namespace, startedAt: moment.now,
            endsAt: end, failure: failure, result: result, finalStatus: finalStatus)
        let key = subscription.lowercased()
        // Now and then, for it looks at all there is.
        if (azure?.subscriptions[key]?.operations.count ?? 0) % 250 == 249 {
            arm.subscriptions[key]?.forget(at: moment.now)
        }
        arm.subscriptions[key]?.operations[operation.id] = operation
        touch()
        return operation
    }
}
