import Documents
import Provisioning
import Setup
import Testing

/// The layers of settings: what is shipped, the site's file, the environment, flags.
@Suite struct SettingsTests {
    private let home: ScratchHome

    init() throws { home = try ScratchHome() }

    private func origin(_ path: String, in settings: Settings) -> String? {
        settings.explain().first { $0.path == path }?.origin.description
    }

    @Test func outOfTheBoxThereIsAnEmulatedAccount() throws {
        let settings = try home.settings()
        let demo = try #require(settings.accounts.first)
        #expect(settings.accounts.count == 1)
        #expect(demo.name == "demo" && demo.isEmulated && demo.region == "us-east-1" && demo.cloud == "aws")
        #expect(demo.endpoint == nil && demo.profile == nil && demo.tags.isEmpty)
        #expect(settings.defaultAccount == "demo")
        #expect(settings.templateCacheTTL == .seconds(60))
        #expect(settings.emulatorBoot == .seconds(2))
        #expect(settings.emulatorShutdown == .seconds(1))
        #expect(settings.providers == home.file("home/providers"))
    }

    /// The file that is shipped, not a copy of it.
    @Test func theShippedFileIsFreeOfMistakes() throws {
        let repository = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let settings = try home.settings(SettingFlags(), ["MUSTER_HOME": "/\(repository)"])
        #expect(settings.accounts.map(\.name) == ["demo"])
        // Relative where the tests run within the repository.
        #expect(["templates", "/\(repository)/templates"].contains(settings.templates[0]))
    }

    // MARK: Layers

    @Test func eachLayerWinsOverTheOneBelowAndSaysWhoItWas() throws {
        let plain = try home.settings()
        #expect(plain.templateCacheTTL == .seconds(60))
        #expect(origin("template_cache_ttl", in: plain) == "\(home.file("home/config/default.yaml")):8:21 (default)")

        let site = try home.settings(site: "template_cache_ttl: 5m\n")
        #expect(site.templateCacheTTL == .seconds(300))
        #expect(origin("template_cache_ttl", in: site) == "\(home.file("site.yaml")):1:21 (site)")

        let environment = try home.settings(site: "template_cache_ttl: 5m\n", ["MUSTER_TEMPLATE_CACHE_TTL": "7s"])
        #expect(environment.templateCacheTTL == .seconds(7))
        #expect(origin("template_cache_ttl", in: environment) == "environment MUSTER_TEMPLATE_CACHE_TTL")
    }

    @Test func aFlagWinsOverTheEnvironmentAndTheEnvironmentOverTheSite() throws {
        let site = try home.write("site.yaml", "state_dir: /site\n")
        #expect(try home.settings(SettingFlags(config: site)).stateDirectory == "/site")
        let variables = ["MUSTER_STATE_DIR": "/environment"]
        #expect(try home.settings(SettingFlags(config: site), variables).stateDirectory == "/environment")
        let flagged = try home.settings(SettingFlags(config: site, stateDirectory: "/flag"), variables)
        #expect(flagged.stateDirectory == "/flag")
        #expect(origin("state_dir", in: flagged) == "flag --state-dir")
        #expect(flagged.ledgerPath == "/flag/ledger.sqlite")
        #expect(flagged.worldPath == "/flag/emulator.json")
    }

    @Test func anEmptyVariableSaysNothing() throws {
        let settings = try home.settings(
            site: "state_dir: /site\n",
            [
                "MUSTER_STATE_DIR": "", "MUSTER_TEMPLATES": "", "MUSTER_DEFAULT_ACCOUNT": "",
                "MUSTER_TEMPLATE_CACHE_TTL": "",
            ])
        #expect(settings.stateDirectory == "/site")
        #expect(settings.defaultAccount == "demo")
        #expect(settings.templates.count == 1)
    }

    @Test func aSiteAddsToTheAccountsFieldByField() throws {
        let settings = try home.settings(
            site: """
                accounts:
                  demo: {region: eu-west-1}
                  prod: {cloud: aws, region: us-east-2, profile: muster, tags: {team: grid}}
                """)
        #expect(settings.accounts.map(\.name) == ["demo", "prod"])
        #expect(settings.accounts.map(\.region) == ["eu-west-1", "us-east-2"])
        #expect(settings.accounts.map(\.isEmulated) == [true, false])
        #expect(settings.accounts[1].profile == "muster")
        #expect(settings.accounts[1].tags == ["team": "grid"])
        #expect(origin("accounts.demo.region", in: settings)?.hasSuffix("site.yaml:2:18 (site)") == true)
        #expect(origin("accounts.demo.cloud", in: settings)?.hasSuffix("(default)") == true)
    }

