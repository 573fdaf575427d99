import Cloud
import Provisioning
import Testing

/// Tokens over real sockets.
@Suite(.timeLimit(.minutes(1))) struct TokenWireTests {
    private func server(_ body: String, _ headers: [String] = []) throws -> LoopbackServer {
        try LoopbackServer { connection, _ in
            while connection.request() != nil { connection.answer(body, headers: headers) }
        }
    }

    private func world(_ environment: [String: String]) -> TokenWorld {
        var world = TokenWorld(environment)
        world.transport = CurlTransport()
        return world
    }

    @Test func aFormIsPostedAsOne() async throws {
        let server = try server(#"{"access_token": "t-1", "expires_in": 60}"#)
        let world = world([
            "AZURE_TENANT_ID": "ten-ant", "AZURE_CLIENT_ID": "app-1", "AZURE_CLIENT_SECRET": "a b",
            "AZURE_AUTHORITY_HOST": server.endpoint.text,
        ])
        let found = try await world.azure().resolve()
        #expect(found.value.revealed == "t-1")
        let request = try #require(server.requests.first)
        let lines = request.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.first == "POST /ten-ant/oauth2/v2.0/token HTTP/1.1")
        #expect(
            lines.filter { $0.lowercased().hasPrefix("content-type:") } == [
                "Content-Type: application/x-www-form-urlencoded"
            ])
        let form =
            "client_id=app-1&grant_type=client_credentials&scope=https%3A%2F%2Fmanagement.azure.com%2F.default"
            + "&client_secret=a%20b"
        #expect(lines.last.map { String($0) } == form)
    }

    @Test func metadataIsAskedAndBelievedByItsHeader() async throws {
        let server = try server(#"{"access_token": "ya29.wire", "expires_in": 60}"#, ["Metadata-Flavor: Google"])
        let world = world(["GCE_METADATA_HOST": server.endpoint.authority])
        let found = try await world.gcp().resolve()
        #expect(found.value.revealed == "ya29.wire")
        let lines = try #require(server.requests.first).split(separator: "\r\n")
        #expect(lines.first == "GET /computeMetadata/v1/instance/service-accounts/default/token HTTP/1.1")
        #expect(lines.contains("Metadata-Flavor: Google"))
    }

    @Test func whereNobodyListensThatIsTold() async throws {
        let place = "127.0.0.1:\(try LoopbackServer.freePort())"
        let google = world(["GCE_METADATA_HOST": place])
        await #expect(throws: CredentialsLate.self) { try await google.gcp().resolve() }
        let azure = world(["AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://\(place)"])
        await #expect(throws: CredentialsLate.self) { try await azure.azure().resolve() }
    }
}
