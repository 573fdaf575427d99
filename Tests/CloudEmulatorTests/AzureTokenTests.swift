import Cloud
import CloudEmulator
import FoundationEssentials
import Provisioning
import Testing

/// The places where the emulated Azure gives out tokens, and what those open.
@Suite struct AzureTokenTests {
    private let azure: EmulatedAzure
    private let access = AzureAccess.demo
    private static let certificate = (try? Fixtures.text("entra/certificate.pem")) ?? ""
    private static let assertions = (try? JSONValue(parsing: Array(Fixtures.data("entra/assertions.json")))) ?? .null

    init() throws { azure = try EmulatedAzure() }

    private func ask(
        _ method: String = "POST", _ path: String, _ form: [String: String] = [:], query: String = "",
        headers: [HTTPHeader] = []
    ) -> EmulatedAzure.Answer {
        let body = form.sorted { $0.key < $1.key }.map { "\(encoded($0.key))=\(encoded($0.value))" }.joined(
            separator: "&")
        let response = azure.emulator.handle(
            HTTPRequest(
                method: method, endpoint: Endpoint(scheme: .https, host: "login.microsoftonline.com"), path: path,
                query: query, headers: headers, body: Array(body.utf8)))
        return EmulatedAzure.Answer(
            status: response.status, headers: response.headers,
            body: (try? JSONValue(parsing: response.body)) ?? .null)
    }

    private func token(_ more: [String: String?] = [:], tenant: String? = nil) -> EmulatedAzure.Answer {
        var form = [
            "grant_type": "client_credentials", "client_id": access.client, "client_secret": access.secret.revealed,
            "scope": "https://management.azure.com/.default",
        ]
        for (name, value) in more { form[name] = value }
        return ask("POST", "/\(tenant ?? access.tenant)/oauth2/v2.0/token", form)
    }

    private func asserted(_ assertion: String) -> EmulatedAzure.Answer {
        token([
            "client_secret": nil, "client_assertion": assertion,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ])
    }

    private func opens(_ token: String?) -> EmulatedAzure.Answer {
        azure.call("GET", "/subscriptions/\(EmulatedAzure.subscription)/resourcegroups", token: token)
    }

    // MARK: - Secrets

    @Test func aSecretBringsATokenThatOpensForAnHour() throws {
        let answer = token()
        #expect(answer.status == 200)
        #expect(answer.body["token_type"] == "Bearer")
        #expect(answer.body["expires_in"] == 3599)
        let text = answer.body["access_token"]?.string
        #expect(opens(text).status == 200)
        azure.clock.turn(.seconds(3600))
        let late = opens(text)
        #expect(late.status == 401)
        #expect(late.code == "ExpiredAuthenticationToken")
        #expect(late.headers["WWW-Authenticate"]?.contains("invalid_token") == true)
    }

    @Test func whatIsNoTokenOpensNothing() throws {
        #expect(opens(nil).code == "AuthenticationFailed")
        #expect(opens("nonsense").code == "InvalidAuthenticationToken")
        let vault = token(["scope": "https://vault.azure.net/.default"]).body["access_token"]?.string
        #expect(opens(vault).code == "InvalidAuthenticationTokenAudience")
        let good = token().body["access_token"]?.string ?? ""
        let parts = good.split(separator: ".")
        #expect(opens("\(parts[0]).\(parts[1]).\(parts[2].reversed())").code == "InvalidAuthenticationToken")
    }

    @Test(
        arguments: [
            ("client_secret", "wrong", "AADSTS7000215", 401, "invalid_client"),
            ("client_secret", nil, "AADSTS7000218", 401, "invalid_client"),
            ("client_id", "someone-else", "AADSTS700016", 400, "unauthorized_client"),
            ("scope", "https://management.azure.com/user_impersonation", "AADSTS1002012", 400, "invalid_scope"),
            ("scope", "nothing/.default", "AADSTS500011", 400, "invalid_resource"),
            ("grant_type", "password", "AADSTS70003", 400, "unsupported_grant_type"),
            ("grant_type", nil, "AADSTS900144", 400, "invalid_request"),
            ("client_assertion", "not a token", "AADSTS50027", 401, "invalid_client"),
        ] as [(String, String?, String, Int, String)]) func whatIsWrongIsSaid(
            _ name: String, _ value: String?, _ code: String, _ status: Int, _ kind: String
        )
    {
        let answer = token([name: value])
        #expect(answer.status == status)
        #expect(answer.body["error"]?.string == kind)
        #expect(answer.body["error_description"]?.string?.hasPrefix("\(code): ") == true)
        #expect(answer.body["error_codes"]?.array?.first?.integer == Int(code.dropFirst(6)))
    }

