import Cloud
import CloudEmulator
import FoundationEssentials
import Provisioning
import Testing

/// A machine reads what it is and what it may, and nobody reads it without a token.
@Suite struct MetadataTests {
    private let cloud: EmulatedCloud

    init() throws { cloud = try EmulatedCloud() }

    private func ask(
        _ method: String, _ path: String, _ headers: [HTTPHeader] = [], host: String = "127.0.0.1"
    ) -> Answer {
        Answer(
            cloud.emulator.handle(
                HTTPRequest(
                    method: method, endpoint: Endpoint(scheme: .http, host: host), path: path, headers: headers)))
    }

    private func token(seconds: Int = 21_600) -> HTTPHeader {
        let ttl = HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "\(seconds)")
        return HTTPHeader("x-aws-ec2-metadata-token", ask("PUT", "/latest/api/token", [ttl]).text)
    }

    private struct Keys: Decodable {
        let id, secret, token, expiration: String

        enum CodingKeys: String, CodingKey {
            case id = "AccessKeyId", secret = "SecretAccessKey", token = "Token", expiration = "Expiration"
        }
    }

    private func keys() throws -> Keys {
        let answer = ask("GET", "/latest/meta-data/iam/security-credentials/demo", [token()])
        return try JSONDecoder().decode(Keys.self, from: Data(answer.text.utf8))
    }

    @Test func aTokenHoldsAsLongAsItSays() {
        let token = token(seconds: 60)
        func status() -> Int { ask("GET", "/latest/meta-data/instance-id", [token]).status }
        cloud.clock.turn(.seconds(59))
        #expect(status() == 200)
        cloud.clock.turn(.seconds(1))
        #expect(status() == 401)
    }

    @Test func theMachinesKeysStayUntilTheyNearTheirEnd() throws {
        let first = try keys()
        let credential = EmulatorCredential(
            accessKeyID: first.id, secret: Secret(first.secret), sessionToken: Secret(first.token))
        #expect(cloud.sts("GetCallerIdentity", credential: credential).all("Arn").first?.contains("/demo/i-") == true)
        #expect(try keys().id == first.id)
        cloud.clock.turn(.seconds(21_600 - 901))
        #expect(try keys().id == first.id)
        cloud.clock.turn(.seconds(1))
        let second = try keys()
        #expect(second.id != first.id)
        #expect(try #require(Timestamp(second.expiration)) - cloud.clock.now == .seconds(21_600))
        // Whoever still holds the old ones may go on with them.
        #expect(cloud.sts("GetCallerIdentity", credential: credential).status == 200)
        cloud.clock.turn(.seconds(900))
        #expect(cloud.sts("GetCallerIdentity", credential: credential).code == "ExpiredToken")
    }

    @Test func theOwnAddressOfMetadataIsTheirsAlone() {
        #expect(ask("GET", "/latest/meta-data/instance-id", [token()], host: "169.254.169.254").status == 200)
        #expect(ask("GET", "/", [token()], host: "169.254.169.254").status == 404)
        #expect(ask("GET", "/", [], host: "169.254.169.254").status == 401)
        #expect(ask("DELETE", "/latest/meta-data/instance-id", [token()]).status == 405)
    }

    @Test func readingMetadataChangesNothingButForNewKeys() throws {
        let before = try cloud.emulator.world().revision
        _ = ask("GET", "/latest/meta-data/", [token()])
        _ = ask("GET", "/latest/meta-data/iam/security-credentials/demo")
        #expect(try cloud.emulator.world().revision == before)
        _ = try keys()
        #expect(try cloud.emulator.world().revision == before + 1)
        _ = try keys()
        #expect(try cloud.emulator.world().revision == before + 1)
    }

    @Test func aFaultMeetsMetadataInTheirForm() throws {
        try cloud.emulator.change { $0.faults = [Fault(.refuse(code: "Unavailable", message: "", status: 503))] }
        let answer = ask("PUT", "/latest/api/token", [HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "60")])
        #expect(answer.status == 503)
        #expect(answer.text.hasPrefix("<html>"))
    }
}
