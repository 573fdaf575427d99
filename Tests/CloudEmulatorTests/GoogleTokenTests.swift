import Cloud
import FoundationEssentials
import Provisioning
import PublishedModels
import Testing

@testable import CloudEmulator

/// What opens the emulated Google Cloud, and what gives it out.
@Suite struct GoogleTokenTests {
    private let cloud: ComputeCloud
    private let key: RSAKey
    private let email: String

    init() throws {
        cloud = try ComputeCloud()
        let file = try JSONValue(parsing: Array(Fixtures.data("gcp/demo-service-account.json")))
        key = try RSAKey(pem: Array((file["private_key"]?.string ?? "").utf8))
        email = file["client_email"]?.string ?? ""
    }

    private func status(_ token: String?) -> Int {
        cloud.emulator.handle(cloud.request("GET", "zones", token: token)).status
    }

    /// A web token that the demo account signed, but for what is said.
    private func signed(_ claims: JSONValue = [:], _ head: JSONValue = [:]) throws -> String {
        let now = Int(cloud.clock.now.microseconds / 1_000_000)
        let plain: JSONValue = [
            "iss": .string(email), "sub": .string(email), "aud": "https://compute.googleapis.com/",
            "iat": .integer(now), "exp": .integer(now + 3_600),
        ]
        let header: JSONValue = ["alg": "RS256", "typ": "JWT", "kid": .string(GoogleAccount.demo.keyID)]
        let text = "\(header.with(head).bytes.base64URL).\(plain.with(claims).bytes.base64URL)"
        return "\(text).\(try key.sign(Array(text.utf8), .rs256).base64URL)"
    }

    private func post(_ path: String, form: [String: String] = [:], body: JSONValue? = nil, token: String? = nil)
        -> ComputeAnswer
    {
        let text = form.map { "\($0.key)=\(encoded($0.value))" }.joined(separator: "&")
        var headers = [
            HTTPHeader("Content-Type", body == nil ? "application/x-www-form-urlencoded" : "application/json")
        ]
        if let token { headers.append(HTTPHeader("Authorization", "Bearer \(token)")) }
        return ComputeAnswer(
            cloud.emulator.handle(
                HTTPRequest(
                    method: "POST", endpoint: Endpoint(scheme: .https, host: "127.0.0.1"), path: path,
                    headers: headers, body: body?.bytes ?? Array(text.utf8))))
    }

