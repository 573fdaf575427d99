import Cloud
import Provisioning

/// As much of Microsoft Graph as it takes to register an application's certificates.
///
/// https://learn.microsoft.com/graph/api/application-update
struct GraphFace: Sendable {
    let access: AzureAccess

    static func isAsked(by path: String) -> Bool { path.hasPrefix("/v1.0/applications") }

    static func action(of request: HTTPRequest) -> String {
        request.method == "PATCH" ? "Applications_Update" : "Applications_Get"
    }

    func answer(_ request: HTTPRequest, world: inout World, at moment: Moment) -> HTTPResponse {
        do throws(ARMError) {
            try AzureTokens.check(request, audiences: ["https://graph.microsoft.com"], at: moment.now)
            let names = ["(appId='\(access.client)')", "(appId=%27\(access.client)%27)", "/\(objectID)"]
            guard names.contains(String(request.path.dropFirst("/v1.0/applications".count))) else {
                throw ARMError("Request_ResourceNotFound", "There is no such application.", status: 404)
            }
            switch request.method {
            case "GET":
                return ARMFace.response(200, shown(world), [], to: request, moment.seed)
            case "PATCH":
                try register(request.body, &world)
                return ARMFace.response(204, nil, [], to: request, moment.seed)
            default:
                throw ARMError("Request_BadRequest", "Specified HTTP method is not allowed.", status: 405)
            }
        } catch {
            return ARMFace.refusal(error, to: request, moment.seed)
        }
    }

    private var objectID: String { uuidText(sum(of: access.client), 2) }

    /// The list that is sent takes the place of the one that there is.
    private func register(_ body: [UInt8], _ world: inout World) throws(ARMError) {
        guard let value = try? JSONValue(parsing: body), let keys = value["keyCredentials"]?.array else {
            throw ARMError("Request_BadRequest", "The request has no keyCredentials.")
        }
        var certificates: [String] = []
        for key in keys {
            guard let text = key["key"]?.string, CertificateKey(text) != nil else {
                throw ARMError("KeyCredentialsInvalidEncoding", "A key is no X.509 certificate of an RSA key.")
            }
            certificates.append(text)
        }
        world.arm.certificates = certificates
        world.touch()
    }

    private func shown(_ world: World) -> JSONValue {
        let keys = (world.azure?.certificates ?? []).compactMap { text in
            CertificateKey(text).map { key -> JSONValue in
                [
                    "customKeyIdentifier": .string(key.sha1), "type": "AsymmetricX509Cert", "usage": "Verify",
                    "keyId": .string(uuidText(sum(of: key.sha256), 3)),
                ]
            }
        }
        return [
            "id": .string(objectID), "appId": .string(access.client), "displayName": "demo",
            "keyCredentials": .array(keys),
        ]
    }
}
