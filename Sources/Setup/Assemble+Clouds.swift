import Cloud
import CloudAWS
import CloudAzure
import CloudEmulator
import CloudGCP
import Provisioning

// What there is of each cloud: its APIs, what can be asked of it, and how it is told who we are.

extension House {
    /// What a template may name as its API.
    package static var apis: [APIName] {
        [RunInstances.api, EC2Fleet.api, SpotFleet.api, AutoScalingGroup.api]
            + [VirtualMachines.api, ScaleSet.api]
            + [Instances.api, BulkInsert.api, InstanceGroup.api]
    }

    func strategies(of account: AccountSettings) throws -> [any ProviderStrategy] {
        switch account.site {
        case .aws: [RunInstances(), EC2Fleet(), SpotFleet(), AutoScalingGroup()]
        case .azure(let azure): House.strategies(at: AzureSite(azure, in: account.region))
        case .gcp(let gcp): House.strategies(at: try site(of: gcp, account))
        }
    }

    private static func strategies(at site: AzureSite) -> [any ProviderStrategy] {
        [VirtualMachines(site: site), ScaleSet(site: site)]
    }

    private static func strategies(at site: GCPSite) -> [any ProviderStrategy] {
        [Instances(at: site), BulkInsert(at: site), InstanceGroup(at: site)]
    }

    private func site(of gcp: GCPAccount, _ account: AccountSettings) throws -> GCPSite {
        let zones = try files.rules(of: account.cloud)?.get().zones[account.region]
        return GCPSite(project: gcp.project, region: account.region, zones: zones ?? [])
    }

    /// How a cloud is asked whether what a template names exists; nil: it cannot be asked.
    func lookUps(of account: AccountSettings) throws -> (any TemplateLookUps)? {
        switch account.site {
        case .aws: AWSLookUps()
        case .azure(let azure): AzureLookUps(site: AzureSite(azure, in: account.region))
        case .gcp(let gcp): GCPLookUps(at: try site(of: gcp, account))
        }
    }

    /// How an account proves who it is.
    func signer(
        for account: AccountSettings, _ descriptor: ProviderDescriptor, _ transport: any Transport
    ) -> any Signer {
        switch account.site {
        case .aws: awsSigner(awsCredentials(for: account, descriptor, transport), account, descriptor)
        case .azure(let azure): BearerSigner(tokens: tokens(for: account, azure, descriptor, transport))
        case .gcp(let gcp): BearerSigner(tokens: tokens(for: account, gcp, transport))
        }
    }

    private func tokens(
        for account: AccountSettings, _ azure: AzureAccount, _ descriptor: ProviderDescriptor,
        _ transport: any Transport
    ) -> any TokenSource {
        if account.isEmulated { return House.emulatorToken }
        guard let cloud = descriptor.azureCloud(of: account.region) else {
            preconditionFailure("every partition of Azure has an authority")
        }
        return AzureCredentialChain(
            tenant: azure.tenant, clientID: azure.clientID, environment: environment, cloud: cloud,
            doors: CredentialDoors(transport: transport, surroundings: surroundings)
        ).source(random: surroundings.random)
    }

    private func tokens(
        for account: AccountSettings, _ gcp: GCPAccount, _ transport: any Transport
    ) -> any TokenSource {
        if account.isEmulated { return House.emulatorToken }
        return GCPCredentialChain(
            credentialsFile: gcp.credentialsFile, impersonate: gcp.impersonate, environment: environment,
            doors: CredentialDoors(transport: transport, surroundings: surroundings)
        ).source(random: surroundings.random)
    }

    private static let emulatorToken = FixedToken(
        BearerToken(EmulatorSettings.demoBearer, source: "the emulator"))

    func awsSigner(
        _ credentials: any CredentialSource, _ account: AccountSettings, _ descriptor: ProviderDescriptor,
        in region: String? = nil
    ) -> AWSSigner {
        AWSSigner(
            regions: { descriptor.signingRegion(of: $0, in: region ?? account.region) }, credentials: credentials)
    }

    private func awsCredentials(
        for account: AccountSettings, _ descriptor: ProviderDescriptor, _ transport: any Transport
    ) -> any CredentialSource {
        if account.isEmulated {
            let demo = EmulatorCredential.demo
            return FixedCredentials(
                AWSCredentials(accessKeyID: demo.accessKeyID, secretAccessKey: demo.secret, source: "the emulator"))
        }
        let services = AWSCredentialServices { credentials, region in
            let signer: any Signer =
                credentials.map { awsSigner(FixedCredentials($0), account, descriptor, in: region) }
                ?? Unsigned(source: "a token")
            return session(for: account, descriptor, transport, signer, in: region)
        }
        let doors = CredentialDoors(transport: transport, surroundings: surroundings, issuer: services)
        return AWSCredentialChain(profile: account.profile, environment: environment, doors: doors)
            .source(random: surroundings.random)
    }
}

extension AzureSite {
    fileprivate init(_ account: AzureAccount, in region: String) {
        self.init(subscription: account.subscription, resourceGroup: account.resourceGroup, location: region)
    }
}
