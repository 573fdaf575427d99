import Cloud
import Provisioning
import Testing

/// Tokens of Azure that are had on the machine itself: from agents, from metadata, from the command line.
@Suite(.timeLimit(.minutes(1))) struct AzureHostIdentityTests {
    private static let given =
        #"{"access_token": "eyJ.msi.token", "expires_in": "86399", "expires_on": "1795348799","#
        + #" "resource": "https://management.azure.com", "token_type": "Bearer"}"#
    private static let unasked = HTTPResponse.answer(
        #"{"error": "invalid_request", "error_description": "Required metadata header not specified"}"#, status: 400)

    /// A machine of Azure.
    private func machine(
        _ environment: [String: String] = [:], _ answer: HTTPResponse = .answer(given)
    ) -> (TokenWorld, CannedTransport) {
        var world = TokenWorld(environment)
        let wire = CannedTransport { $0.headers["Metadata"] == "true" ? answer : Self.unasked }
        world.transport = wire
        return (world, wire)
    }

    // MARK: Instance metadata

    @Test func theIdentityOfThisMachineIsFound() async throws {
        let (world, wire) = machine()
        let found = try await world.azure().resolve()
        #expect(found.value.revealed == "eyJ.msi.token")
        #expect(found.expiresAt == Timestamp("2026-11-22T11:59:59Z"))
        #expect(found.source == "managed identity of this machine")
        #expect(wire.requests.count == 2)
        #expect(wire.requests[0].headers["Metadata"] == nil)
        #expect(wire.requests[1].endpoint.text == "http://169.254.169.254")
        #expect(wire.requests[1].path == "/metadata/identity/oauth2/token")
        #expect(
            wire.requests[1].queryFields == ["api-version": "2018-02-01", "resource": "https://management.azure.com"])
    }

    @Test func oneOfSeveralIdentitiesMayBeNamed() async throws {
        let (world, wire) = machine(["AZURE_CLIENT_ID": "id-7"])
        #expect(await world.azureReport() == "found managed identity of this machine, as client id-7")
        #expect(wire.requests[1].queryFields["client_id"] == "id-7")
        _ = try await world.azure(clientID: "id-8").resolve()
        #expect(wire.requests[3].queryFields["client_id"] == "id-8")
    }

    @Test func aMachineWithoutAnIdentityHasNoneButOneThatWasNamedIsMissed() async {
        let none = HTTPResponse.answer(
            #"{"error": "invalid_request", "error_description": "Identity not found"}"#, status: 400)
        var (world, _) = machine([:], none)
        #expect(
            await world.azureReport().contains("managed identity of this machine: this machine has no identity; Azure"))
        world.environment["AZURE_CLIENT_ID"] = "id-7"
        #expect(
            await world.azureReport().hasSuffix(
                "managed identity of this machine: http://169.254.169.254: HTTP 400: invalid_request: "
                    + "Identity not found"))
    }

    @Test func theMetadataOfOtherCloudsIsNotTakenForAzures() async {
        for status in [200, 401, 403, 404] {
            var world = TokenWorld()
            let wire = CannedTransport { _ in .answer("<html>", status: status) }
            world.transport = wire
            let report = await world.azureReport()
            #expect(
                report.contains(
                    "what answers at http://169.254.169.254 is no metadata of Azure: HTTP \(status); Azure CLI: nob"))
            #expect(wire.requests.count == 1)
        }
    }

    @Test func metadataThatIsBusyOrBeingRenewedIsNoReasonToAskSomebodyElse() async {
        for status in [404, 410, 429, 500] {
            let (world, _) = machine([:], .answer("", status: status))
            await #expect(throws: CredentialsLate.self) { try await world.azure().resolve() }
        }
    }

    @Test func anAgentOfPodsIsAskedInItsPlaceWithoutAProbe() async throws {
        var (world, wire) = machine(["AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:2579/"])
        _ = try await world.azure().resolve()
        #expect(wire.requests.map(\.endpoint.text) == ["http://127.0.0.1:2579"])
        world.environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = "http://example.com"
        #expect(await world.azureReport().hasSuffix("is no address like http://169.254.169.254"))
        #expect(wire.requests.count == 1)
    }

    @Test func whereItAloneIsAskedForThereIsNoProbe() async throws {
        let (world, wire) = machine(["AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential"])
        _ = try await world.azure().resolve()
        #expect(wire.requests.map { $0.headers["Metadata"] } == ["true"])
    }

    // MARK: Services

    @Test func theAgentOfAServiceAnswersForItsHeader() async throws {
        var service = TokenWorld([
            "IDENTITY_ENDPOINT": "http://127.0.0.1:41741/msi/token/", "IDENTITY_HEADER": "pass-1",
        ])
        let agent = CannedTransport { _ in .answer(#"{"access_token": "t-1", "expires_on": "1795266000"}"#) }
        service.transport = agent
        let found = try await service.azure(clientID: "id-7").resolve()
        #expect(found.source == "managed identity of a service, as client id-7")
        #expect(found.expiresAt == Timestamp("2026-11-21T13:00:00Z"))
        #expect(agent.requests.count == 1)
        #expect(agent.requests[0].endpoint.text + agent.requests[0].path == "http://127.0.0.1:41741/msi/token/")
        #expect(agent.requests[0].headers["X-IDENTITY-HEADER"] == "pass-1")
        #expect(
            agent.requests[0].queryFields == [
                "api-version": "2019-08-01", "resource": "https://management.azure.com", "client_id": "id-7",
            ])
    }

    @Test func aServiceWhoseAgentCannotBeAskedIsToldAndNobodyElseIs() async {
        let cases: [([String: String], String)] = [
            (["IDENTITY_ENDPOINT": "http://127.0.0.1/"], "IDENTITY_ENDPOINT is set, but IDENTITY_HEADER is not"),
            (
                ["IDENTITY_ENDPOINT": "http://example.com/", "IDENTITY_HEADER": "hidden"],
                "IDENTITY_ENDPOINT is no address on this machine"
            ),
            (
                ["IDENTITY_ENDPOINT": "http://127.0.0.1/", "IDENTITY_HEADER": "hidden\r\nX: 1"],
                "IDENTITY_HEADER holds a line break"
            ),
            (
                ["IDENTITY_ENDPOINT": "http://127.0.0.1/", "IMDS_ENDPOINT": "http://127.0.0.1/"],
                "the identity of Azure Arc is not supported"
            ),
            (
                ["IDENTITY_ENDPOINT": "http://127.0.0.1/", "IDENTITY_SERVER_THUMBPRINT": "ab"],
                "the identity of Service Fabric is not supported"
            ),
        ]
        for (environment, why) in cases {
            let (world, wire) = machine(environment)
            let report = await world.azureReport()
            #expect(report.hasSuffix("managed identity of a service: \(why)"), "\(report)")
            #expect(!report.contains("hidden"))
            #expect(wire.requests == [])
        }
    }

    // MARK: The command line

    private func signedIn(
        _ environment: [String: String] = [:], _ end: @escaping @Sendable ([String], [String: String]) -> ProgramEnd
    ) -> TokenWorld {
        var world = TokenWorld(environment)
        world.files["/home/ada/.azure/azureProfile.json"] = []
        world.run = { end($0, $1) }
        return world
    }

    @Test func whoeverHasSignedInIsFoundByTheCommandLine() async throws {
        let usual = ["az", "account", "get-access-token", "--resource", "https://management.azure.com"]
        let world = signedIn { words, environment in
            guard words == usual + ["--output", "json", "--tenant", "t-1"], environment["HOME"] == "/home/ada" else {
                return .failed("was asked otherwise")
            }
            return .done(
                Array(
                    #"{"accessToken": "eyJ.cli", "expiresOn": "2026-11-21 14:00:00", "expires_on": 1795266000}"#.utf8))
        }
        let found = try await world.azure(tenant: "t-1").resolve()
        #expect(found.value.revealed == "eyJ.cli")
        #expect(found.expiresAt == Timestamp("2026-11-21T13:00:00Z"))
        #expect(found.source == "Azure CLI")
    }

    @Test func itsFolderMayBeElsewhere() async throws {
        var world = signedIn(["AZURE_CONFIG_DIR": "/srv/az"]) { _, _ in .failed("ended with 1") }
        #expect(await world.azureReport().hasSuffix("Azure CLI: nobody has signed in with `az login`"))
        world.files["/srv/az/azureProfile.json"] = []
        #expect(
            await world.azureReport().hasSuffix(
                "Azure CLI: `az account get-access-token` ended with 1; run `az login`"))
        world.locked = ["/srv/az/azureProfile.json"]
        #expect(await world.azureReport().hasSuffix("Azure CLI: `/srv/az/azureProfile.json`: Permission denied"))
    }

    @Test(arguments: [
        ("", "is not JSON"), ("{}", "has no `accessToken`"),
        (#"{"accessToken": "hidden", "expiresOn": "2026-11-21 14:00:00"}"#, "has no `expires_on`"),
        (#"{"accessToken": "hidden", "expires_on": "x"}"#, "has an `expires_on` that is no number"),
        (#"{"accessToken": "hid den", "expires_on": 1}"#, "has a token that no header can hold"),
    ]) func whatItPrintedIsToldWithoutWhatItHolds(_ printed: String, _ flaw: String) async {
        let report = await signedIn { _, _ in .done(Array(printed.utf8)) }.azureReport()
        #expect(report.hasSuffix("Azure CLI: what `az account get-access-token` printed \(flaw)"), "\(report)")
        #expect(!report.contains("hid"))
    }
}
