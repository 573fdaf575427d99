import Cloud
import Documents
import Provisioning

/// What the site has decided, with where each value comes from.
package struct Settings: Sendable {
    /// In the order they are written; the default account first.
    package var accounts: [AccountSettings] = []
    package var templates: [String] = []
    package var templateCacheTTL: Duration = .seconds(60)
    package var templateReferences = TemplateReferences()
    /// What the clouds' manuals say, a folder a cloud.
    package var providers = ""
    /// Where the ledger and the emulated cloud's world live.
    package var stateDirectory = ""
    /// How long an emulated machine takes to come up, and to go.
    package var emulatorBoot: Duration = .seconds(2)
    package var emulatorShutdown: Duration = .seconds(1)
    /// Every value with its origin.
    package let fields: Layered

    package var defaultAccount: AccountName? { accounts.first?.name }
    package var ledgerPath: String { "\(stateDirectory)/ledger.sqlite" }
    package var worldPath: String { "\(stateDirectory)/emulator.json" }

    /// Every value as a line: its path, what it is, and who says so.
    package func explain() -> [Leaf] { fields.leaves() }
}

/// What templates may take from outside the catalog.
package struct TemplateReferences: Sendable, Hashable {
    /// Variables, by name.
    package var environment: [String] = []
    package var directories: [String] = []
}

/// An account as `config/` has it.
package struct AccountSettings: Sendable, Hashable {
    package var name: AccountName
    package var cloud: CloudName
    package var isEmulated: Bool
    package var region: String
    /// Instead of the cloud's own.
    package var endpoint: Endpoint?
    /// Which of the cloud's own.
    package var endpointKind = EndpointKind.plain
    /// Where in its cloud it works, beside the region.
    package var site = Site.aws
    /// Of the shared AWS credentials files.
    package var profile: String?
    /// The ARN of a role to assume with those credentials.
    package var role: String?
    /// What the role's owner wants to hear, and the tags that its policies may look at.
    package var externalID: String?
    package var sessionTags: [String: String] = [:]
    package var tags: [String: String]

    /// What else than a region says where an account is, and who asks there.
    package enum Site: Sendable, Hashable {
        case aws
        case azure(AzureAccount)
        case gcp(GCPAccount)
    }

    /// Nil: the credentials are used as they are found.
    package var assumedRole: AWSRole? {
        role.map { arn in
            var role = AWSRole(arn)
            role.externalID = externalID
            role.tags = sessionTags
            return role
        }
    }
}

package struct AzureAccount: Sendable, Hashable {
    package var subscription: String
    package var resourceGroup: String
    /// The tenant to prove who we are at, and as whom; nil: as the environment says.
    package var tenant: String?
    package var clientID: String?

    package init(subscription: String, resourceGroup: String, tenant: String? = nil, clientID: String? = nil) {
        self.subscription = subscription
        self.resourceGroup = resourceGroup
        self.tenant = tenant
        self.clientID = clientID
    }
}

package struct GCPAccount: Sendable, Hashable {
    package var project: String
    /// A file of credentials; nil: those that every Google program finds.
    package var credentialsFile: String?
    /// The service account to act as, by its e-mail address; nil: as the credentials are.
    package var impersonate: String?

    package init(project: String, credentialsFile: String? = nil, impersonate: String? = nil) {
        self.project = project
        self.credentialsFile = credentialsFile
        self.impersonate = impersonate
    }
}

/// What a command line may say of settings.
package struct SettingFlags: Sendable {
    package var config: String?
    package var stateDirectory: String?
    package var templates: [String] = []

    package init(config: String? = nil, stateDirectory: String? = nil, templates: [String] = []) {
        self.config = config
        self.stateDirectory = stateDirectory
        self.templates = templates
    }
}
