import FoundationEssentials
import Provisioning
import Testing

@testable import Cloud

/// Workload identity federation: somebody else's word for who we are, exchanged for a token.
@Suite(.timeLimit(.minutes(1))) struct GCPExternalAccountTests {
    private static let audience =
        "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/aws"

    private static func file(_ source: String, _ more: String = "") -> String {
        #"""
        {"type": "external_account", "audience": "\#(audience)", "token_url": "https://sts.googleapis.com/v1/token",
         "subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "credential_source": \#(source)\#(more)}
        """#
    }

    private func world(
        _ credentials: String, _ environment: [String: String] = [:],
        _ answers: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil }
    ) -> (TokenWorld, CannedTransport) {
        var world = TokenWorld(environment)
        let wire = CannedTransport {
            answers($0) ?? .answer(#"{"access_token": "ya29.federated", "expires_in": 3600}"#)
        }
        world.transport = wire
        world.write(credentials)
        return (world, wire)
    }

    @Test func theWordOfAFileIsExchanged() async throws {
        var (world, wire) = world(Self.file(#"{"file": "/var/run/oidc"}"#))
        world.files["/var/run/oidc"] = Array("eyJ.word\n".utf8)
        let found = try await world.gcp().resolve()
        #expect(found.value.revealed == "ya29.federated")
        #expect(found.source == "the external account in `/etc/key.json`")
        #expect(wire.requests.map(\.url) == ["https://sts.googleapis.com/v1/token"])
        #expect(wire.requests[0].headers["Authorization"] == nil)
        #expect(
            wire.requests[0].form == [
                "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "audience": Self.audience,
                "scope": "https://www.googleapis.com/auth/cloud-platform",
                "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
                "subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "subject_token": "eyJ.word",
            ])
    }

    @Test func theWordMayStandInAnObject() async throws {
        let source = #"{"file": "/t.json", "format": {"type": "json", "subject_token_field_name": "id_token"}}"#
        var (world, wire) = world(Self.file(source))
        world.files["/t.json"] = Array(#"{"id_token": "eyJ.word", "other": "hidden"}"#.utf8)
        _ = try await world.gcp().resolve()
        #expect(wire.requests[0].form["subject_token"] == "eyJ.word")
        world.files["/t.json"] = Array(#"{"other": "hidden"}"#.utf8)
        #expect(await world.gcpReport().hasSuffix("`/etc/key.json`: `/t.json` has no `id_token`"))
    }

    @Test func anAddressIsAskedWithItsHeaders() async throws {
        let source =
            #"{"url": "http://169.254.169.254/metadata/identity/oauth2/token?resource=x", "#
            + #""headers": {"Metadata": "True"}, "format": {"type": "json", "subject_token_field_name": "access_token"}}"#
        let (world, wire) = world(Self.file(source)) {
            $0.method == "GET" ? .answer(#"{"access_token": "eyJ.azure"}"#) : nil
        }
        _ = try await world.gcp().resolve()
        #expect(wire.requests[0].url == "http://169.254.169.254/metadata/identity/oauth2/token?resource=x")
        #expect(wire.requests[0].headers == [HTTPHeader("Metadata", "True")])
        #expect(wire.requests[1].form["subject_token"] == "eyJ.azure")
    }

    @Test func anAddressThatDoesNotAnswerIsTold() async {
        let file = Self.file(#"{"url": "https://idp.example/token", "headers": {"X-Pass": "hidden-pass"}}"#)
        let (closed, _) = world(file) { _ in .answer(#"{"error": "denied hidden-pass"}"#, status: 403) }
        #expect(
            await closed.gcpReport().hasSuffix(
                "`/etc/key.json`: https://idp.example: HTTP 403: denied <secret>"))
        let (empty, _) = world(file) { _ in .answer(" ") }
        #expect(await empty.gcpReport().hasSuffix("`/etc/key.json`: https://idp.example is empty"))
        let (busy, _) = world(file) { _ in .answer("", status: 502) }
        await #expect(throws: CredentialsLate.self) { try await busy.gcp().resolve() }
    }

    @Test func theWordIsNotToldWhereItIsRefused() async {
        var (world, _) = world(Self.file(#"{"file": "/t"}"#)) { _ in
            .answer(#"{"error": "invalid_grant", "error_description": "hidden.word is expired"}"#, status: 400)
        }
        world.files["/t"] = Array("hidden.word".utf8)
        #expect(
            await world.gcpReport().hasSuffix(
                "https://sts.googleapis.com: HTTP 400: invalid_grant: <secret> is expired"))
    }

    @Test func aClientShowsItsSecretAndAWorkforceNamesItsProject() async throws {
        let project = #", "workforce_pool_user_project": "7""#
        var (client, first) = world(
            Self.file(#"{"file": "/t"}"#, #", "client_id": "me", "client_secret": "s""# + project))
        client.files["/t"] = Array("w".utf8)
        _ = try await client.gcp().resolve()
        #expect(first.requests[0].headers["Authorization"] == "Basic bWU6cw==")
        #expect(first.requests[0].form["options"] == nil)
        var (workforce, second) = world(Self.file(#"{"file": "/t"}"#, project))
        workforce.files["/t"] = Array("w".utf8)
        _ = try await workforce.gcp().resolve()
        #expect(second.requests[0].form["options"] == "%7B%22userProject%22%3A%20%227%22%7D")
    }

    @Test func aServiceAccountMayFollow() async throws {
        let url = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/grid@p.iam:generateAccessToken"
        let more =
            #", "service_account_impersonation_url": "\#(url)", "#
            + #""service_account_impersonation": {"token_lifetime_seconds": 2800}"#
        var (world, wire) = world(Self.file(#"{"file": "/t"}"#, more)) {
            $0.url == url ? .answer(#"{"accessToken": "ya29.own", "expireTime": "2026-11-21T12:46:40Z"}"#) : nil
        }
        world.files["/t"] = Array("w".utf8)
        let found = try await world.gcp().resolve()
        #expect(found.value.revealed == "ya29.own")
        #expect(found.source == "service account grid@p.iam, by the external account in `/etc/key.json`")
        #expect(wire.requests[1].headers["Authorization"] == "Bearer ya29.federated")
        #expect(String(decoding: wire.requests[1].body, as: UTF8.self).contains(#""lifetime": "2800s""#))
    }

    @Test func whatIsNotSupportedOrWrongIsTold() async {
        let cases = [
            #"{"executable": {"command": "/bin/hidden"}}"#: "asks for `executable`, which is not supported",
            #"{"certificate": {"use_default_certificate_config": true}}"#:
                "asks for `certificate`, which is not supported",
            "{}": "has a `credential_source` with neither `file` nor `url`",
            #"{"file": "/a", "url": "https://b"}"#: "has a `credential_source` with both `file` and `url`",
            #"{"file": "/a", "format": {"type": "xml"}}"#: "has a `format` that is neither `text` nor `json`",
            #"{"file": "/a", "format": {"type": "json"}}"#: "has a `format` of JSON without `subject_token_field_name`",
            #"{"url": "http://example.com/"}"#: "has a `url` that is no address with TLS or on this machine",
            #"{"environment_id": "aws2"}"#: "has an `environment_id` that is not `aws1`",
            #"{"environment_id": "aws1"}"#: "has no `regional_cred_verification_url`",
            "[]": "has no `credential_source`",
        ]
        for (source, flaw) in cases {
            let (world, wire) = world(Self.file(source))
            let report = await world.gcpReport()
            #expect(report.hasSuffix(": `/etc/key.json` \(flaw)"), "\(report)")
            #expect(wire.requests == [])
        }
    }

    // MARK: AWS

    private static let aws =
        #"{"environment_id": "aws1", "region_url": "http://169.254.169.254/latest/meta-data/placement/availability-zone","#
        + #" "imdsv2_session_token_url": "http://169.254.169.254/latest/api/token", "regional_cred_verification_url":"#
        + #" "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"}"#
    private static let keys = [
        "AWS_ACCESS_KEY_ID": "AKBASE", "AWS_SECRET_ACCESS_KEY": "base-secret", "AWS_SESSION_TOKEN": "base-token",
    ]

    /// The signature is the one that botocore makes of the same request.
    @Test func aQuestionToAWSIsSignedAndHandedOver() async throws {
        let (world, wire) = world(
            Self.file(Self.aws), Self.keys.merging(["AWS_REGION": "eu-west-1"]) { $1 })
        _ = try await world.gcp().resolve()
        #expect(wire.requests.map(\.url) == ["https://sts.googleapis.com/v1/token"])
        let proof = try proof(in: wire.requests[0])
        #expect(proof.url == "https://sts.eu-west-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15")
        #expect(proof.method == "POST")
        #expect(proof.headers.count == 5)
        #expect(proof["host"] == "sts.eu-west-1.amazonaws.com")
        #expect(proof["x-amz-date"] == "20261121T120000Z")
        #expect(proof["x-amz-security-token"] == "base-token")
        #expect(proof["x-goog-cloud-target-resource"] == Self.audience)
        #expect(
            proof["authorization"]
                == "AWS4-HMAC-SHA256 Credential=AKBASE/20261121/eu-west-1/sts/aws4_request, "
                + "SignedHeaders=host;x-amz-date;x-amz-security-token;x-goog-cloud-target-resource, "
                + "Signature=b2f829a385ca51e506e4b4a5292d7ddcd0efbb6a941b0c3af05f757dd1b17ea0")
    }

    private struct Proof: Decodable {
        struct Header: Decodable {
            var key, value: String
        }

        var url, method: String
        var headers: [Header]

        subscript(name: String) -> String? { headers.first { $0.key.lowercased() == name }?.value }
    }

    /// The subject token is the request as JSON, escaped once more than a form escapes it.
    private func proof(in request: HTTPRequest) throws -> Proof {
        let escaped = try #require(request.form["subject_token"])
        return try JSONDecoder().decode(Proof.self, from: Data(escaped.utf8.unescaped))
    }

    @Test func theRegionIsThatOfThisMachine() async throws {
        let (world, wire) = world(Self.file(Self.aws), Self.keys) {
            switch ($0.method, $0.path) {
            case ("PUT", "/latest/api/token"): .answer("session-1")
            case ("GET", "/latest/meta-data/placement/availability-zone"):
                $0.headers["X-aws-ec2-metadata-token"] == "session-1" ? .answer("us-east-2b") : .answer("", status: 401)
            default: nil
            }
        }
        _ = try await world.gcp().resolve()
        let proof = try proof(in: try #require(wire.requests.last))
        #expect(proof.url.hasPrefix("https://sts.us-east-2.amazonaws.com?"))
    }

    @Test func whereAWSIsNotThereThatIsTold() async {
        let file = Self.file(Self.aws)
        let (nowhere, _) = world(file, Self.keys) { _ in .answer("<html>\n") }
        #expect(
            await nowhere.gcpReport().hasSuffix(
                "`/etc/key.json`: the region is told neither by AWS_REGION nor by instance metadata"))
        let region = ["AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true"]
        let (nobody, _) = world(file, region)
        #expect(
            await nobody.gcpReport().contains(
                "`/etc/key.json`: no AWS credentials: environment: AWS_ACCESS_KEY_ID is not set; "))
        let bent = Self.keys.merging(["AWS_REGION": "evil.example/"]) { $1 }
        let (led, wire) = world(file, bent)
        #expect(await led.gcpReport().hasSuffix("nor by instance metadata"))
        #expect(wire.requests == [])
        let plain = Self.file(
            #"{"environment_id": "aws1", "regional_cred_verification_url": "http://sts.{region}.amazonaws.com"}"#)
        let (open, _) = world(plain, Self.keys.merging(["AWS_REGION": "eu-west-1"]) { $1 })
        #expect(await open.gcpReport().hasSuffix("`regional_cred_verification_url` is no address with TLS"))
    }

    @Test func aRoleOfAWSIsAssumedByWhoeverSpeaksToIt() async throws {
        var (world, wire) = world(Self.file(Self.aws), ["AWS_REGION": "eu-west-1", "AWS_ROLE_ARN": "arn:r"])
        world.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/var/run/pod"
        world.files["/var/run/pod"] = Array("eyJ.pod".utf8)
        #expect(await world.gcpReport().hasSuffix("web identity: role arn:r cannot be assumed here"))
        var doors = world.doors
        doors.issuer = FakeIssuer()
        let chain = GCPCredentialChain(environment: world.environment, doors: doors)
        _ = try await chain.resolve()
        #expect(try proof(in: wire.requests[0])["authorization"]?.contains("Credential=ASIA1/") == true)
    }
}
