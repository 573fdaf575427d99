import Cloud
import Provisioning

/// The metadata of a machine, as far as it asks them for tokens and for what it is.
///
/// https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
struct AzureMetadataFace: Sendable {
    let access: AzureAccess

    private static let lifetime = 86_399

    func answer(_ request: HTTPRequest, at moment: Moment) -> HTTPResponse {
        // An App Service asks the same with a header of its own.
        let isAppService = request.headers["X-IDENTITY-HEADER"]?.isEmpty == false
        guard isAppService || request.headers["Metadata"]?.lowercased() == "true" else {
            return refusal(400, "Required metadata header not specified")
        }
        // What somebody passed on may not have been meant by the machine.
        if request.headers["X-Forwarded-For"] != nil { return refusal(400, "Forwarded requests are not answered") }
        guard request.method == "GET" else { return refusal(405, "The method is not allowed") }
        guard let query = QueryText(request.query.utf8), query["api-version"] != nil else {
            return refusal(400, "Required query variable 'api-version' is missing")
        }
        if request.path.hasPrefix("/metadata/identity/oauth2/token") { return token(query, at: moment) }
        guard request.path.hasPrefix("/metadata/instance") else { return refusal(404, "There is nothing here") }
        return AzureMetadataFace.response(200, instance)
    }

    private func token(_ query: QueryText, at moment: Moment) -> HTTPResponse {
        guard var audience = query["resource"], audience.contains("://") else {
            return refusal(400, "Required audience parameter not specified")
        }
        if let client = query["client_id"] ?? query["mi_res_id"] ?? query["object_id"],
            client.lowercased() != access.client
        {
            return refusal(400, "Identity not found")
        }
        if audience.hasSuffix("/.default") { audience.removeLast("/.default".count) }
        let lifetime = AzureMetadataFace.lifetime
        let start = moment.now.microseconds / 1_000_000
        let token = AzureTokens.issue(
            for: audience, to: access.client, in: access.tenant, seconds: lifetime, at: moment)
        return AzureMetadataFace.response(
            200,
            [
                "access_token": .string(token), "client_id": .string(access.client),
                "expires_in": .string("\(lifetime)"),
                "expires_on": .string("\(start + Int64(lifetime))"), "ext_expires_in": .string("\(lifetime)"),
                "not_before": .string("\(start - 300)"), "resource": .string(audience), "token_type": "Bearer",
            ])
    }

    private var instance: JSONValue {
        [
            "compute": [
                "azEnvironment": "AzurePublicCloud", "location": .string(AzureInventory.homeLocation),
                "name": "muster", "osType": "Linux", "resourceGroupName": .string(AzureInventory.group),
                "subscriptionId": .string(access.subscription), "vmId": .string(uuidText(0xE0, 0xE0)),
                "vmSize": "Standard_D2s_v5", "zone": "1",
            ]
        ]
    }

    private func refusal(_ status: Int, _ what: String) -> HTTPResponse {
        AzureMetadataFace.response(status, ["error": "invalid_request", "error_description": .string(what)])
    }

    private static func response(_ status: Int, _ body: JSONValue) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [
                HTTPHeader("Content-Type", "application/json; charset=utf-8"), HTTPHeader("Server", "IMDS/150.870.65"),
            ], body: body.bytes)
    }
}
