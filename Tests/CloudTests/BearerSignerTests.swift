import Cloud
import Provisioning
import Testing

@Suite(.timeLimit(.minutes(1))) struct BearerSignerTests {
    private let start = Timestamp(seconds: 1_000_000)
    private let request = HTTPRequest(
        method: "GET", endpoint: Endpoint(scheme: .https, host: "management.azure.com"), path: "/subscriptions",
        headers: [HTTPHeader("authorization", "Bearer of-somebody-else"), HTTPHeader("Accept", "application/json")])

    @Test func theTokenIsShownAndNothingElseIsChanged() async throws {
        let token = BearerToken(Secret("token-1"), source: "test")
        let signer = BearerSigner(tokens: FixedToken(token))
        let signed = try await signer.sign(request, service: "arm", at: start)
        #expect(
            signed.headers == [
                HTTPHeader("Accept", "application/json"), HTTPHeader("Authorization", "Bearer token-1"),
            ])
        #expect(signed.url == request.url)
        #expect(signer.source == "test")
    }

    @Test func theProjectThatCallsAreCountedForTravelsWithTheToken() async throws {
        let token = BearerToken(Secret("token-1"), source: "test", quotaProject: "billed-here")
        let signer = BearerSigner(tokens: FixedToken(token))
        let signed = try await signer.sign(request, service: "compute", at: start)
        #expect(signed.headers["X-Goog-User-Project"] == "billed-here")
        var own = request
        own.headers.append(HTTPHeader("x-goog-user-project", "as-asked"))
        let kept = try await signer.sign(own, service: "compute", at: start)
        #expect(kept.headers.filter { $0.name.lowercased() == "x-goog-user-project" }.map(\.value) == ["as-asked"])
    }

    @Test func aHundredCallsCauseOneTokenAndSoDoesItsRenewal() async throws {
        let count = Lock(0), expiry = start + .seconds(3600)
        let source = CachedToken(name: "test") {
            let number = count.withLock { count in
                count += 1
                return count
            }
            return BearerToken(Secret("token-\(number)"), expiresAt: expiry, source: "test")
        }
        let signer = BearerSigner(tokens: source), request = request
        func shown(at now: Timestamp) async throws -> Set<String?> {
            try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<100 {
                    group.addTask { try await signer.sign(request, service: "arm", at: now).headers["Authorization"] }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
        }
        #expect(try await shown(at: start) == ["Bearer token-1"])
        #expect(try await shown(at: start + .seconds(3299)) == ["Bearer token-1"])
        #expect(try await shown(at: start + .seconds(3301)) == ["Bearer token-2"])
    }

    @Test func aTokenThatWasRefusedIsLookedForAnew() async throws {
        let count = Lock(0)
        let source = CachedToken(name: "test") {
            let number = count.withLock { count in
                count += 1
                return count
            }
            return BearerToken(Secret("token-\(number)"), source: "test")
        }
        let signer = BearerSigner(tokens: source)
        _ = try await signer.sign(request, service: "arm", at: start)
        await signer.refused()
        let signed = try await signer.sign(request, service: "arm", at: start)
        #expect(signed.headers["Authorization"] == "Bearer token-2")
    }

    @Test func whereNoLinkHasOneEachIsNamed() async {
        let seeker = NoCredentials.Seeker(name: "Azure", hint: "sign in")
        let source = CachedToken(name: "azure credential chain") {
            throw NoCredentials(
                links: [.init(link: "environment", reason: "AZURE_TENANT_ID is not set")], for: seeker)
        }
        let signer = BearerSigner(tokens: source)
        #expect(signer.source == "azure credential chain")
        let missing = await #expect(throws: CredentialsMissing.self) { try await signer.check(at: start) }
        #expect(missing?.tried == "environment: AZURE_TENANT_ID is not set")
    }

    @Test func aTokenIsNeverPrinted() {
        let token = BearerToken(Secret("token-1"), source: "test")
        var dumped = ""
        dump(token, to: &dumped)
        #expect(!"\(token)\(dumped)".contains("token-1"))
    }
}
