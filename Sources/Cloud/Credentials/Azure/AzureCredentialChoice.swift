/// Which links `AZURE_TOKEN_CREDENTIALS` lets in.
enum AzureCredentialChoice: Equatable {
    case all
    case some([Kind], value: String)
    /// It asks for what there is not, and why.
    case none(String)

    static let variable = "AZURE_TOKEN_CREDENTIALS"

    enum Kind: String, CaseIterable {
        case environment = "EnvironmentCredential"
        case workloadIdentity = "WorkloadIdentityCredential"
        case managedIdentity = "ManagedIdentityCredential"
        case commandLine = "AzureCliCredential"
    }

    init(_ value: String?) {
        guard let value else {
            self = .all
            return
        }
        switch value.lowercased() {
        case "prod": self = .some([.environment, .workloadIdentity, .managedIdentity], value: "prod")
        case "dev": self = .some([.commandLine], value: "dev")
        case let name:
            if let kind = Kind.allCases.first(where: { $0.rawValue.lowercased() == name }) {
                self = .some([kind], value: kind.rawValue)
            } else if let other = Self.unsupported.first(where: { $0.lowercased() == name }) {
                self = .none("it asks for `\(other)`, which is not supported")
            } else {
                self = .none("it is neither `prod` nor `dev` nor the name of a credential")
            }
        }
    }

    func allows(_ kind: Kind) -> Bool {
        if case .some(let kinds, _) = self { kinds.contains(kind) } else { true }
    }

    /// Whether it asks for this and nothing else.
    func isOnly(_ kind: Kind) -> Bool {
        if case .some([kind], _) = self { true } else { false }
    }

    var reason: String {
        if case .some(_, let value) = self { "left out, because \(Self.variable) is `\(value)`" } else { "" }
    }

    /// Those that other programs have, most of which want a person at a screen.
    private static let unsupported = [
        "AzureDeveloperCliCredential", "AzurePowerShellCredential", "BrokerCredential", "InteractiveBrowserCredential",
        "SharedTokenCacheCredential", "VisualStudioCodeCredential", "VisualStudioCredential",
    ]
}
