import Cloud
import Provisioning

/// Finds out whether the instance profile that a template names as its role exists, and has a role in it.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html
struct InstanceProfileLookUp: Sendable {
    private let role: String

    init?(_ template: Template) {
        guard let role = template.role else { return nil }
        self.role = role
    }

    /// An ARN may hold a path before the name, which is no part of it.
    private var name: String {
        role.hasPrefix("arn:") ? role.split(separator: "/").last.map(String.init) ?? role : role
    }

    var first: LookUp {
        let topic = LookUp.Topic(.role, role)
        var query = EC2Query("GetInstanceProfile", version: "2010-05-08")
        query.set("InstanceProfileName", name)
        var call = query.call(.reads, service: "iam") { response in
            let root = try XMLTree.parse(response.body)
            guard let profile = root["GetInstanceProfileResult"]?["InstanceProfile"], let arn = profile.text("Arn")
            else {
                throw Unreadable("<\(root.name)> has no instance profile")
            }
            return LookUp.Step([Finding(topic.subject, topic.name, judge(arn, profile))])
        }
        call.takeAbsence(of: topic)
        return LookUp([topic], call)
    }

    private func judge(_ arn: String, _ profile: XMLElement) -> Finding.Answer {
        if role.hasPrefix("arn:"), role != arn { return .absent("the account's own is \(arn)") }
        let roles = profile["Roles"]?.children("member").compactMap { $0.text("RoleName") } ?? []
        // EC2 launches with such a one; what runs there may then do nothing.
        if roles.isEmpty { return .verified("\(arn), with no role in it") }
        return .verified("role \(roles.joined(separator: ", "))")
    }
}
