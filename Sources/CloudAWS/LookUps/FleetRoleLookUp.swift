import Cloud
import Provisioning

/// Finds out what a Spot Fleet's role is called in full, which only the account's number is missing for.
///
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
struct FleetRoleLookUp: Sendable {
    private let role: SpotFleetRole

    /// Nil: it is said in full, or the API takes none.
    init?(_ template: Template, by api: APIName) {
        role = SpotFleetRole(template)
        if api != SpotFleet.api || role.isARN { return nil }
    }

    /// Nobody needs a permission to ask who they are.
    var first: LookUp {
        let topic = LookUp.Topic(.role, role.written)
        let call = EC2Query("GetCallerIdentity", version: "2011-06-15").call(.reads, service: "sts") { response in
            let root = try XMLTree.parse(response.body)
            guard let caller = root["GetCallerIdentityResult"]?.text("Arn"), let arn = role.arn(asSeenBy: caller) else {
                throw Unreadable("<\(root.name)> does not say who asks")
            }
            return LookUp.Step([Finding(topic.subject, topic.name, .verified(arn), id: arn)])
        }
        return LookUp([topic], call)
    }
}
