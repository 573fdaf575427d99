import Cloud
import Provisioning

/// Which of some permissions we have on something. Whoever may ask nothing else may ask this.
///
/// https://cloud.google.com/resource-manager/reference/rest/v3/projects/testIamPermissions
/// https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/testIamPermissions
/// https://cloud.google.com/compute/docs/reference/rest/v1/subnetworks/testIamPermissions
struct PermissionQuestion {
    /// What it is asked about, as a person knows it: `project grid-prod`.
    var subject: String
    var service: Service
    var action: String
    /// What is asked about, as the API knows it: `/v3/projects/grid-prod`.
    var path: String
    var permissions: [String]

    init(project: String, _ permissions: [String]) {
        subject = "project \(project)"
        service = "cloudresourcemanager"
        action = "projects.testIamPermissions"
        path = "/v3/projects/\(escaped(project)):testIamPermissions"
        self.permissions = permissions
    }

    /// - Parameter path: `projects/grid-prod/regions/europe-west1/subnetworks/workers`
    init(subnetwork path: String, _ permissions: [String]) {
        subject = "subnetwork \(path.lastPart)"
        service = "compute"
        action = "subnetworks.testIamPermissions"
        self.path = "/compute/v1/\(escaped(path, keeping: "/"))/testIamPermissions"
        self.permissions = permissions
    }

    init(serviceAccount email: String, _ permissions: [String]) {
        subject = email
        service = "iam"
        action = "projects.serviceAccounts.testIamPermissions"
        let owner = PermissionQuestion.owner(of: email)
        path = "/v1/projects/\(owner)/serviceAccounts/\(escaped(email)):testIamPermissions"
        self.permissions = permissions
    }

    /// The project that an address tells; `-` stands for whichever it is, at the price of poorer answers.
    private static func owner(of email: String) -> String {
        let ending = ".iam.gserviceaccount.com"
        guard email.hasSuffix(ending), let at = email.firstIndex(of: "@") else { return "-" }
        let project = email[email.index(after: at)...].dropLast(ending.count)
        // `example.com:grid` is spelled the other way round in an address.
        guard let dot = project.firstIndex(of: ".") else { return escaped(String(project)) }
        return escaped("\(project[project.index(after: dot)...]):\(project[..<dot])")
    }

    /// - Parameter read: of those that we have not.
    func call<Reply>(_ read: @escaping @Sendable (_ missing: [String]) throws -> Reply) -> Call<Reply> {
        let permissions = permissions
        let body: JSONBody = ["permissions": .list(permissions.map { .text($0) })]
        return Call(
            action: action, effect: .reads, service: service, method: "POST", path: path,
            headers: [HTTPHeader("Content-Type", "application/json")], body: body.bytes, parameters: body.lines,
            read: { response in
                let granted = Set(try JSONReply(response.body)["permissions"].items.compactMap(\.text))
                return try read(permissions.filter { !granted.contains($0) })
            }, fault: ComputeReply.fault)
    }

    var lookUp: LookUp {
        let subject = subject, count = permissions.count
        return LookUp(
            [.init(.permission, subject)],
            call { missing in
                let answer: Finding.Answer =
                    missing.isEmpty
                    ? .verified(count == 1 ? permissions[0] : "all \(count) that the launch takes")
                    : .absent("missing: \(missing.joined(separator: ", "))")
                return LookUp.Step([Finding(.permission, subject, answer)])
            })
    }
}

private func escaped(_ text: String, keeping kept: Unicode.Scalar? = nil) -> String {
    ComputeCall.escaped(text, keeping: kept)
}

// MARK: - Acting as a service account

extension GCPLookUps {
    static let actAs = "iam.serviceAccounts.actAs"

    /// Whether machines may be told to act as the service account that a template names.
    func role(of template: Template) -> LookUp? {
        guard let role = template.role else { return nil }
        let email = site.serviceAccount(role)
        guard email == "default" else { return use(of: email, named: role) }
        let call = ComputeCall.get("projects", "get", "").call(.reads, at: site) { reply in
            LookUp.Step(next: [use(of: try reply.required("defaultServiceAccount"), named: role)])
        }
        return LookUp([.init(.role, role)], call)
    }

    private func use(of email: String, named name: String) -> LookUp {
        let question = PermissionQuestion(serviceAccount: email, [GCPLookUps.actAs])
        let call = question.call { missing in
            let answer: Finding.Answer =
                missing.isEmpty
                ? .verified("\(email) may be used") : .absent("missing on \(email): \(GCPLookUps.actAs)")
            return LookUp.Step([Finding(.role, name, answer)])
        }
        return lookUp(.init(.role, name), call, absent: "there is no such service account")
    }
}
