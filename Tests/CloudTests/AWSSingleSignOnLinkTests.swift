import Cloud
import Provisioning
import Testing

@Suite struct AWSSingleSignOnLinkTests {
    private let config = """
        [profile work]
        sso_session = corp
        sso_account_id = 123456789012
        sso_role_name = Builder
        [sso-session corp]
        sso_start_url = https://corp.example/start
        sso_region = eu-west-1
        """
    // printf corp | sha1sum
    private let cache = "/home/ada/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"

    private func world(_ token: String?, config: String? = nil) -> CredentialWorld {
        CredentialWorld(config: config ?? self.config, files: token.map { [cache: $0] } ?? [:])
    }

    @Test func theTokenThatSigningOnLeftBehindOpensTheRole() async throws {
        let world = world(#"{"accessToken": "bearer-7", "expiresAt": "2026-11-21T12:00:01Z", "region": "eu-west-1"}"#)
        let found = try await world.resolve(profile: "work")
        #expect(found.source == "single sign-on as `Builder` at 123456789012")
        let grant = SingleSignOnGrant(account: "123456789012", role: "Builder", region: "eu-west-1")
        #expect(world.issuer.orders == [.signOn(grant, token: "bearer-7")])
    }

    @Test func aProfileWithoutASessionNamesThePortalItself() async throws {
        let config = """
            [default]
            sso_start_url = https://corp.example/start
            sso_region = eu-west-1
            sso_account_id = 1
            sso_role_name = r
            """
        let token = #"{"accessToken": "t", "expiresAt": "2026-11-21T13:00:00UTC"}"#
        let path = "/home/ada/.aws/sso/cache/f7c9b39d0b4c7a7d82c79307585f77e1c5e74378.json"
        let world = CredentialWorld(config: config, files: [path: token])
        _ = try await world.resolve()
        #expect(world.issuer.orders.count == 1)
    }

    @Test func whoeverHasNotSignedOnIsToldHow() async {
        let remedy = "; run `aws sso login --profile work`"
        #expect(await world(nil).failure(profile: "work").hasSuffix("single sign-on: nobody has signed on\(remedy)"))
        let ended = world(#"{"accessToken": "bearer-7", "expiresAt": "2026-11-21T12:00:00Z"}"#)
        #expect(
            await ended.failure(profile: "work").hasSuffix("the sign-on ended at 2026-11-21T12:00:00.000Z\(remedy)"))
        let short = await world(#"{"accessToken": "bearer-7"}"#).failure(profile: "work")
        #expect(short.contains("has no `accessToken`, or no `expiresAt` that is a moment\(remedy)"))
        #expect(ended.issuer.orders == [])
    }

    @Test func aBrokenTokenFileIsToldByPlaceAndNotByWhatItHolds() async {
        let report = await world("{\"accessToken\": \"bearer-7\",\n  bearer-8").failure(profile: "work")
        #expect(report.contains(".json` is not JSON: line 2, column 3; run `aws sso login"))
        #expect(!report.contains("bearer"))
        var locked = world(nil)
        locked.locked = [cache]
        #expect(await locked.failure(profile: "work").contains("Permission denied"))
    }

    @Test func aProfileThatSaysTooLittleIsTold() async {
        let half = world(nil, config: "[default]\nsso_account_id = 1\n")
        #expect(await half.failure().hasSuffix("profile `default` needs both `sso_account_id` and `sso_role_name`"))
        let lost = world(nil, config: "[default]\nsso_account_id = 1\nsso_role_name = r\nsso_session = x\n")
        #expect(await lost.failure().hasSuffix("there is no `[sso-session x]` in ~/.aws/config"))
        let bare = world(
            nil,
            config:
                "[default]\nsso_account_id = 1\nsso_role_name = r\nsso_session = x\n[sso-session x]\nsso_region = r\n")
        #expect(await bare.failure().hasSuffix("`[sso-session x]` needs both `sso_region` and `sso_start_url`"))
    }
}
