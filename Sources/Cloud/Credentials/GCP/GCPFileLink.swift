import Provisioning

/// A file of credentials that somebody has named.
struct GCPFileLink: CredentialLink {
    let name: String
    /// Nil: nobody has.
    let path: String?
    let files: GCPCredentialFiles

    func look() async -> TokenFinding {
        guard let path else { return .absent("it is not set") }
        return await files.token(from: path)
    }
}

/// What `gcloud auth application-default login` has left behind.
struct GCPLoginLink: CredentialLink {
    let environment: Environment
    let files: GCPCredentialFiles

    var name: String { "gcloud's application default login" }

    func look() async -> TokenFinding {
        guard let folder = environment["CLOUDSDK_CONFIG"] ?? environment["HOME"].map({ "\($0)/.config/gcloud" }) else {
            return .absent("neither CLOUDSDK_CONFIG nor HOME is set")
        }
        let path = "\(folder)/application_default_credentials.json"
        return files.isMissing(path) ? .absent("`\(path)`: no such file") : await files.token(from: path)
    }
}
