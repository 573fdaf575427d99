import Provisioning

/// An application by a token that somebody else has signed, as Kubernetes gives one to a service account.
///
/// https://learn.microsoft.com/entra/workload-id/workload-identity-federation
struct AzureWorkloadIdentityLink: CredentialLink {
    let scene: AzureScene
    let names: AzureScene.Names

    var name: String { "workload identity\(names.link)" }

    func look() async -> TokenFinding {
        guard let path = scene.environment[names.tokenFile] else { return .notMine("\(names.tokenFile) is not set") }
        switch scene.applicant(names, for: names.tokenFile) {
        case .none(let finding): return finding
        case .application(let application):
            let bytes: [UInt8]
            // Read each time: whoever put it there renews it.
            do { bytes = try scene.doors.readFile(path) } catch {
                return .stop("\(names.tokenFile), `\(path)`: \(error)")
            }
            let token = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            guard !token.isEmpty else { return .stop("\(names.tokenFile), `\(path)`, is empty") }
            return await scene.signIn(
                application, assertion: Secret(token), source: "\(name), as client \(application.id)")
        }
    }
}
