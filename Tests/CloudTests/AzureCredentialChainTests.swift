import Provisioning
import Testing

@testable import Cloud

@Suite(.timeLimit(.minutes(1))) struct AzureCredentialChainTests {
    private static let given = #"{"token_type": "Bearer", "expires_in": 3599, "access_token": "eyJ.azure.token"}"#
    private static let application = ["AZURE_TENANT_ID": "ten-ant", "AZURE_CLIENT_ID": "app-1"]

    private func world(_ environment: [String: String], application: Bool = true) -> (TokenWorld, CannedTransport) {
        var world = TokenWorld(application ? Self.application.merging(environment) { $1 } : environment)
        let wire = CannedTransport { _ in .answer(Self.given) }
        world.transport = wire
        return (world, wire)
    }

    // MARK: A secret

    @Test func aSecretOfTheEnvironmentIsShownToTheAuthority() async throws {
        let (world, wire) = world(["AZURE_CLIENT_SECRET": "s3cr~t&+ %é"])
        let found = try await world.azure().resolve()
        #expect(found.value.revealed == "eyJ.azure.token")
        #expect(found.expiresAt == Timestamp("2026-11-21T12:59:59Z"))
        #expect(found.source == "environment, as client app-1 by its secret")
        #expect(found.passedOver == [])
        let request = try #require(wire.requests.first)
        #expect(request.method == "POST")
        #expect(request.url == "https://login.microsoftonline.com/ten-ant/oauth2/v2.0/token")
        #expect(request.headers["Content-Type"] == "application/x-www-form-urlencoded")
        #expect(
            request.form == [
                "client_id": "app-1", "client_secret": "s3cr~t&+ %é", "grant_type": "client_credentials",
                "scope": "https://management.azure.com/.default",
            ])
    }

    @Test func theNamesOfTerraformServeToo() async throws {
        let (world, wire) = world(
            ["ARM_TENANT_ID": "t2", "ARM_CLIENT_ID": "app-2", "ARM_CLIENT_SECRET": "s"], application: false)
        let found = try await world.azure().resolve()
        #expect(found.source == "environment of Terraform, as client app-2 by its secret")
        #expect(found.passedOver.map(\.link) == ["environment"])
        #expect(wire.requests[0].path == "/t2/oauth2/v2.0/token")
    }

    @Test func halfOfASetIsAMistakeAndNobodyElseIsAsked() async {
        for missing in ["AZURE_TENANT_ID", "AZURE_CLIENT_ID"] {
            var (world, wire) = world(["AZURE_CLIENT_SECRET": "hidden"])
            world.environment[missing] = ""
            let report = await world.azureReport()
            #expect(
                report == "no Azure credentials: environment: AZURE_CLIENT_SECRET is set, but \(missing) is not")
            #expect(wire.requests == [])
        }
    }

    @Test func whatTheSettingsNameCountsMore() async throws {
        let (world, wire) = world(["AZURE_CLIENT_SECRET": "s"])
        _ = try await world.azure(tenant: "contoso.com").resolve()
        #expect(wire.requests[0].path == "/contoso.com/oauth2/v2.0/token")
        // The secret is that of another application.
        let other = await world.azureReport(clientID: "app-9")
        #expect(!other.contains("environment"))
        #expect(wire.requests[1...].allSatisfy { $0.form["client_secret"] == nil })
        let same = try await world.azure(clientID: "APP-1").resolve()
        #expect(same.source == "environment, as client APP-1 by its secret")
    }

    @Test(arguments: ["../common", "a/b", "a?b", ".."]) func aTenantCannotLeadElsewhere(_ tenant: String) async {
        let (world, wire) = world(["AZURE_CLIENT_SECRET": "s"])
        let report = await world.azureReport(tenant: tenant)
        #expect(report.hasSuffix("environment: the tenant is neither a UUID nor a domain"))
        #expect(wire.requests == [])
    }

    @Test(arguments: [
        ("https://login.microsoftonline.us/", "https://login.microsoftonline.us/ten-ant/oauth2/v2.0/token"),
        ("login.chinacloudapi.cn", "https://login.chinacloudapi.cn/ten-ant/oauth2/v2.0/token"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/ten-ant/oauth2/v2.0/token"),
    ]) func anotherAuthorityMayBeNamed(_ host: String, _ url: String) async throws {
        let (world, wire) = world(["AZURE_CLIENT_SECRET": "s", "AZURE_AUTHORITY_HOST": host])
        _ = try await world.azure().resolve()
        #expect(wire.requests.map(\.url) == [url])
    }

    @Test(arguments: ["http://login.example.com", "ftp://x", "https://a/b"])
    func anAuthorityThatASecretMayNotGoToIsNotAsked(_ host: String) async {
        let (world, wire) = world(["AZURE_CLIENT_SECRET": "s", "AZURE_AUTHORITY_HOST": host])
        let report = await world.azureReport()
        #expect(report.hasSuffix("AZURE_AUTHORITY_HOST is no address like https://login.microsoftonline.com"))
        #expect(wire.requests == [])
    }

    // MARK: A certificate

    @Test(arguments: [("app.pem", nil), ("app.p12", "open-sesame")])
    func aCertificateSignsForItsApplication(_ file: String, _ password: String?) async throws {
        var (world, wire) = world(["AZURE_CLIENT_CERTIFICATE_PATH": "/etc/app"])
        world.environment["AZURE_CLIENT_CERTIFICATE_PASSWORD"] = password
        world.files["/etc/app"] = try Fixtures.bytes("keys/\(file)")
        let found = try await world.azure().resolve()
        #expect(found.source == "environment, as client app-1 by its certificate")
        let form = wire.requests[0].form
        #expect(form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        #expect(form["client_secret"] == nil)
        let token = try SignedToken(try #require(form["client_assertion"]))
        let certificate = try Fixtures.bytes("keys/app-certificate.pem")
        #expect(token.isSigned(by: certificate, .ps256))
        #expect(token.header["alg"] == "PS256")
        #expect(token.header["x5t#S256"] == certificateThumbprint(certificate)?.base64URL)
        #expect(token.claims["aud"] == "https://login.microsoftonline.com/ten-ant/oauth2/v2.0/token")
        #expect(token.claims["iss"] == "app-1")
        #expect(token.claims["sub"] == "app-1")
        #expect(token.claims["jti"] == "01234567-89ab-4def-8123-456789abcdef")
        #expect(token.claims["nbf"] == "1795262400")
        #expect(token.claims["exp"] == "1795263000")
    }

    @Test func aCertificateThatIsOfNoUseIsTold() async throws {
        var (world, wire) = world(["AZURE_CLIENT_CERTIFICATE_PATH": "/etc/app.p12"])
        let start = "no Azure credentials: environment: AZURE_CLIENT_CERTIFICATE_PATH, `/etc/app.p12`"
        #expect(await world.azureReport() == "\(start): no such file")
        world.files["/etc/app.p12"] = try Fixtures.bytes("keys/app.p12")
        #expect(await world.azureReport() == "\(start) is PKCS #12 that does not open without a password")
        world.environment["AZURE_CLIENT_CERTIFICATE_PASSWORD"] = "hidden"
        #expect(await world.azureReport() == "\(start) is PKCS #12 that this password does not open")
        #expect(wire.requests == [])
    }

    // MARK: What the authority answers

    @Test func aRefusalIsToldInTheAuthoritysWordsAndNeverWithTheSecret() async {
        var (world, _) = world(["AZURE_CLIENT_SECRET": "hidden+secret"])
        world.transport = CannedTransport { _ in
            .answer(
                """
                {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided \
                (hidden+secret, hidden%2Bsecret). Trace ID: 1 Correlation ID: 2\\r\\nTimestamp: 3",
                "error_codes": [7000215]}
                """, status: 401)
        }
        #expect(
            await world.azureReport()
                == "no Azure credentials: environment: https://login.microsoftonline.com: HTTP 401: invalid_client: "
                + "AADSTS7000215: Invalid client secret provided (<secret>, <secret>).")
    }

    @Test(arguments: [
        ("", "is not JSON"), ("hidden", "is not JSON: line 1, column 1"), ("[]", "is no JSON object"),
        ("{}", "has no `access_token`"), (#"{"access_token": ""}"#, "has no `access_token`"),
        (#"{"access_token": {"hidden": 1}}"#, "has no `access_token`"),
        (#"{"access_token": "hidden"}"#, "has no `expires_on`"),
        (#"{"access_token": "hidden", "expires_in": "soon"}"#, "has an `expires_in` that is no number"),
        (#"{"access_token": "hidden", "expires_in": -5}"#, "has an `expires_in` that is no number"),
        (#"{"access_token": "hidden", "expires_in": "nan"}"#, "has an `expires_in` that is no number"),
        (#"{"access_token": "hidden", "expires_on": "soon"}"#, "has an `expires_on` that is no number"),
        (#"{"access_token": "hid\r\nden: 1", "expires_in": 1}"#, "has a token that no header can hold"),
        (#"{"access_token": "hidden token", "expires_in": 1}"#, "has a token that no header can hold"),
    ]) func anAnswerThatIsNoneIsToldWithoutWhatItHolds(_ body: String, _ flaw: String) async {
        var (world, _) = world(["AZURE_CLIENT_SECRET": "s"])
        world.transport = CannedTransport { _ in .answer(body) }
        let report = await world.azureReport()
        #expect(report.contains("what https://login.microsoftonline.com answers \(flaw)"), "\(report)")
        #expect(!report.contains("hid"))
    }

    @Test func aLifetimeBeyondAllTimeIsTakenForAVeryLongOne() async throws {
        var (world, _) = world(["AZURE_CLIENT_SECRET": "s"])
        world.transport = CannedTransport { _ in .answer(#"{"access_token": "t", "expires_in": 1e300}"#) }
        let found = try await world.azure().resolve()
        #expect(found.expiresAt.map { $0 > world.now + .seconds(3600) } == true)
    }

    @Test func brokenAnswersOfEveryLengthAreToldAndNothingElseHappens() async {
        let whole = Array(Self.given.utf8)
        for count in 0..<whole.count {
            var (world, _) = world(["AZURE_CLIENT_SECRET": "s"])
            world.transport = CannedTransport { _ in HTTPResponse(status: 200, body: Array(whole.prefix(count))) }
            await #expect(throws: NoCredentials.self) { try await world.azure().resolve() }
            world.transport = CannedTransport { _ in HTTPResponse(status: 400, body: Array(whole.prefix(count))) }
            await #expect(throws: NoCredentials.self) { try await world.azure().resolve() }
        }
    }

    @Test func anAuthorityThatIsBusyIsAskedAgainAndIsNoReasonToAskSomebodyElse() async {
        var (world, _) = world(["AZURE_CLIENT_SECRET": "s"])
        for answer: HTTPResponse in [
            .answer("", status: 503), .answer("", status: 429),
            .answer(#"{"error": "temporarily_unavailable"}"#, status: 400),
        ] {
            world.transport = CannedTransport { _ in answer }
            await #expect(throws: CredentialsLate.self) { try await world.azure().resolve() }
        }
        world.transport = NoNetwork()
        #expect(
            await world.azureReport()
                == "credentials could not be had just now: environment: https://login.microsoftonline.com: no network")
    }

    // MARK: Workload identity

    @Test func aTokenOfKubernetesIsExchanged() async throws {
        var (world, wire) = world(["AZURE_FEDERATED_TOKEN_FILE": "/var/run/token"])
        #expect(
            await world.azureReport().hasSuffix(
                "workload identity: AZURE_FEDERATED_TOKEN_FILE, `/var/run/token`: no such file"))
        world.files["/var/run/token"] = Array(" \n".utf8)
        #expect(await world.azureReport().hasSuffix("AZURE_FEDERATED_TOKEN_FILE, `/var/run/token`, is empty"))
        world.files["/var/run/token"] = Array("eyJ.pod.token\n".utf8)
        let found = try await world.azure().resolve()
        #expect(found.source == "workload identity, as client app-1")
        #expect(wire.requests.count == 1)
        let form = wire.requests[0].form
        #expect(form["client_assertion"] == "eyJ.pod.token")
        #expect(form["client_id"] == "app-1")
        #expect(form["grant_type"] == "client_credentials")
        world.environment["AZURE_TENANT_ID"] = nil
        #expect(await world.azureReport().hasSuffix("AZURE_FEDERATED_TOKEN_FILE is set, but AZURE_TENANT_ID is not"))
    }

    // MARK: The chain

    @Test func theLinksAreAskedInTheOrderOfAzuresLibraries() async {
        let world = TokenWorld()
        #expect(
            world.azure().links.map(\.name) == [
                "environment", "environment of Terraform", "workload identity", "workload identity of Terraform",
                "managed identity of a service", "managed identity of this machine", "Azure CLI",
            ])
        #expect(
            await world.azureReport()
                == "no Azure credentials: environment: neither AZURE_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE_PATH "
                + "is set; managed identity of this machine: nobody answers at http://169.254.169.254; "
                + "Azure CLI: nobody has signed in with `az login`")
    }

    @Test func theChainMayBeRestricted() async {
        var (world, wire) = world(["AZURE_CLIENT_SECRET": "s", "AZURE_TOKEN_CREDENTIALS": "Dev"])
        #expect(await world.azureReport() == "no Azure credentials: Azure CLI: nobody has signed in with `az login`")
        #expect(wire.requests == [])
        world.environment["AZURE_TOKEN_CREDENTIALS"] = "prod"
        #expect(await world.azureReport() == "found environment, as client app-1 by its secret")
        world.environment["AZURE_TOKEN_CREDENTIALS"] = "workloadidentitycredential"
        #expect(await world.azureReport() == "no Azure credentials: ")
        world.environment["AZURE_TOKEN_CREDENTIALS"] = "AzurePowerShellCredential"
        #expect(
            await world.azureReport()
                == "no Azure credentials: AZURE_TOKEN_CREDENTIALS: it asks for `AzurePowerShellCredential`, which is "
                + "not supported")
        world.environment["AZURE_TOKEN_CREDENTIALS"] = "hidden"
        #expect(
            await world.azureReport()
                == "no Azure credentials: AZURE_TOKEN_CREDENTIALS: it is neither `prod` nor `dev` nor the name of a "
                + "credential")
    }

    @Test func theSourceAsksOnceForAllUntilTheTokenIsAboutToEnd() async throws {
        let (world, wire) = world(["AZURE_CLIENT_SECRET": "s"])
        let source = world.azure().source(random: { 0 })
        let start = world.now
        try await withThrowingTaskGroup(of: BearerToken.self) { group in
            for _ in 0..<50 { group.addTask { try await source.token(at: start) } }
            for try await token in group { #expect(token.value.revealed == "eyJ.azure.token") }
        }
        #expect(wire.requests.count == 1)
        _ = try await source.token(at: start + .seconds(3298))
        #expect(wire.requests.count == 1)
        _ = try await source.token(at: start + .seconds(3300))
        #expect(wire.requests.count == 2)
    }
}

/// A JSON web token taken apart.
struct SignedToken {
    let header: CredentialDocument
    let claims: CredentialDocument
    private let text: String
    private let signature: [UInt8]

    init(_ token: String) throws {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        try #require(parts.count == 3)
        header = try CredentialDocument(try #require([UInt8](base64URL: parts[0])))
        claims = try CredentialDocument(try #require([UInt8](base64URL: parts[1])))
        signature = try #require([UInt8](base64URL: parts[2]))
        text = "\(parts[0]).\(parts[1])"
    }

    func isSigned(by certificate: [UInt8], _ scheme: RSAScheme) -> Bool {
        rsaVerify(signature, of: Array(text.utf8), by: certificate, scheme)
    }
}