    @Test func theDefaultAccountIsPutFirst() throws {
        let site = "accounts: {prod: {cloud: aws, region: us-east-2}}\n"
        #expect(try home.settings(site: site).defaultAccount == "demo")
        #expect(try home.settings(site: site + "default_account: prod\n").defaultAccount == "prod")
        let named = try home.settings(site: site, ["MUSTER_DEFAULT_ACCOUNT": "prod"])
        #expect(named.accounts.map(\.name) == ["prod", "demo"])
    }

    // MARK: Templates

    @Test func aTemplatePathMeansWhatItSaysWhereItIsWritten() throws {
        #expect(try home.settings().templates == [home.file("home/config/../templates")])
        let site = try home.write("etc/muster/site.yaml", "templates: [recipes, /srv/templates, ../more]\n")
        #expect(
            try home.settings(SettingFlags(config: site)).templates == [
                home.file("etc/muster/recipes"), "/srv/templates", home.file("etc/muster/../more"),
            ])
    }

    @Test func templatesOfTheEnvironmentAndOfFlagsAreAsTheyAreGiven() throws {
        let variables = ["MUSTER_TEMPLATES": "one:/two::three"]
        #expect(try home.settings(SettingFlags(), variables).templates == ["one", "/two", "three"])
        let flagged = try home.settings(SettingFlags(templates: ["four"]), variables)
        #expect(flagged.templates == ["four"])
        #expect(origin("templates", in: flagged) == "flag --templates")
    }

    // MARK: Where files are looked for

    @Test func theSitesFileIsTheFirstThatThereIs() throws {
        func ttl(_ environment: [String: String] = [:], config: String? = nil) throws -> Duration {
            try home.settings(SettingFlags(config: config), environment).templateCacheTTL
        }
        let xdg = ["XDG_CONFIG_HOME": home.file("xdg")]
        try home.write("user/.config/muster/config.yaml", "template_cache_ttl: 1s\n")
        #expect(try ttl() == .seconds(1))
        #expect(try ttl(xdg) == .seconds(60))
        try home.write("xdg/muster/config.yaml", "template_cache_ttl: 2s\n")
        #expect(try ttl(xdg) == .seconds(2))
        let named = xdg.merging(["MUSTER_CONFIG": try home.write("named.yaml", "template_cache_ttl: 3s\n")]) { $1 }
        #expect(try ttl(named) == .seconds(3))
        let flag = try home.write("flag.yaml", "template_cache_ttl: 4s\n")
        #expect(try ttl(named, config: flag) == .seconds(4))
    }

    /// By the XDG Base Directory Specification an empty or relative path counts as not set.
    @Test(arguments: ["", "relative/path"])
    func anXDGFolderThatIsNotAbsoluteCountsAsNotSet(value: String) throws {
        try home.write("user/.config/muster/config.yaml", "template_cache_ttl: 1s\n")
        let settings = try home.settings(
            SettingFlags(), ["XDG_CONFIG_HOME": value, "XDG_STATE_HOME": value])
        #expect(settings.stateDirectory == home.file("user/.local/state/muster"))
        #expect(settings.templateCacheTTL == .seconds(1))
    }

    @Test func theStateFolderFollowsXDG() throws {
        #expect(try home.settings().stateDirectory == home.file("user/.local/state/muster"))
        #expect(try home.settings(SettingFlags(), ["XDG_STATE_HOME": "/var/x"]).stateDirectory == "/var/x/muster")
    }

    @Test func aFileThatSomebodyNamedMustBeThere() throws {
        let path = home.file("nowhere.yaml")
        for (flags, environment) in [
            (SettingFlags(config: path), [:]), (SettingFlags(), ["MUSTER_CONFIG": path]),
        ] {
            let error = #expect(throws: Rejected.self) { try home.settings(flags, environment) }
            #expect(error?.diagnostics.map(\.code) == ["file.missing"])
            #expect(error?.diagnostics.first?.message.contains(path) == true)
        }
    }
}
