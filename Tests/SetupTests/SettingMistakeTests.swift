import Cloud
import Provisioning
import Setup
import Testing

/// What is refused, where it stands, and what is suggested instead.
@Suite struct SettingMistakeTests {
    private let home: ScratchHome

    init() throws { home = try ScratchHome() }

    @Test func anUnknownKeyIsReportedWhereItStandsWithWhatWasMeant() throws {
        let found = home.diagnostics(site: "tempates: [a]\n")
        #expect(home.refusal(site: "tempates: [a]\n") == ["setting.unknown-key@1:1"])
        #expect(found.first?.message == "`tempates` is not a setting key")
        #expect(found.first?.hint == "did you mean `templates`?")
        #expect(found.first?.place?.file == home.file("site.yaml"))
    }

    @Test func anUnknownKeyOfAnAccountIsReportedToo() {
        let site = """
            accounts:
              prod:
                cloud: aws
                region: us-east-1
                profil: muster
            """
        #expect(home.refusal(site: site) == ["account.unknown-key@5:5"])
        #expect(home.diagnostics(site: site).first?.hint == "did you mean `profile`?")
        #expect(home.refusal(site: "emulator: {boots: 1s}\n") == ["setting.unknown-key@1:12"])
    }

    @Test func anAccountWrittenTwiceIsReported() {
        let site = """
            accounts:
              prod: {cloud: aws, region: us-east-1}
              prod: {cloud: aws, region: us-east-2}
            """
        let places = home.diagnostics(site: site).map(\.place?.line)
        #expect(places == [3])
    }

    @Test func aDefaultAccountThatThereIsNotIsReported() {
        let site = "default_account: dmeo\n"
        #expect(home.refusal(site: site) == ["account.unknown@1:18"])
        #expect(home.diagnostics(site: site).first?.hint == "did you mean `demo`?")
        #expect(home.refusal(site: "", ["MUSTER_DEFAULT_ACCOUNT": "nobody"]) == ["account.unknown"])
    }

    @Test func anAccountNeedsACloudThatThereIs() {
        #expect(home.refusal(site: "accounts: {prod: {region: r}}\n") == ["field.missing@1:18"])
        #expect(home.refusal(site: "accounts: {prod: {cloud: aw, region: r}}\n") == ["field.range@1:26"])
    }

    @Test func anAccountNeedsARegionOfItsOwnOrOfTheEnvironment() throws {
        let site = "accounts: {prod: {cloud: aws}}\n"
        #expect(home.refusal(site: site) == ["field.missing@1:18"])
        func region(_ environment: [String: String]) throws -> String? {
            try home.settings(site: site, environment).accounts.first { $0.name == "prod" }?.region
        }
        #expect(try region(["AWS_REGION": "us-west-1", "AWS_DEFAULT_REGION": "us-west-2"]) == "us-west-1")
        #expect(try region(["AWS_DEFAULT_REGION": "us-west-2"]) == "us-west-2")
    }

    @Test func anEmptyRegionOfTheEnvironmentIsNone() throws {
        let site = "accounts: {prod: {cloud: aws}}\n"
        #expect(home.refusal(site: site, ["AWS_REGION": ""]) == ["field.missing@1:18"])
        let settings = try? home.settings(site: site, ["AWS_REGION": "", "AWS_DEFAULT_REGION": "us-west-2"])
        #expect(settings?.accounts.map(\.region) == ["us-east-1", "us-west-2"])
    }

    // MARK: Endpoints

    private func account(_ fields: String) -> String { "accounts: {prod: {cloud: aws, region: r, \(fields)}}\n" }

    @Test(arguments: [
        ("https://ec2.example.org", "https://ec2.example.org"), ("http://127.0.0.1:5000/", "http://127.0.0.1:5000"),
        ("HTTPS://host:443", "https://host"), ("http://[::1]:80", "http://[::1]"),
    ])
    func anEndpointIsReadAsItIsWritten(text: String, endpoint: String) throws {
        let settings = try home.settings(site: account("endpoint: \"\(text)\""))
        #expect(settings.accounts.last?.endpoint?.text == endpoint)
    }

    @Test(arguments: [
        "localhost:5000", "ftp://host", "https://", "https://host/path", "https://user@host", "https://host:0",
        "https://host:port", "https://ho st",
    ])
    func whatIsNoEndpointIsReportedWhereItStands(text: String) {
        #expect(home.refusal(site: account("endpoint: \"\(text)\"")) == ["account.endpoint@1:52"])
    }

