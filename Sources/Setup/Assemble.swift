import Catalog
import Cloud
import CloudAWS
import CloudAzure
import CloudEmulator
import CloudGCP
import Documents
import Engine
import Glibc
import Logging
import Provisioning
import Store

/// The house, put together from its settings: the one place that chooses.
///
/// What costs something (the ledger, the network, the emulated world) is opened when it is first asked for, so
/// that a command that only reads templates pays for nothing else.
package struct House: Sendable {
    package let settings: Settings
    package let catalog: TemplateCatalog
    let environment: [String: String]
    let surroundings: Surroundings
    let log: Logger
    let files: ProviderFiles

    package init(
        _ settings: Settings, environment: [String: String], surroundings: Surroundings = .system, log: Logger
    ) {
        self.settings = settings
        self.environment = environment
        self.surroundings = surroundings
        self.log = log
        let files = ProviderFiles(folder: settings.providers)
        self.files = files
        catalog = TemplateCatalog(
            directories: settings.templates,
            accounts: settings.accounts.map {
                .init(name: $0.name, cloud: $0.cloud, isEmulated: $0.isEmulated, region: $0.region)
            },
            rules: House.templateRules(settings, environment, files),
            timeToLive: settings.templateCacheTTL,
            surroundings: surroundings, store: CompiledStore(stateDirectory: settings.stateDirectory))
    }

    /// Every API that a template may name, those that nothing is launched by yet among them.
    ///
    /// - Throws: `Rejected` where the shipped folders are not found.
    package static func knownAPIs(environment: [String: String]) throws -> [APIName] {
        let files = ProviderFiles(folder: "\(try Home.find(environment))/providers")
        return try TemplateKeys.clouds.flatMap { try files.rules(of: $0)?.get().apis ?? [] }
    }

    /// What templates are held to, each cloud's part read when the first template of it is looked at.
    private static func templateRules(
        _ settings: Settings, _ environment: [String: String], _ files: ProviderFiles
    ) -> TemplateRules {
        let allowed = settings.templateReferences.environment.map { ($0, environment[$0]) }
        return TemplateRules(
            references: References(
                environment: Dictionary(allowed, uniquingKeysWith: { $1 }),
                directories: settings.templateReferences.directories),
            directories: [settings.providers]
        ) { files.rules(of: $0) }
    }

    // MARK: - Packing list

    /// All that a face can ask.
    ///
    /// - Throws: `Rejected` where the state folder cannot be used, or `providers/` is damaged.
    package func agent() throws -> Agent {
        try makeStateDirectory()
        let database = try SQLiteDatabase(path: settings.ledgerPath)
        try notePlaces(in: database)
        let presence = try Presence(
            in: "\(settings.stateDirectory)/agents", owner: "\(getpid())-\(surroundings.freshName())")
        presence.tidy()
        return Agent(
            catalog: catalog,
            accounts: try accounts(),
            database: database,
            surroundings: surroundings,
            presence: presence,
            owner: try OwnerKey.mark(in: settings.stateDirectory, surroundings),
            log: log, typeLists: typeLists)
    }

    /// What is known of the machine types that the clouds have.
    var typeLists: TypeLists {
        TypeLists(files: TypeListFiles(folder: "\(settings.stateDirectory)/types"), now: surroundings.now)
    }

    /// Looks at templates without a ledger.
    package func validation() throws -> Validation {
        Validation(
            catalog: catalog, accounts: try accounts(), surroundings: surroundings, typeLists: typeLists)
    }

    /// The accounts of the settings, ready for work.
    package func accounts() throws -> [Account] {
        let emulated: any Transport = EmulatedTransport { try self.emulator() }
        let curl: any Transport = CurlTransport(CurlSettings(environment: environment))
        return try settings.accounts.map { account in
            let descriptor = try files.descriptor(of: account.cloud)
            guard descriptor.has(account.endpointKind, in: account.region) else {
                throw Rejected(
                    Diagnostic(
                        .error, "account.endpoint",
                        "account `\(account.name)` asks for \(account.endpointKind) endpoints, and `\(account.region)` "
                            + "has none", hint: "drop `use_fips` or `use_dualstack`, or choose another region"))
            }
            let transport = account.isEmulated ? emulated : curl
            var session = session(for: account, descriptor, transport, signer(for: account, descriptor, transport))
            if let role = account.assumedRole {
                let assumed = AssumeRole(role: role, session: session, random: surroundings.random).source
                session = self.session(for: account, descriptor, transport, awsSigner(assumed, account, descriptor))
            }
            let apis = try strategies(of: account).compactMap { strategy in
                descriptor.apis[type(of: strategy).api].map { AccountAPI(strategy: strategy, traits: $0) }
            }
            guard apis.contains(where: { $0.name == descriptor.usualAPI }) else {
                throw Rejected(
                    Diagnostic(
                        .error, "account.cloud",
                        "nothing is launched at `\(account.cloud)` yet, where account "
                            + "`\(account.name)` is", hint: "drop the account"))
            }
            return Account(
                name: account.name, cloud: account.cloud, isEmulated: account.isEmulated, session: session,
                strategies: Dictionary(uniqueKeysWithValues: apis.map { ($0.name, $0) }),
                usualAPI: descriptor.usualAPI, tags: account.tags, lookUps: try lookUps(of: account),
                parameters: ParameterTables(folder: "\(settings.providers)/\(account.cloud)"))
        }
    }

    /// The emulated cloud whose world lies in the state folder.
    package func emulator() throws -> Emulator {
        try makeStateDirectory()
        var emulated = EmulatorSettings.demo
        emulated.bootSeconds = settings.emulatorBoot.inSeconds
        emulated.shutdownSeconds = settings.emulatorShutdown.inSeconds
        emulated.worldFile = settings.worldPath
        do {
            return try Emulator(settings: emulated, surroundings: surroundings)
        } catch let damage as DamagedWorld {
            throw Rejected(
                Diagnostic(
                    .error, "state.damaged", "\(damage)",
                    hint: "without it the emulated cloud is empty, and its machines are lost"))
        }
    }

    // MARK: - Parts

    /// An account's machines are looked for where it is, so it may not move while it has any.
    private func notePlaces(in database: SQLiteDatabase) throws {
        let places = settings.accounts.map { ($0.name, $0.place) }
        let agrees = try database.read {
            try AccountRegister($0).agrees(with: Dictionary(uniqueKeysWithValues: places))
        }
        if agrees { return }
        try database.transaction { sql in
            let moved = try places.compactMap { name, place in
                try AccountRegister(sql).note(name, at: place).map { before in
                    Diagnostic(
                        .error, "account.moved",
                        "account `\(name)` has machines in `\(before)`, and is in `\(place)` now",
                        hint: "put it back until they are returned, or give the new place a name of its own")
                }
            }
            try moved.rejectErrors()
        }
    }

    /// - Parameter region: in place of the account's own.
    func session(
        for account: AccountSettings, _ descriptor: ProviderDescriptor, _ transport: any Transport,
        _ signer: any Signer, in region: String? = nil
    ) -> Session {
        let region = region ?? account.region
        return Session(
            cloud: account.cloud,
            region: region,
            endpoints: { service in
                // A name that leads nowhere, so that no dry run names an address nobody would call.
                if account.isEmulated { return Endpoint(scheme: .http, host: "emulated") }
                return account.endpoint ?? descriptor.endpoint(of: service, in: region, as: account.endpointKind)
                    ?? Endpoint(scheme: .https, host: "\(service).\(region).invalid")
            },
            signer: signer,
            transport: transport,
            pace: Pace(account.isEmulated ? descriptor.pace.withoutFamilies : descriptor.pace),
            refusals: descriptor.refusals,
            surroundings: surroundings)
    }

    /// Makes the folder and all above it, for its owner only.
    private func makeStateDirectory() throws {
        let folder = settings.stateDirectory
        var end = folder.startIndex
        while end < folder.endIndex {
            end = folder[folder.index(after: end)...].firstIndex(of: "/") ?? folder.endIndex
            mkdir(String(folder[..<end]), 0o700)
        }
        var status = stat()
        let isFolder = stat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        guard isFolder, access(folder, W_OK | X_OK) == 0 else {
            let why = isFolder || errno == ENOENT ? String(cString: strerror(errno)) : "it is no folder"
            throw Rejected(
                Diagnostic(
                    .error, "state.unwritable", "the state folder `\(folder)` cannot be written: \(why)",
                    hint: "choose a folder you may write with `--state-dir` or `MUSTER_STATE_DIR`"))
        }
    }
}

extension Duration {
    fileprivate var inSeconds: Double { Double(wholeMicroseconds) / 1_000_000 }
}

extension AccountSettings {
    /// What may not change while it has machines there: `aws eu-west-1`.
    fileprivate var place: String {
        let cloud = isEmulated && site == .aws ? "emulated" : isEmulated ? "emulated \(cloud)" : cloud.text
        return switch site {
        case .aws: "\(cloud) \(region)"
        case .azure(let account): "\(cloud) \(region) \(account.subscription) \(account.resourceGroup)"
        case .gcp(let account): "\(cloud) \(region) \(account.project)"
        }
    }
}
