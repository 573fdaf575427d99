import Provisioning

/// The places where a token for Azure's resource manager is looked for, in the order of Azure's own libraries.
///
/// https://learn.microsoft.com/azure/developer/python/sdk/authentication/credential-chains
package struct AzureCredentialChain: Sendable {
    package let links: [any TokenLink]

    /// - Parameters:
    ///   - tenant: in place of the one that the environment names.
    ///   - clientID: the application, or the identity of this machine, that is meant. What the environment has for
    ///     another one is left out.
    package init(
        tenant: String? = nil, clientID: String? = nil, environment variables: [String: String], cloud: AzureCloud,
        doors: CredentialDoors
    ) {
        let environment = Environment(variables)
        let scene = AzureScene(
            tenant: tenant, clientID: clientID, environment: environment, cloud: cloud, doors: doors)
        let run = doors.run
        let choice = AzureCredentialChoice(environment[AzureCredentialChoice.variable])
        let all: [(kind: AzureCredentialChoice.Kind, link: any TokenLink)] = [
            (.environment, AzureEnvironmentLink(scene: scene, names: .azure)),
            (.environment, AzureEnvironmentLink(scene: scene, names: .terraform)),
            (.workloadIdentity, AzureWorkloadIdentityLink(scene: scene, names: .azure)),
            (.workloadIdentity, AzureWorkloadIdentityLink(scene: scene, names: .terraform)),
            (.managedIdentity, AzureServiceIdentityLink(scene: scene)),
            (.managedIdentity, AzureMachineIdentityLink(scene: scene, isNamed: choice.isOnly(.managedIdentity))),
            (.commandLine, AzureCommandLineLink(scene: scene) { await run($0, variables) }),
        ]
        if case .none(let why) = choice {
            links = [TokenStop(name: AzureCredentialChoice.variable, why: why)]
        } else {
            links = all.map { kind, link in
                choice.allows(kind) ? link : LeftOutLink(name: link.name, why: choice.reason)
            }
        }
    }

    /// - Throws: `NoCredentials`, `CredentialsLate`
    package func resolve() async throws -> BearerToken { try await search(links, for: .azure) }

    /// The chain as a session uses it; chance spreads when many agents renew.
    package func source(random: (@Sendable () -> UInt64)? = nil) -> CachedToken {
        CachedToken(name: "azure credential chain", random: random) { try await resolve() }
    }
}

extension NoCredentials.Seeker {
    package static let azure = NoCredentials.Seeker(
        name: "Azure",
        hint: "set `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET`, give this machine an identity, "
            + "or run `az login`")
}

/// A link that somebody has left out, with the reason.
struct LeftOutLink: CredentialLink {
    let name: String
    let why: String

    func look() async -> TokenFinding { .notMine(why) }
}

/// In place of links that cannot be chosen.
struct TokenStop: CredentialLink {
    let name: String
    let why: String

    func look() async -> TokenFinding { .stop(why) }
}