    @Test func anotherTenantIsNotFound() throws {
        let answer = token(tenant: "11111111-1111-1111-1111-111111111111")
        #expect(answer.status == 400)
        #expect(answer.body["error_codes"] == [90002])
    }

    // MARK: - Certificates

    @Test(arguments: ["PS256", "RS256"]) func aCertificateProvesAsWell(_ method: String) throws {
        let assertion = try #require(AzureTokenTests.assertions[method]?.string)
        #expect(asserted(assertion).body["error_codes"] == [700027])
        try azure.emulator.change { world in
            var azure = world.azure ?? AzureWorld()
            azure.certificates = [AzureTokenTests.certificate]
            world.azure = azure
        }
        let answer = asserted(assertion)
        #expect(answer.status == 200)
        #expect(opens(answer.body["access_token"]?.string).status == 200)
        // One bit of the signature, and one letter of what is signed.
        let parts = assertion.split(separator: ".").map(String.init)
        let turned = parts[2].dropLast(9) + (parts[2].dropLast(8).last == "A" ? "B" : "A") + parts[2].suffix(8)
        #expect(asserted("\(parts[0]).\(parts[1]).\(turned)").body["error_codes"] == [700027])
        azure.clock.turn(.seconds(601))
        #expect(asserted(assertion).body["error_codes"] == [700024])
    }

    @Test func anAssertionOfSomebodyTrustedIsTaken() throws {
        func assertion(_ claims: JSONValue) -> String {
            [#"{"alg":"RS256"}"#, claims.text, "signature"]
                .map { Data($0.utf8).base64EncodedString().replacing("=", with: "") }.joined(separator: ".")
        }
        let now = Int(azure.clock.now.microseconds / 1_000_000)
        let claims: JSONValue = [
            "iss": "https://tokens.example", "sub": "system:serviceaccount:a:b", "aud": "api://AzureADTokenExchange",
            "exp": .integer(now + 60),
        ]
        #expect(asserted(assertion(claims)).status == 200)
        var old = claims
        old["exp"] = .integer(now - 1)
        #expect(asserted(assertion(old)).body["error_codes"] == [700024])
        var nobody = claims
        nobody["iss"] = "nobody"
        #expect(asserted(assertion(nobody)).body["error_codes"] == [700211])
    }

    // MARK: - Machines

    @Test func aMachinesIdentityIsAskedForWithItsHeader() throws {
        let path = "/metadata/identity/oauth2/token"
        let query = "api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F"
        #expect(ask("GET", path, query: query).status == 400)
        let asked = [HTTPHeader("Metadata", "true")]
        #expect(
            ask("GET", path, query: query, headers: asked + [HTTPHeader("X-Forwarded-For", "1.2.3.4")]).status == 400)
        #expect(ask("GET", path, query: "api-version=2018-02-01", headers: asked).status == 400)
        let answer = ask("GET", path, query: query, headers: asked)
        #expect(answer.status == 200)
        #expect(answer.body["expires_on"]?.string.flatMap { Int($0) } == 1_800_000_000 + 86_399)
        #expect(opens(answer.body["access_token"]?.string).status == 200)
        let instance = ask("GET", "/metadata/instance", query: "api-version=2021-02-01", headers: asked)
        #expect(instance.body.way("compute", "location") == "eastus")
    }

    // MARK: - What clients look up first

    @Test func theConfigurationSaysWhereTokensAre() throws {
        let answer = ask("GET", "/\(access.tenant)/v2.0/.well-known/openid-configuration")
        let place = "https://login.microsoftonline.com/\(access.tenant)"
        #expect(answer.body["token_endpoint"]?.string == "\(place)/oauth2/v2.0/token")
        #expect(answer.body["issuer"]?.string == "\(place)/v2.0")
        let instance = ask("GET", "/common/discovery/instance", query: "api-version=1.1")
        #expect(instance.body["tenant_discovery_endpoint"]?.string?.hasPrefix(place) == true)
    }
}
