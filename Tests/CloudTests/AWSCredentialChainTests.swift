import Cloud
import Provisioning
import Testing

@Suite struct AWSCredentialChainTests {
    /// The chain in a world of these variables and files, with nothing else in it.
    private func chain(
        profile: String? = nil, _ environment: [String: String] = [:], credentials: String? = nil,
        config: String? = nil, other: [String: String] = [:]
    ) -> AWSCredentialChain {
        CredentialWorld(environment, credentials: credentials, config: config, files: other).chain(profile: profile)
    }

    private func files(_ credentials: String?, _ config: String?) -> @Sendable (String) throws -> [UInt8] {
        CredentialWorld(credentials: credentials, config: config).readFile
    }

    private func failure(of chain: AWSCredentialChain) async -> String {
        do {
            return "found \(try await chain.resolve().source)"
        } catch { return "\(error)" }
    }

    private let keys = ["AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "env-secret"]
    private let credentialsFile = """
        # the team's keys
        [default]
        aws_access_key_id = AKDEFAULT
        aws_secret_access_key=file=secret
        [dev]
          AWS_Access_Key_ID : AKDEV
          aws_secret_access_key = dev-secret
          aws_session_token = dev-token
        """

    // MARK: The environment

    @Test func theEnvironmentAnswersFirst() async throws {
        let found = try await chain(keys, credentials: credentialsFile).resolve()
        #expect(found.accessKeyID == "AKENV")
        #expect(found.secretAccessKey.revealed == "env-secret")
        #expect(found.sessionToken == nil)
        #expect(found.expiresAt == nil)
        #expect(found.source == "environment")
    }

    @Test func aTokenMayHaveItsOldName() async throws {
        let old = try await chain(keys.merging(["AWS_SECURITY_TOKEN": "old"]) { $1 }).resolve()
        #expect(old.sessionToken?.revealed == "old")
        let both = keys.merging(["AWS_SECURITY_TOKEN": "old", "AWS_SESSION_TOKEN": "new"]) { $1 }
        let new = try await chain(both).resolve()
        #expect(new.sessionToken?.revealed == "new")
    }

    @Test func theEnvironmentMaySayWhenItsKeysExpire() async throws {
        func expiry(_ text: String) async throws -> Timestamp? {
            try await chain(keys.merging(["AWS_CREDENTIAL_EXPIRATION": text]) { $1 }).resolve().expiresAt
        }
        let zulu = try await expiry("2030-01-31T12:00:00Z"), offset = try await expiry("2030-01-31T12:00:00+00:00")
        #expect(zulu == Timestamp("2030-01-31T12:00:00Z"))
        #expect(offset == zulu)
        let broken = await failure(of: chain(keys.merging(["AWS_CREDENTIAL_EXPIRATION": "soon"]) { $1 }))
        #expect(broken.contains("AWS_CREDENTIAL_EXPIRATION is not a moment"))
    }

    @Test func halfAPairStopsTheSearch() async {
        let environment = await failure(of: chain(["AWS_ACCESS_KEY_ID": "AK"], credentials: credentialsFile))
        #expect(
            environment
                == "no AWS credentials: environment: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
        let file = await failure(of: chain(credentials: "[default]\naws_access_key_id=AK\n"))
        #expect(file.hasSuffix("`aws_access_key_id` is there, but `aws_secret_access_key` is not"))
    }

    // MARK: Profiles

    @Test func theDefaultProfileAnswersWithoutBeingNamed() async throws {
        let found = try await chain(credentials: credentialsFile).resolve()
        #expect(found.accessKeyID == "AKDEFAULT")
        #expect(found.secretAccessKey.revealed == "file=secret")
        #expect(found.source == "profile `default` in ~/.aws/credentials")
    }

    @Test func aProfileNamedByTheEnvironmentDoesNotHideItsKeys() async throws {
        let both = try await chain(keys.merging(["AWS_PROFILE": "dev"]) { $1 }, credentials: credentialsFile).resolve()
        #expect(both.accessKeyID == "AKENV")
        let found = try await chain(["AWS_PROFILE": "dev"], credentials: credentialsFile).resolve()
        #expect(found.accessKeyID == "AKDEV")
        #expect(found.sessionToken?.revealed == "dev-token")
    }

    @Test func aProfileAskedForByNameLeavesTheEnvironmentOut() async throws {
        let found = try await chain(profile: "dev", keys, credentials: credentialsFile).resolve()
        #expect(found.accessKeyID == "AKDEV")
    }

    @Test(arguments: ["[profile dev]", "[profile \"dev\"]", "[profile   'dev']"])
    func theConfigFileHoldsProfilesToo(_ section: String) async throws {
        let config = "\(section)\naws_access_key_id = AK\naws_secret_access_key = s\n"
        let found = try await chain(profile: "dev", config: config).resolve()
        #expect(found.source == "profile `dev` in ~/.aws/config")
    }

    @Test(arguments: ["[dev]", "[profiledev]", "[profile dev ops]", "[sso-session dev]"])
    func aSectionThatIsNoProfileIsNotOne(_ section: String) async {
        let config = "\(section)\naws_access_key_id = AK\naws_secret_access_key = s\n"
        let report = await failure(of: chain(profile: "dev", config: config))
        #expect(report.contains("profile `dev` in ~/.aws/config: no such profile"))
    }

    @Test func filesMayLieElsewhere() async throws {
        let found = try await chain(
            ["AWS_SHARED_CREDENTIALS_FILE": "~/keys", "AWS_CONFIG_FILE": "/etc/aws"],
            other: ["/home/ada/keys": credentialsFile]
        ).resolve()
        #expect(found.source == "profile `default` in ~/keys")
        let report = await failure(of: chain(["AWS_CONFIG_FILE": "/etc/aws"]))
        #expect(report.contains("profile `default` in /etc/aws: no such file"))
    }

    // MARK: When nothing answers

    @Test func theReportNamesEveryPlaceAndWhyItWasEmpty() async {
        let report = await failure(of: chain(["AWS_PROFILE": "x"], config: "[profile y]\nregion = r\n"))
        #expect(
            report == "no AWS credentials: environment: AWS_ACCESS_KEY_ID is not set; "
                + "profile `x` in ~/.aws/credentials: no such file; "
                + "profile `x` in ~/.aws/config: no such profile; the profile is in neither file")
    }

