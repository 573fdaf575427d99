import Cloud
import CloudAWS
import Provisioning
import Testing

/// STS and the sign-on portal, over a wire that a person has written the answers for.
@Suite struct CredentialServiceTests {
    /// Answers everything in one way, and remembers what came.
    private final class Wire: Transport {
        private let answer: HTTPResponse?
        private let sent = Lock([HTTPRequest]())

        init(_ answer: HTTPResponse?) { self.answer = answer }

        var requests: [HTTPRequest] { sent.withLock { $0 } }

        func send(_ request: HTTPRequest, within deadline: Duration) async throws(TransportError) -> HTTPResponse {
            sent.withLock { $0.append(request) }
            guard let answer else { throw .unsent("nobody there") }
            return answer
        }
    }

    private static let keys = AWSCredentials(accessKeyID: "AKBASE", secretAccessKey: Secret("base-secret"), source: "x")
    private static let refusals = RefusalTable(rows: [
        "AccessDenied": .init(meaning: .credentials), "UnauthorizedException": .init(meaning: .credentials),
        "Throttling": .init(meaning: .throttled), "IDPCommunicationError": .init(meaning: nil),
    ])

    private static func session(_ signer: any Signer, _ region: String, _ wire: Wire) -> Session {
        Session(
            cloud: "aws", region: region,
            endpoints: { Endpoint(scheme: .https, host: "\($0).\(region).amazonaws.com") }, signer: signer,
            transport: wire,
            pace: Pace(reading: .init(perSecond: 10, burst: 10), changing: .init(perSecond: 1, burst: 1)),
            refusals: refusals,
            surroundings: Surroundings(now: { Timestamp(seconds: 1_800_000_000) }, sleep: { _ in }, random: { 0 }))
    }

    private func services(_ wire: Wire) -> AWSCredentialServices {
        AWSCredentialServices { credentials, region in
            let region = region ?? "us-east-1"
            let signer: any Signer =
                credentials.map { AWSSigner(region: region, credentials: FixedCredentials($0)) }
                ?? Unsigned(source: "a token")
            return Self.session(signer, region, wire)
        }
    }

    private static func given(_ action: String) -> HTTPResponse {
        answer(
            """
            <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result><Credentials>
            <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey>
            <SessionToken>role-token</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration>
            </Credentials></\(action)Result></\(action)Response>
            """)
    }