    @Test func theEndpointOfTheEnvironmentIsForAccountsThatNameNone() throws {
        let site = """
            accounts:
              own: {cloud: aws, region: r, endpoint: "https://own.example.org"}
              plain: {cloud: aws, region: r}
            """
        let settings = try home.settings(site: site, ["AWS_ENDPOINT_URL": "http://127.0.0.1:4566"])
        #expect(
            settings.accounts.map { $0.endpoint?.text } == [nil, "https://own.example.org", "http://127.0.0.1:4566"])
    }

    @Test func aBadEndpointOfTheEnvironmentIsReportedByItsName() throws {
        let found = home.diagnostics(site: account("profile: p"), ["AWS_ENDPOINT_URL": "nonsense"])
        #expect(found.map(\.code) == ["account.endpoint"])
        #expect(found.first?.hint?.contains("`AWS_ENDPOINT_URL`") == true)
        #expect(home.refusal(site: account("profile: p"), ["AWS_ENDPOINT_URL": ""]) == [])
    }

    @Test func anEmulatedAccountHasNoEndpoint() throws {
        #expect(
            home.refusal(site: account("emulated: true, endpoint: \"http://127.0.0.1:1\"")) == ["field.clash@1:58"])
        // The environment's is meant for the clouds, not for the emulator.
        let settings = try home.settings(site: account("emulated: true"), ["AWS_ENDPOINT_URL": "http://127.0.0.1:1"])
        #expect(settings.accounts.map(\.endpoint) == [nil, nil])
    }

    // MARK: The rest

    @Test(arguments: ["muster:owner", "muster:anything", "aws:name"])
    func aReservedTagIsReported(key: String) {
        #expect(home.refusal(site: account("tags: {\"\(key)\": x}")).map { $0.prefix(11) } == ["account.tag"])
    }

    @Test func aRoleIsNamedByItsARN() throws {
        #expect(home.refusal(site: account("role: r")) == ["account.role@1:48"])
        let settings = try home.settings(site: account("role: \"arn:aws:iam::123456789012:role/grid\""))
        #expect(settings.accounts.map(\.role) == [nil, "arn:aws:iam::123456789012:role/grid"])
    }

    @Test func whatGoesWithARoleIsCheckedBeforeSTSDoes() throws {
        let arn = "role: \"arn:aws:iam::123456789012:role/grid\""
        let settings = try home.settings(site: account("\(arn), external_id: them, session_tags: {team: grid}"))
        var role = AWSRole("arn:aws:iam::123456789012:role/grid")
        (role.externalID, role.tags) = ("them", ["team": "grid"])
        #expect(settings.accounts.map(\.assumedRole) == [nil, role])
        func codes(_ more: String) -> [String] { home.refusal(site: account(more)).map { String($0.prefix(12)) } }
        #expect(codes("external_id: them") == ["field.clash@"])
        #expect(codes("session_tags: {team: grid}") == ["field.clash@"])
        #expect(codes("\(arn), external_id: x") == ["account.role"])
        #expect(codes("\(arn), external_id: \"a b\"") == ["account.role"])
        #expect(codes("\(arn), session_tags: {\"aws:team\": grid}") == ["account.role"])
        #expect(codes("\(arn), session_tags: {team: \"\(String(repeating: "x", count: 257))\"}") == ["account.role"])
    }

    @Test func endpointsOfASpecialKindAreAskedForByTheFileOrByVariables() throws {
        func kind(_ more: String, _ environment: [String: String] = [:]) throws -> EndpointKind? {
            try home.settings(site: account(more), environment).accounts.last?.endpointKind
        }
        let fips = ["AWS_USE_FIPS_ENDPOINT": "True"], dual = ["AWS_USE_DUALSTACK_ENDPOINT": "true"]
        #expect(try kind("tags: {}") == .plain)
        #expect(try kind("use_fips: true") == EndpointKind(isFIPS: true))
        #expect(try kind("tags: {}", fips.merging(dual) { $1 }) == EndpointKind(isFIPS: true, isDualStack: true))
        #expect(try kind("use_fips: false", fips) == .plain)
        #expect(try kind("emulated: true", fips) == .plain)
        // Whoever asks for them must not be answered by anything else.
        let endpoint = "endpoint: \"https://vpce.example.com\""
        #expect(home.refusal(site: account("\(endpoint), use_fips: true")).map { $0.prefix(11) } == ["field.clash"])
        #expect(home.refusal(site: account(endpoint), dual).map { $0.prefix(11) } == ["field.clash"])
    }

    @Test(arguments: ["60", "soon", "0s", "-1s"])
    func aLengthOfTimeHasAUnit(text: String) {
        #expect(home.refusal(site: "template_cache_ttl: \(text)\n").count == 1)
        #expect(home.refusal(site: "", ["MUSTER_TEMPLATE_CACHE_TTL": text]).count == 1)
    }

    @Test func everyMistakeIsReportedAtOnce() {
        let site = """
            colour: red
            default_account: nobody
            accounts:
              prod: {cloud: azur, region: r}
              test: {cloud: aws, region: r, endpoint: x}
            """
        #expect(
            Set(home.refusal(site: site)) == [
                "setting.unknown-key@1:1", "account.unknown@2:18", "field.range@4:17", "account.endpoint@5:43",
            ])
    }

    @Test func aFileThatIsNoYAMLIsReportedWhereItBreaks() {
        let found = home.diagnostics(site: "accounts:\n  prod: [unclosed\n")
        #expect(found.count == 1)
        #expect(found.first?.place?.file == home.file("site.yaml"))
    }
}