    @Test func theReportIsADiagnosticToo() async throws {
        let error = await #expect(throws: NoCredentials.self) { try await chain().resolve() }
        let diagnostic = try #require(error).diagnostic
        #expect(diagnostic.code == "credentials.none")
        #expect(diagnostic.message.contains("environment: AWS_ACCESS_KEY_ID is not set"))
    }

    @Test func aWayThatIsNotSupportedIsToldSo() async {
        // Even though the config file holds keys that a later link would find.
        let config = "[profile x]\nlogin_session = arn:x\naws_access_key_id = AK\naws_secret_access_key = s\n"
        let report = await failure(of: chain(profile: "x", config: config))
        #expect(report.hasSuffix("console login: `login_session` in profile `x` asks for it, and it is not supported"))
    }

    @Test func keysInTheCredentialsFileWinOverACredentialProcess() async throws {
        let found = try await chain(credentials: credentialsFile, config: "[default]\ncredential_process = /bin/x\n")
            .resolve()
        #expect(found.accessKeyID == "AKDEFAULT")
    }

    // MARK: The files' form

    @Test func aFileThatCannotBeReadStopsTheSearchAndShowsNothingOfIt() async {
        let cases = [
            "aws_secret_access_key = hidden\n": "line 1 stands before any section",
            "[default]\nhidden\n": "line 2 is neither a section nor `key = value`",
            "[default]\na = hidden\nA = hidden\n": "line 3 sets a key that was set before",
            "[a]\n[b]\n[a]\n": "line 3 begins a section that was there before",
        ]
        for (text, flaw) in cases {
            let report = await failure(of: chain(credentials: text, config: "[default]\n"))
            #expect(report.hasSuffix("profile `default` in ~/.aws/credentials: \(flaw)"))
            #expect(!report.contains("hidden"))
        }
    }

    @Test func commentsContinuationsAndSpacesAreReadAsAWSReadsThem() async throws {
        let text = """
            \u{FEFF}; a comment
            [default]
            # another
            aws_access_key_id   =   AK#1 ; not a comment
            s3 =
              max_concurrent_requests = 20
              # a comment within

              region = not-this-one

            aws_secret_access_key :s
              region=us-east-1
            """
        let found = try await chain(credentials: text).resolve()
        #expect(found.accessKeyID == "AK#1 ; not a comment")
        #expect(found.secretAccessKey.revealed == "s\nregion=us-east-1")
        let profile = AWSProfile(environment: ["HOME": "/home/ada"], readFile: files(text, nil))
        #expect(profile.region == nil)
    }

    @Test func regionAndEndpointComeFromTheEnvironmentThenTheProfile() {
        let config = "[profile dev]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:4566\n"
        func profile(_ environment: [String: String], credentials: String? = nil) -> AWSProfile {
            AWSProfile(
                "dev", environment: environment.merging(["HOME": "/home/ada"]) { $1 },
                readFile: files(credentials, config))
        }
        #expect(profile([:]).region == "eu-west-1")
        #expect(profile([:]).endpointURL == "http://127.0.0.1:4566")
        #expect(profile([:], credentials: "[dev]\nregion = eu-west-2\n").region == "eu-west-2")
        #expect(profile(["AWS_DEFAULT_REGION": "r"]).region == "r")
        #expect(profile(["AWS_REGION": "q", "AWS_DEFAULT_REGION": "r"]).region == "q")
        #expect(profile(["AWS_ENDPOINT_URL": "http://h"]).endpointURL == "http://h")
    }

    // MARK: Secrets

    @Test func noSecretIsShownHoweverItIsPrinted() async throws {
        let environment = keys.merging(["AWS_SESSION_TOKEN": "env-token"]) { $1 }
        let chain = chain(environment, credentials: credentialsFile)
        let found = try await chain.resolve()
        let source = chain.source()
        _ = try await source.credentials(at: Timestamp(seconds: 0))
        let profile = AWSProfile(environment: environment, readFile: files(credentialsFile, nil))
        for value in [found, chain, source, FixedCredentials(found), profile, AWSCredentialChain([])] as [Any] {
            var dumped = ""
            dump(value, to: &dumped)
            for text in [dumped, "\(value)", String(describing: value), String(reflecting: value)] {
                for secret in ["env-secret", "env-token", "file=secret", "dev-secret", "dev-token"] {
                    #expect(!text.contains(secret), "\(type(of: value))")
                }
            }
        }
    }
}