    private static func answer(_ body: String, status: Int = 200, _ headers: [HTTPHeader] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: Array(body.utf8))
    }

    private static func fault(_ code: String, status: Int = 403) -> HTTPResponse {
        answer(
            "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>no</Message></Error></ErrorResponse>",
            status: status)
    }

    private func said(_ finding: CredentialFinding) -> String {
        switch finding {
        case .found(let credentials):
            "found \(credentials.accessKeyID) until \(credentials.expiresAt?.description ?? "")"
        case .absent(let why): "absent: \(why)"
        case .notMine(let why): "not mine: \(why)"
        case .stop(let why): "stop: \(why)"
        case .later(let why): "later: \(why)"
        }
    }

    private func parameters(_ request: HTTPRequest) -> [String] {
        String(decoding: request.body, as: UTF8.self).split(separator: "&").map(String.init)
    }

    @Test func aRoleIsAskedForWithAllThatGoesWithIt() async {
        let wire = Wire(Self.given("AssumeRole"))
        var role = AWSRole("arn:aws:iam::1:role/grid")
        (role.externalID, role.durationSeconds) = ("them:7", 900)
        role.tags = ["team": "grid", "cost": "12"]
        let found = await services(wire).assume(role, with: Self.keys)
        #expect(said(found) == "found ASIAROLE until 2030-01-01T00:00:00.000Z")
        #expect(wire.requests.map(\.url) == ["https://sts.us-east-1.amazonaws.com/"])
        #expect(
            parameters(wire.requests[0]) == [
                "Action=AssumeRole", "Version=2011-06-15", "RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fgrid",
                "RoleSessionName=muster", "DurationSeconds=900", "ExternalId=them%3A7", "Tags.member.1.Key=cost",
                "Tags.member.1.Value=12", "Tags.member.2.Key=team", "Tags.member.2.Value=grid",
            ])
        #expect(wire.requests[0].headers["Authorization"]?.contains("AKBASE/") == true)
    }

    @Test func aWebIdentityIsToldUnsigned() async {
        let wire = Wire(Self.given("AssumeRoleWithWebIdentity"))
        let found = await services(wire).assume(AWSRole("arn:pod"), webIdentity: Secret("eyJ.a"))
        #expect(said(found).hasPrefix("found ASIAROLE"))
        #expect(wire.requests[0].headers["Authorization"] == nil)
        #expect(
            parameters(wire.requests[0]) == [
                "Action=AssumeRoleWithWebIdentity", "Version=2011-06-15", "RoleArn=arn%3Apod",
                "RoleSessionName=muster", "DurationSeconds=3600", "WebIdentityToken=eyJ.a",
            ])
    }

    @Test func aSignOnIsToldToThePortalOfItsRegion() async {
        let wire = Wire(
            Self.answer(
                """
                {"roleCredentials": {"accessKeyId": "ASIASSO", "secretAccessKey": "s", "sessionToken": "t",
                 "expiration": 1893456000000}}
                """))
        let grant = SingleSignOnGrant(account: "123456789012", role: "Build er", region: "eu-west-1")
        let found = await services(wire).signOn(grant, token: Secret("bearer-7"))
        #expect(said(found) == "found ASIASSO until 2030-01-01T00:00:00.000Z")
        #expect(
            wire.requests.map(\.url) == [
                "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?account_id=123456789012&role_name=Build%20er"
            ])
        #expect(wire.requests[0].headers["x-amz-sso_bearer_token"] == "bearer-7")
        #expect(wire.requests[0].headers["Authorization"] == nil)
    }

    @Test func aTokenThatWasTakenBackIsToldWithItsRemedy() async {
        let wire = Wire(
            Self.answer(
                #"{"message": "Session token not found or invalid"}"#, status: 401,
                [HTTPHeader("x-amzn-ErrorType", "UnauthorizedException:http://internal.amazon.com/")]))
        let grant = SingleSignOnGrant(account: "1", role: "r", region: "eu-west-1")
        let found = said(await services(wire).signOn(grant, token: Secret("bearer-7")))
        #expect(found.hasPrefix("stop: `r` at 1: UnauthorizedException: Session token not found or invalid"))
        #expect(found.hasSuffix("; run `aws sso login`"))
        #expect(!found.contains("bearer-7"))
    }

    @Test func aClearNoEndsTheSearchAndAnythingElseIsAskedAgain() async {
        let role = AWSRole("arn:pod")
        func ask(_ answer: HTTPResponse?) async -> String {
            said(await services(Wire(answer)).assume(role, webIdentity: Secret("eyJ.a")))
        }
        #expect(await ask(Self.fault("AccessDenied")).hasPrefix("stop: role arn:pod: AccessDenied: no"))
        #expect(await ask(Self.fault("InvalidIdentityToken", status: 400)).hasPrefix("stop: role arn:pod: Invalid"))
        #expect(await ask(Self.fault("Throttling", status: 400)) == "later: role arn:pod: Throttling: no")
        #expect(await ask(Self.fault("IDPCommunicationError", status: 400)).hasPrefix("later: role arn:pod: HTTP 400"))
        #expect(await ask(Self.answer("", status: 503)).hasPrefix("later: role arn:pod: HTTP 503"))
        #expect(await ask(Self.answer("<html/>")) == "later: role arn:pod: STS gave no credentials")
        #expect(await ask(nil) == "later: role arn:pod: Unreachable: nobody there")
    }

    @Test func aRoleThatNobodyCanAssumeTellsEveryPlaceApart() async throws {
        let wire = Wire(Self.given("AssumeRole"))
        let none = CachedCredentials(name: "chain") {
            throw NoCredentials(links: [
                .init(link: "environment", reason: "empty"), .init(link: "a file", reason: "no such file"),
            ])
        }
        let session = Self.session(AWSSigner(region: "us-east-1", credentials: none), "us-east-1", wire)
        let source = AssumeRole(role: AWSRole("arn:r"), session: session).source
        let missing = await #expect(throws: CredentialsMissing.self) {
            try await source.credentials(at: Timestamp(seconds: 1_800_000_000))
        }
        #expect(
            missing?.tried
                == "environment: empty; a file: no such file; "
                + "assuming role arn:r: there is nothing to assume it with")
        #expect(wire.requests == [])
    }

    @Test func aRefusedRoleIsNotTakenForOneThatCannotBeAskedNow() async throws {
        func ask(_ answer: HTTPResponse?) async -> (any Error)? {
            let signer = AWSSigner(region: "us-east-1", credentials: FixedCredentials(Self.keys))
            let session = Self.session(signer, "us-east-1", Wire(answer))
            do {
                _ = try await AssumeRole(role: AWSRole("arn:r"), session: session).source
                    .credentials(at: Timestamp(seconds: 1_800_000_000))
                return nil
            } catch { return error }
        }
        #expect(await ask(Self.fault("AccessDenied")) is CredentialsMissing)
        #expect(await ask(Self.fault("Throttling")) is Refusal)
        #expect(await ask(Self.answer("", status: 503)) is Unanswered)
    }

    @Test func theRoleOfAnAccountSaysWhoAssumedIt() async throws {
        let wire = Wire(Self.given("AssumeRole"))
        var keys = Self.keys
        keys.passedOver = [.init(link: "environment", reason: "empty")]
        let session = Self.session(
            AWSSigner(region: "us-east-1", credentials: FixedCredentials(keys)), "us-east-1", wire)
        let source = AssumeRole(role: AWSRole("arn:r"), session: session).source
        let found = try await source.credentials(at: Timestamp(seconds: 1_800_000_000))
        #expect(found.source == "role arn:r, by x")
        #expect(found.passedOver == keys.passedOver)
    }
}