    private func granted(_ assertion: String) -> ComputeAnswer {
        post("/token", form: ["grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion])
    }

    @Test func nobodyGetsInWithoutAToken() throws {
        for token in [nil, "wrong", "ya29.c.AAAA", try signed(["iss": "somebody@else"])] {
            let answer = ComputeAnswer(cloud.emulator.handle(cloud.request("GET", "zones", token: token)))
            #expect(answer.status == 401)
            #expect(answer.json["error"]?["status"]?.string == "UNAUTHENTICATED")
            #expect(answer.json["error"]?["code"]?.integer == 401)
            #expect(answer.headers["WWW-Authenticate"]?.hasPrefix("Bearer realm=") == true)
        }
        #expect(status(EmulatorSettings.demoBearer.revealed) == 200)
    }

    @Test func whatAnAccountSignsItselfIsBelieved() throws {
        #expect(status(try signed()) == 200)
        let now = Int(cloud.clock.now.microseconds / 1_000_000)
        let bad: [JSONValue] = [
            ["aud": "https://storage.googleapis.com/"], ["exp": .integer(now - 1)],
            ["exp": .integer(now + 7_200)], ["iat": .integer(now + 3_000), "exp": .integer(now + 3_500)],
            ["exp": "soon"],
        ]
        for claims in bad { #expect(status(try signed(claims)) == 401, "\(claims.text)") }
        #expect(status(try signed([:], ["kid": "another"])) == 401)
        #expect(status(try signed([:], ["alg": "none"])) == 401)
        let token = try signed()
        #expect(status(String(token.dropLast(4)) + "AAAA") == 401)
        cloud.clock.turn(.seconds(3_601))
        #expect(status(token) == 401)
    }

    @Test func aSignedAssertionBringsATokenForAnHour() throws {
        let claims: JSONValue = [
            "aud": "http://127.0.0.1:4566/token", "scope": "https://www.googleapis.com/auth/compute",
        ]
        let answer = granted(try signed(claims))
        #expect(answer.status == 200)
        #expect(answer.json["token_type"]?.string == "Bearer")
        #expect(answer.json["expires_in"]?.integer == 3599)
        let token = try #require(answer.json["access_token"]?.string)
        #expect(status(token) == 200)
        let begun = ComputeAnswer(
            cloud.emulator.handle(
                cloud.request("POST", "\(ComputeCloud.zone)/instances", ComputeCloud.instance("one"), token: token)))
        #expect(begun.json["user"]?.string == email)
        cloud.clock.turn(.seconds(3_600))
        #expect(status(token) == 401)
        let forged = granted(String(try signed(claims).dropLast(8)) + "AAAAAAAA")
        #expect(forged.status == 400)
        #expect(forged.json == ["error": "invalid_grant", "error_description": "Invalid JWT Signature."])
        #expect(granted(try signed()).json["error"]?.string == "invalid_grant")
        #expect(granted(try signed(["aud": "http://127.0.0.1/token"])).json["error"]?.string == "invalid_scope")
    }

    @Test func whatAPersonsToolsKeptBringsAToken() throws {
        let form = [
            "grant_type": "refresh_token", "client_id": "demo", "client_secret": "demo",
            "refresh_token": GoogleSettings().refreshToken.revealed,
        ]
        let answer = post("/token", form: form)
        #expect(status(answer.json["access_token"]?.string) == 200)
        #expect(
            post("/token", form: form.merging(["refresh_token": "x"]) { $1 }).json["error"]?.string == "invalid_grant")
        #expect(post("/token", form: ["grant_type": "password"]).json["error"]?.string == "unsupported_grant_type")
    }

    @Test func somebodyElsesTokenIsExchangedAndMayActAsAnAccount() throws {
        let form = [
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/demo/providers/demo",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "subject_token": GoogleSettings().subjectToken.revealed,
        ]
        let answer = post("/v1/token", form: form)
        #expect(answer.json["issued_token_type"]?.string == "urn:ietf:params:oauth:token-type:access_token")
        let token = try #require(answer.json["access_token"]?.string)
        #expect(status(token) == 200)
        #expect(
            post("/v1/token", form: form.merging(["subject_token": "x"]) { $1 }).json["error"]?.string
                == "invalid_grant")
        let flaws = try DiscoveryDocument(try Fixtures.data("apispecs/gcp/sts.v1.json")).flaws(
            in: Data(answer.bytes), as: "GoogleIdentityStsV1ExchangeTokenResponse")
        #expect(flaws == [])

        let path = "/v1/projects/-/serviceAccounts/worker@demo.iam.gserviceaccount.com:generateAccessToken"
        let scopes: JSONValue = ["scope": ["https://www.googleapis.com/auth/cloud-platform"], "lifetime": "600s"]
        let acting = post(path, body: scopes, token: token)
        #expect(acting.status == 200)
        let accessToken = try #require(acting.json["accessToken"]?.string)
        #expect(status(accessToken) == 200)
        #expect(post(path, body: scopes).status == 401)
        #expect(post(path, body: [:], token: token).status == 400)
        let more = try DiscoveryDocument(try Fixtures.data("apispecs/gcp/iamcredentials.v1.json")).flaws(
            in: Data(acting.bytes), as: "GenerateAccessTokenResponse")
        #expect(more == [])
        cloud.clock.turn(.seconds(601))
        #expect(status(accessToken) == 401)
    }

    @Test func aMachineFindsItsProjectItsZoneAndATokenInItsMetadata() throws {
        func metadata(_ path: String, _ flavor: String? = "Google") -> HTTPResponse {
            cloud.emulator.handle(
                HTTPRequest(
                    method: "GET", endpoint: Endpoint(scheme: .http, host: "metadata.google.internal"),
                    path: "/computeMetadata/v1/\(path)",
                    headers: flavor.map { [HTTPHeader("Metadata-Flavor", $0)] } ?? []))
        }
        #expect(String(decoding: metadata("project/project-id").body, as: UTF8.self) == "demo")
        let zone = metadata("instance/zone")
        #expect(String(decoding: zone.body, as: UTF8.self).hasSuffix("/zones/us-central1-a"))
        #expect(zone.headers["Metadata-Flavor"] == "Google")
        let answer = ComputeAnswer(metadata("instance/service-accounts/default/token"))
        #expect(status(answer.json["access_token"]?.string) == 200)
        #expect(metadata("project/project-id", nil).status == 403)
        #expect(metadata("none").status == 404)
    }
}
