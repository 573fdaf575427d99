import Cloud
import Provisioning

/// The metadata server as a machine of the emulated Google Cloud would see it: where it is, and its account's tokens.
///
/// https://cloud.google.com/compute/docs/metadata/overview
struct GCPMetadataFace {
    static let project = "demo"
    static let account = "demo@demo.iam.gserviceaccount.com"
    private static let flavor = "Google"

    static func isAsked(by request: HTTPRequest) -> Bool {
        request.path.hasPrefix("/computeMetadata/") || request.endpoint.host == "metadata.google.internal"
            // Where nothing stands, libraries look whether it is there at all.
            || request.path == "/" && request.headers["Metadata-Flavor"] != nil
    }

    func answer(
        _ request: HTTPRequest, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) -> HTTPResponse {
        guard request.headers["Metadata-Flavor"] == GCPMetadataFace.flavor else {
            return response(403, "text/html", "Missing Metadata-Flavor:Google header.")
        }
        // What somebody passed on may not have been meant by the machine.
        if request.headers["X-Forwarded-For"] != nil { return response(403, "text/html", "Forbidden") }
        guard request.method == "GET" else { return response(405, "text/html", "Method not allowed") }
        let project = GCPMetadataFace.project
        let zone = world.googleZones("us-central1").first ?? world.googleZones().first ?? ""
        let start = "/computeMetadata/v1/"
        let accounts = start + "instance/service-accounts/"
        switch request.path {
        case "/": return response(200, "application/text", "computeMetadata/\n")
        case start + "project/project-id": return response(200, "application/text", project)
        case start + "project/numeric-project-id":
            return response(200, "application/text", "\(projectNumber(project))")
        case start + "instance/zone":
            return response(200, "application/text", "projects/\(projectNumber(project))/zones/\(zone)")
        case start + "instance/id": return response(200, "application/text", "4611686018427387904")
        case start + "universe/universe-domain": return response(200, "application/text", "googleapis.com")
        case accounts: return response(200, "application/text", "default/\n\(GCPMetadataFace.account)/\n")
        case accounts + "default/", accounts + "\(GCPMetadataFace.account)/":
            let about: JSONValue = [
                "aliases": ["default"], "email": .string(GCPMetadataFace.account),
                "scopes": ["https://www.googleapis.com/auth/cloud-platform"],
            ]
            return response(200, "application/json", about.text)
        case accounts + "default/email": return response(200, "application/text", GCPMetadataFace.account)
        case accounts + "default/scopes":
            return response(200, "application/text", "https://www.googleapis.com/auth/cloud-platform\n")
        case accounts + "default/token", accounts + "\(GCPMetadataFace.account)/token":
            let token = world.issueGoogleToken(
                to: GCPMetadataFace.account, for: .seconds(3_600), at: now, chance: chance)
            let answer: JSONValue = [
                "access_token": .string(token.text), "expires_in": 3599, "token_type": "Bearer",
            ]
            return response(200, "application/json", answer.text)
        default: return response(404, "text/html", "Not Found")
        }
    }

    private func response(_ status: Int, _ type: String, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [
                HTTPHeader("Metadata-Flavor", GCPMetadataFace.flavor), HTTPHeader("Content-Type", type),
                HTTPHeader("Server", "Metadata Server for VM"), HTTPHeader("X-XSS-Protection", "0"),
                HTTPHeader("X-Frame-Options", "SAMEORIGIN"),
            ], body: Array(text.utf8))
    }
}
