import Cloud
import Provisioning
import Testing

/// Roles of profiles, assumed with what their sources give.
@Suite struct AWSRoleLinkTests {
    private let keys = ["AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "env-secret"]

    @Test func aRoleIsAssumedWithTheKeysOfItsSource() async throws {
        let world = CredentialWorld(
            credentials: "[base]\naws_access_key_id = AKBASE\naws_secret_access_key = s\n",
            config: """
                [profile grid]
                role_arn = arn:aws:iam::1:role/grid
                source_profile = base
                external_id = them
                role_session_name = night
                duration_seconds = 1800
                """)
        let found = try await world.resolve(profile: "grid")
        #expect(found.accessKeyID == "ASIA1")
        #expect(
            found.source == "role arn:aws:iam::1:role/grid of profile `grid`, by profile `base` in ~/.aws/credentials")
        var role = AWSRole("arn:aws:iam::1:role/grid")
        (role.externalID, role.sessionName, role.durationSeconds) = ("them", "night", 1800)
        #expect(world.issuer.orders == [.role(role, by: "AKBASE")])
    }

    @Test func aSourceMayBeARoleItself() async throws {
        let world = CredentialWorld(
            credentials: "[base]\naws_access_key_id = AKBASE\naws_secret_access_key = s\n",
            config: """
                [profile outer]
                role_arn = arn:outer
                source_profile = middle
                [profile middle]
                role_arn = arn:middle
                source_profile = base
                """)
        let found = try await world.resolve(profile: "outer")
        #expect(found.accessKeyID == "ASIA2")
        #expect(
            world.issuer.orders == [
                .role(AWSRole("arn:middle"), by: "AKBASE"), .role(AWSRole("arn:outer"), by: "ASIA1"),
            ])
    }

    @Test func aProfileWithKeysMayBeItsOwnSource() async throws {
        let world = CredentialWorld(
            config: """
                [default]
                role_arn = arn:own
                source_profile = default
                aws_access_key_id = AKOWN
                aws_secret_access_key = s
                """)
        #expect(try await world.resolve().accessKeyID == "ASIA1")
        #expect(world.issuer.orders == [.role(AWSRole("arn:own"), by: "AKOWN")])
    }

    @Test func aCircleOfSourcesIsToldAndNotWalked() async {
        let world = CredentialWorld(
            config: """
                [profile a]
                role_arn = arn:a
                source_profile = b
                [profile b]
                role_arn = arn:b
                source_profile = c
                [profile c]
                role_arn = arn:c
                source_profile = a
                """)
        let report = await world.failure(profile: "a")
        #expect(
            report.contains("the profiles `a`, `b`, `c`, `a` name one another as `source_profile`, and none has keys"))
        #expect(world.issuer.orders == [])
    }

    @Test func aSourceThatIsNotThereIsNamed() async {
        let world = CredentialWorld(config: "[profile a]\nrole_arn = arn:a\nsource_profile = lost\n")
        let report = await world.failure(profile: "a")
        #expect(report.contains("assuming a role: source profile `lost`: "))
        #expect(report.contains("the profile is in neither file"))
    }

    @Test func aSourceMayBeTheEnvironmentAlthoughAProfileIsNamed() async throws {
        let config = "[profile a]\nrole_arn = arn:a\ncredential_source = Environment\n"
        let world = CredentialWorld(keys, config: config)
        #expect(try await world.resolve(profile: "a").source == "role arn:a of profile `a`, by environment")
        #expect(world.issuer.orders == [.role(AWSRole("arn:a"), by: "AKENV")])
        let without = await CredentialWorld(config: config).failure(profile: "a")
        #expect(without.hasSuffix("`credential_source` is `Environment`: AWS_ACCESS_KEY_ID is not set"))
    }

    @Test(arguments: ["Ec2InstanceMetadata", "EcsContainer"])
    func aSourceThatIsNamedMustAnswer(_ source: String) async {
        let world = CredentialWorld(keys, config: "[profile a]\nrole_arn = arn:a\ncredential_source = \(source)\n")
        let report = await world.failure(profile: "a")
        #expect(report.contains("assuming a role: `credential_source` is `\(source)`: "))
    }

    @Test(arguments: [
        ("", "has `role_arn`, but neither `source_profile` nor `credential_source`"),
        ("source_profile = b\ncredential_source = Environment", "has both `source_profile` and `credential_source`"),
        ("credential_source = Moon", "is none of `Environment`, `Ec2InstanceMetadata` and `EcsContainer`"),
        ("source_profile = b\nduration_seconds = 60", "`duration_seconds` in profile `a` is no number from 900"),
        ("source_profile = b\nmfa_serial = arn:mfa", "`mfa_serial` in profile `a` wants a code"),
    ])
    func aRoleThatCannotBeMeantStopsTheSearch(_ lines: String, _ reason: String) async {
        let keys = "aws_access_key_id = AK\naws_secret_access_key = s\n"
        let world = CredentialWorld(config: "[profile a]\nrole_arn = arn:a\n\(keys)\(lines)\n[profile b]\n\(keys)")
        #expect(await world.failure(profile: "a").contains(reason))
        #expect(world.issuer.orders == [])
    }

    @Test func aBrokenConfigFileIsNotPassedOverForKeysElsewhere() async {
        var world = CredentialWorld(
            credentials: "[default]\naws_access_key_id = AK\naws_secret_access_key = s\n", config: "hidden\n")
        #expect(
            await world.failure()
                == "no AWS credentials: environment: AWS_ACCESS_KEY_ID is not set; "
                + "assuming a role: ~/.aws/config: line 1 stands before any section")
        world.locked = ["/home/ada/.aws/config"]
        #expect(await world.failure().hasSuffix("assuming a role: ~/.aws/config: Permission denied"))
    }

    @Test func whatTheServiceRefusesEndsTheSearchAndWhatItCannotSayNowDoesNotCountAsNone() async {
        let config = "[profile a]\nrole_arn = arn:a\ncredential_source = Environment\n"
        var world = CredentialWorld(keys, config: config)
        world.issuer = FakeIssuer(.stop("role arn:a: AccessDenied"))
        await #expect(throws: NoCredentials.self) { try await world.resolve(profile: "a") }
        world.issuer = FakeIssuer(.later("role arn:a: Throttling"))
        let late = await #expect(throws: CredentialsLate.self) { try await world.resolve(profile: "a") }
        #expect(late?.description == "credentials could not be had just now: assuming a role: role arn:a: Throttling")
    }

    // MARK: Web identity

    private let pod = [
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/token", "AWS_ROLE_ARN": "arn:pod",
        "AWS_ROLE_SESSION_NAME": "pod-7",
    ]

    @Test func aWebIdentityOfTheEnvironmentIsToldToTheService() async throws {
        let world = CredentialWorld(pod, files: ["/var/run/token": "eyJ.token\n"])
        let found = try await world.resolve()
        #expect(found.source == "web identity as role arn:pod from the environment")
        var role = AWSRole("arn:pod")
        role.sessionName = "pod-7"
        #expect(world.issuer.orders == [.webIdentity(role, token: "eyJ.token")])
    }

    @Test func aProfileMayNameAWebIdentity() async throws {
        let config = "[profile p]\nrole_arn = arn:p\nweb_identity_token_file = ~/token\n"
        let world = CredentialWorld(pod, config: config, files: ["/home/ada/token": "t"])
        // A profile asked for by name leaves the environment's identity out, too.
        #expect(try await world.resolve(profile: "p").source == "web identity as role arn:p from profile `p`")
        #expect(world.issuer.orders == [.webIdentity(AWSRole("arn:p"), token: "t")])
    }

    @Test func aWebIdentityThatCannotBeToldStopsTheSearch() async {
        let missing = await CredentialWorld(pod).failure()
        #expect(missing.hasSuffix("web identity: the token file `/var/run/token`: no such file"))
        let empty = await CredentialWorld(pod, files: ["/var/run/token": " \n"]).failure()
        #expect(empty.hasSuffix("the token file `/var/run/token` is empty"))
        var locked = CredentialWorld(pod)
        locked.locked = ["/var/run/token"]
        #expect(await locked.failure().hasSuffix("the token file `/var/run/token`: Permission denied"))
        let half = await CredentialWorld(["AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/token"]).failure()
        #expect(half.hasSuffix("AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not"))
        let profile = CredentialWorld(config: "[default]\nweb_identity_token_file = /t\n")
        #expect(
            await profile.failure().hasSuffix("profile `default` has `web_identity_token_file`, but not `role_arn`"))
    }

    // MARK: What was asked before

    @Test func everyLinkBeforeTheOneThatAnswersSaysWhyItDidNot() async throws {
        let config = "[default]\naws_access_key_id = AK\naws_secret_access_key = s\n"
        let found = try await CredentialWorld(config: config).resolve()
        #expect(
            found.passedOver.map { "\($0.link): \($0.reason)" } == [
                "environment: AWS_ACCESS_KEY_ID is not set",
                "assuming a role: `role_arn` is not in profile `default`",
                "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set",
                "single sign-on: `sso_account_id` is not in profile `default`",
                "profile `default` in ~/.aws/credentials: no such file",
                "console login: `login_session` is not in profile `default`",
                "a credential process: `credential_process` is not in profile `default`",
            ])
    }

    @Test func anEnvironmentThatAProfileLeavesOutIsToldToBeSo() async throws {
        let config = "[profile a]\naws_access_key_id = AK\naws_secret_access_key = s\n"
        let found = try await CredentialWorld(keys, config: config).resolve(profile: "a")
        #expect(found.accessKeyID == "AK")
        #expect(found.passedOver.first?.link == "environment")
        #expect(found.passedOver.first?.reason == "left out, because profile `a` is named")
    }
}
