import Provisioning
import Testing

@testable import Cloud

@Suite(.timeLimit(.minutes(1))) struct GCPCredentialChainTests {
    private static let given = #"{"access_token": "ya29.token", "expires_in": 3599, "token_type": "Bearer"}"#

    private static func serviceAccount(_ more: String = "") throws -> String {
        let key = try Fixtures.text("keys/app-key.pem").split(separator: "\n").joined(separator: "\\n") + "\\n"
        return #"""
            {"type": "service_account", "project_id": "p", "private_key_id": "kid-1", "private_key": "\#(key)",
             "client_email": "grid@p.iam.gserviceaccount.com", "token_uri": "https://oauth2.googleapis.com/token"\#(more)}
            """#
    }

    private static let user =
        #"{"type": "authorized_user", "client_id": "id.apps", "client_secret": "hidden-secret","#
        + #" "refresh_token": "1//hidden+refresh", "quota_project_id": "billed"}"#

    private func world(_ credentials: String, _ answer: HTTPResponse = .answer(given)) -> (TokenWorld, CannedTransport)
    {
        var world = TokenWorld()
        let wire = CannedTransport { _ in answer }
        world.transport = wire
        world.write(credentials)
        return (world, wire)
    }

    // MARK: A service account's key

    @Test func theKeyOfAServiceAccountSignsForItsToken() async throws {
        let (world, wire) = world(try Self.serviceAccount())
        let found = try await world.gcp().resolve()
        #expect(found.value.revealed == "ya29.token")
        #expect(found.expiresAt == Timestamp("2026-11-21T12:59:59Z"))
        #expect(found.source == "service account grid@p.iam.gserviceaccount.com in `/etc/key.json`")
        #expect(found.quotaProject == nil)
        #expect(wire.requests.map(\.url) == ["https://oauth2.googleapis.com/token"])
        #expect(wire.requests[0].method == "POST")
        let form = wire.requests[0].form
        #expect(form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer")
        let token = try SignedToken(try #require(form["assertion"]))
        #expect(token.isSigned(by: try Fixtures.bytes("keys/app-certificate.pem"), .rs256))
        #expect(token.header["alg"] == "RS256")
        #expect(token.header["kid"] == "kid-1")
        #expect(token.claims["iss"] == "grid@p.iam.gserviceaccount.com")
        #expect(token.claims["aud"] == "https://oauth2.googleapis.com/token")
        #expect(token.claims["scope"] == "https://www.googleapis.com/auth/cloud-platform")
        #expect(token.claims["iat"] == "1795262400")
        #expect(token.claims["exp"] == "1795266000")
    }

    @Test func inAnotherUniverseTheKeySignsTheTokenItself() async throws {
        let (world, wire) = world(try Self.serviceAccount(#", "universe_domain": "apis-berlin.example""#))
        let found = try await world.gcp().resolve()
        #expect(wire.requests == [])
        #expect(found.expiresAt == Timestamp("2026-11-21T13:00:00Z"))
        let token = try SignedToken(found.value.revealed)
        #expect(token.isSigned(by: try Fixtures.bytes("keys/app-certificate.pem"), .rs256))
        #expect(token.claims["sub"] == "grid@p.iam.gserviceaccount.com")
        #expect(token.claims["aud"] == nil)
    }

    @Test func aFileThatIsOfNoUseIsToldWithoutWhatItHolds() async throws {
        let key = try Self.serviceAccount()
        let cases = [
            "": "`/etc/key.json` is not JSON",
            "hidden": "`/etc/key.json` is not JSON: line 1, column 1",
            "{}": "`/etc/key.json` has no `type`",
            #"{"type": "gdch_service_account"}"#:
                "`/etc/key.json` is of type `gdch_service_account`, which is not supported",
            #"{"type": "service_account", "private_key": "hidden"}"#: "`/etc/key.json` has no `client_email`",
            #"{"type": "service_account", "client_email": "a@b"}"#: "`/etc/key.json` has no `private_key`",
            #"{"type": "service_account", "client_email": "a@b", "private_key": "hidden"}"#:
                "`/etc/key.json` has no private key that can be read in `private_key`",
            key.replacing("https://oauth2.googleapis.com/token", with: "http://example.com/token"):
                "`/etc/key.json` has a `token_uri` that is no address with TLS or on this machine",
            #"{"type": "authorized_user", "client_id": "hidden", "client_secret": "hidden"}"#:
                "`/etc/key.json` has no `refresh_token`",
            #"{"type": "impersonated_service_account"}"#: "`/etc/key.json` has no `source_credentials`",
        ]
        for (text, flaw) in cases {
            let (world, wire) = world(text)
            #expect(await world.gcpReport() == "no Google Cloud credentials: GOOGLE_APPLICATION_CREDENTIALS: \(flaw)")
            #expect(wire.requests == [])
        }
    }

    @Test func aKeyFileCutOffAnywhereIsToldAndNothingElseHappens() async throws {
        let whole = try Self.serviceAccount()
        for count in stride(from: 0, to: whole.utf8.count, by: 53) {
            let (world, wire) = world(String(whole.prefix(count)))
            let report = await world.gcpReport()
            #expect(report.hasPrefix("no Google Cloud credentials: GOOGLE_APPLICATION_CREDENTIALS: `/etc/key.json` "))
            #expect(!report.contains("PRIVATE") && !report.contains("MII"))
            #expect(wire.requests == [])
        }
    }

    @Test func aRefusalIsToldInGooglesWords() async throws {
        let refusal = #"{"error": "invalid_grant", "error_description": "Invalid JWT Signature."}"#
        let (world, _) = world(try Self.serviceAccount(), .answer(refusal, status: 400))
        #expect(
            await world.gcpReport()
                == "no Google Cloud credentials: GOOGLE_APPLICATION_CREDENTIALS: https://oauth2.googleapis.com: "
                + "HTTP 400: invalid_grant: Invalid JWT Signature.")
    }

    @Test func anEndpointThatIsBusyIsNoReasonToAskSomebodyElse() async throws {
        let (world, wire) = world(try Self.serviceAccount(), .answer("", status: 503))
        await #expect(throws: CredentialsLate.self) { try await world.gcp().resolve() }
        #expect(wire.requests.count == 3)
    }

    // MARK: A person

    @Test func aLoginIsRenewedByItsToken() async throws {
        let (world, wire) = world(Self.user)
        let found = try await world.gcp().resolve()
        #expect(found.source == "the login in `/etc/key.json`")
        #expect(found.quotaProject == "billed")
        #expect(
            wire.requests[0].form == [
                "grant_type": "refresh_token", "client_id": "id.apps", "client_secret": "hidden-secret",
                "refresh_token": "1//hidden+refresh",
            ])
    }

    @Test func aLoginThatHasEndedIsToldWithItsRemedyAndWithoutItsSecrets() async {
        let (world, _) = world(
            Self.user,
            .answer(
                #"{"error": "invalid_grant", "error_description": "Bad 1//hidden+refresh, 1%2F%2Fhidden%2Brefresh"}"#,
                status: 400))
        #expect(
            await world.gcpReport()
                == "no Google Cloud credentials: GOOGLE_APPLICATION_CREDENTIALS: https://oauth2.googleapis.com: "
                + "HTTP 400: invalid_grant: Bad <secret>, <secret>; run `gcloud auth application-default login`")
    }

    // MARK: The chain

    @Test func theLinksAreAskedInTheirOrder() async {
        var world = TokenWorld()
        #expect(
            await world.gcpReport()
                == "no Google Cloud credentials: GOOGLE_APPLICATION_CREDENTIALS: it is not set; gcloud's application "
                + "default login: `/home/ada/.config/gcloud/application_default_credentials.json`: no such file; "
                + "metadata of this machine: nobody answers at http://169.254.169.254")
        world.environment["GOOGLE_APPLICATION_CREDENTIALS"] = "/etc/none.json"
        #expect(
            await world.gcpReport()
                == "no Google Cloud credentials: GOOGLE_APPLICATION_CREDENTIALS: `/etc/none.json`: no such file")
    }

    @Test func whatGcloudLeftBehindIsFoundWhereItsFolderIs() async throws {
        var (world, _) = world(Self.user)
        world.environment["GOOGLE_APPLICATION_CREDENTIALS"] = nil
        world.files["/home/ada/.config/gcloud/application_default_credentials.json"] = Array(Self.user.utf8)
        let found = try await world.gcp().resolve()
        #expect(found.source == "the login in `/home/ada/.config/gcloud/application_default_credentials.json`")
        #expect(found.passedOver.map(\.link) == ["GOOGLE_APPLICATION_CREDENTIALS"])
        world.environment["CLOUDSDK_CONFIG"] = "/srv/gcloud"
        world.locked = ["/srv/gcloud/application_default_credentials.json"]
        #expect(await world.gcpReport().hasSuffix("application_default_credentials.json`: Permission denied"))
    }

    @Test func aFileThatTheSettingsNameIsTheOnlyOne() async throws {
        var (world, _) = world(Self.user)
        world.files["/etc/account.json"] = try Array(Self.serviceAccount().utf8)
        #expect(
            await world.gcpReport(credentialsFile: "/etc/account.json")
                == "found service account grid@p.iam.gserviceaccount.com in `/etc/account.json`")
        #expect(
            await world.gcpReport(credentialsFile: "/etc/none.json")
                == "no Google Cloud credentials: the account's credentials file: `/etc/none.json`: no such file")
    }

    @Test func theProjectThatIsBilledMayBeNamedByTheEnvironment() async throws {
        var (world, _) = world(Self.user)
        world.environment["GOOGLE_CLOUD_QUOTA_PROJECT"] = "other"
        #expect(try await world.gcp().resolve().quotaProject == "other")
    }

    @Test func anEditedFileCountsFromTheNextLookOn() async throws {
        let file = Lock(Array(Self.user.utf8))
        var (world, _) = world(Self.user)
        world.environment["GOOGLE_APPLICATION_CREDENTIALS"] = "/etc/key.json"
        var doors = world.doors
        doors.readFile = { _ in file.withLock { $0 } }
        let chain = GCPCredentialChain(environment: world.environment, doors: doors)
        #expect(try await chain.resolve().source == "the login in `/etc/key.json`")
        let key = try Self.serviceAccount()
        file.withLock { $0 = Array(key.utf8) }
        #expect(try await chain.resolve().source.hasPrefix("service account grid@"))
    }

    @Test func theSourceAsksOnceForAll() async throws {
        let (world, wire) = world(Self.user)
        let source = world.gcp().source(), now = world.now
        try await withThrowingTaskGroup(of: BearerToken.self) { group in
            for _ in 0..<50 { group.addTask { try await source.token(at: now) } }
            for try await token in group { #expect(token.value.revealed == "ya29.token") }
        }
        #expect(wire.requests.count == 1)
    }

    // MARK: Impersonation

    private static let own = #"{"accessToken": "ya29.own", "expireTime": "2026-11-21T13:00:00Z"}"#

    private func impersonating(
        _ credentials: String, _ answer: HTTPResponse = .answer(own)
    ) -> (TokenWorld, CannedTransport) {
        var world = TokenWorld()
        let wire = CannedTransport { $0.endpoint.host.hasPrefix("iam") ? answer : .answer(Self.given) }
        world.transport = wire
        world.write(credentials)
        return (world, wire)
    }

    @Test func theAccountMayActAsAServiceAccount() async throws {
        let (world, wire) = impersonating(Self.user)
        let found = try await world.gcp(impersonate: "first@p.iam, grid@p.iam").resolve()
        #expect(found.value.revealed == "ya29.own")
        #expect(found.expiresAt == Timestamp("2026-11-21T13:00:00Z"))
        #expect(found.source == "service account grid@p.iam, by the login in `/etc/key.json`")
        #expect(found.quotaProject == nil)
        let request = try #require(wire.requests.last)
        #expect(
            request.url
                == "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/grid@p.iam:generateAccessToken")
        #expect(request.headers["Authorization"] == "Bearer ya29.token")
        #expect(request.headers["X-Goog-User-Project"] == "billed")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"scope": ["https://www.googleapis.com/auth/cloud-platform"], "lifetime": "3600s", "#
                + #""delegates": ["projects/-/serviceAccounts/first@p.iam"]}"#)
    }

    @Test func whereAccountsAreImpersonatedIsOfTheUniverseOrAsTold() async throws {
        var (world, wire) = impersonating(Self.user)
        world.environment["GOOGLE_CLOUD_UNIVERSE_DOMAIN"] = "apis-berlin.example"
        _ = try await world.gcp(impersonate: "grid@p.iam").resolve()
        #expect(wire.requests.last?.endpoint.text == "https://iamcredentials.apis-berlin.example")
        let place = try #require(Endpoint("https://iam.example"))
        let chain = GCPCredentialChain(
            impersonate: "grid@p.iam", quotaProject: "billed-here", iam: place, environment: world.environment,
            doors: world.doors)
        #expect(try await chain.resolve().quotaProject == "billed-here")
        #expect(wire.requests.last?.endpoint == place)
        #expect(wire.requests.last?.headers["X-Goog-User-Project"] == "billed-here")
    }

    @Test func anAccountThatMayNotBeImpersonatedIsTold() async {
        let no = HTTPResponse.answer(
            #"{"error": {"code": 403, "message": "Permission 'iam.serviceAccounts.getAccessToken' denied", "#
                + #""status": "PERMISSION_DENIED"}}"#, status: 403)
        let (world, _) = impersonating(Self.user, no)
        #expect(
            await world.gcpReport(impersonate: "grid@p.iam")
                == "no Google Cloud credentials: impersonating grid@p.iam: https://iamcredentials.googleapis.com: "
                + "HTTP 403: PERMISSION_DENIED: Permission 'iam.serviceAccounts.getAccessToken' denied")
        let (late, _) = impersonating(Self.user, .answer("", status: 503))
        await #expect(throws: CredentialsLate.self) { try await late.gcp(impersonate: "grid@p.iam").resolve() }
    }

    @Test(arguments: ["", "a/b", "../x", "a b", "a:b"]) func anAccountCannotLeadElsewhere(_ account: String) async {
        let (world, wire) = impersonating(Self.user)
        let report = await world.gcpReport(impersonate: account)
        #expect(report.hasSuffix("is no service account's address"), "\(report)")
        #expect(wire.requests.count == 1)
    }

    @Test(arguments: [
        ("{}", "has no `accessToken`"),
        (#"{"accessToken": "hidden"}"#, "has no `expireTime`"),
        (#"{"accessToken": "hidden", "expireTime": "soon"}"#, "has an `expireTime` that is no moment"),
        (#"{"accessToken": "hid den", "expireTime": "soon"}"#, "has a token that no header can hold"),
    ]) func whatImpersonationAnswersIsToldWithoutWhatItHolds(_ body: String, _ flaw: String) async {
        let (world, _) = impersonating(Self.user, .answer(body))
        let report = await world.gcpReport(impersonate: "grid@p.iam")
        #expect(report.hasSuffix("what https://iamcredentials.googleapis.com answers \(flaw)"))
        #expect(!report.contains("hid"))
    }

    private static func impersonated(_ url: String, _ source: String) -> String {
        #"{"type": "impersonated_service_account", "service_account_impersonation_url": "\#(url)", "#
            + #""delegates": ["projects/-/serviceAccounts/d@p"], "source_credentials": \#(source)}"#
    }

    @Test func aFileMayNameTheServiceAccountItself() async throws {
        let url = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/grid@p.iam:generateAccessToken"
        let (world, wire) = impersonating(Self.impersonated(url, Self.user))
        let found = try await world.gcp().resolve()
        #expect(found.value.revealed == "ya29.own")
        #expect(found.source == "service account grid@p.iam, by the login in `/etc/key.json`")
        #expect(wire.requests.last?.url == url)
        let asked = String(decoding: try #require(wire.requests.last).body, as: UTF8.self)
        #expect(asked.contains(#""delegates": ["projects/-/serviceAccounts/d@p"]"#))
        for bad in ["https://iamcredentials.googleapis.com/v1", "http://example.com/a:b", "https://x/a%2Fb:c"] {
            let (world, wire) = impersonating(Self.impersonated(bad, Self.user))
            #expect(await world.gcpReport().contains("`/etc/key.json` has a `service_account_impersonation_url` that"))
            #expect(wire.requests == [])
        }
        let twice = Self.impersonated(url, #"{"type": "impersonated_service_account"}"#)
        #expect(await impersonating(twice).0.gcpReport().contains("that are impersonated themselves"))
    }

    // MARK: Metadata

    private static let google = [HTTPHeader("metadata-flavor", "Google")]

    private func machine(_ environment: [String: String] = [:], _ token: HTTPResponse) -> (TokenWorld, CannedTransport)
    {
        var world = TokenWorld(environment)
        let wire = CannedTransport { $0.path == "/" ? .answer("computeMetadata/", Self.google) : token }
        world.transport = wire
        return (world, wire)
    }

    @Test func theServiceAccountOfThisMachineIsFound() async throws {
        let (world, wire) = machine([:], .answer(Self.given, Self.google))
        let found = try await world.gcp().resolve()
        #expect(found.value.revealed == "ya29.token")
        #expect(found.source == "the service account of this machine, by its metadata")
        #expect(found.passedOver.count == 2)
        #expect(
            wire.requests.map(\.url) == [
                "http://169.254.169.254/",
                "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token",
            ])
        #expect(wire.requests.allSatisfy { $0.headers["Metadata-Flavor"] == "Google" })
    }

    @Test func anotherHostMayBeNamedAndIsAskedAtOnce() async throws {
        var (world, wire) = machine(["GCE_METADATA_HOST": "127.0.0.1:8089"], .answer(Self.given, Self.google))
        _ = try await world.gcp().resolve()
        #expect(wire.requests.map(\.endpoint.text) == ["http://127.0.0.1:8089"])
        world.environment["GCE_METADATA_HOST"] = "evil.example"
        #expect(await world.gcpReport().hasSuffix("is no name or address like metadata.google.internal"))
        world.environment["NO_GCE_CHECK"] = "True"
        #expect(!(await world.gcpReport().contains("metadata of this machine")))
        #expect(wire.requests.count == 1)
    }

    @Test func whatDoesNotSayThatItIsGooglesIsNotBelieved() async {
        var world = TokenWorld()
        let wire = CannedTransport { _ in .answer(Self.given) }
        world.transport = wire
        #expect(
            await world.gcpReport().hasSuffix(
                "what answers at http://169.254.169.254 is no metadata of Google Cloud"))
        #expect(wire.requests.count == 1)
        world.environment["GCE_METADATA_HOST"] = "metadata.google.internal"
        #expect(await world.gcpReport().hasSuffix("metadata.google.internal does not say `Metadata-Flavor: Google`"))
    }

    @Test func aMachineWithoutAServiceAccountHasNone() async {
        let (world, _) = machine([:], .answer("", status: 404, Self.google))
        #expect(await world.gcpReport().hasSuffix("metadata of this machine: this machine has no service account"))
        let (closed, _) = machine([:], .answer("hidden", status: 403, Self.google))
        #expect(await closed.gcpReport().hasSuffix("http://169.254.169.254: HTTP 403"))
        let (busy, _) = machine([:], .answer("", status: 503, Self.google))
        await #expect(throws: CredentialsLate.self) { try await busy.gcp().resolve() }
    }
}
