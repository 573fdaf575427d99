import Cloud
import Provisioning

/// Azure Resource Manager: JSON in, JSON out, and operations to ask after.
struct ARMFace: Sendable {
    let access: AzureAccess

    func answer(_ request: HTTPRequest, world: inout World, at moment: Moment) -> HTTPResponse {
        do throws(ARMError) {
            try AzureTokens.check(request, audiences: AzureTokens.manager, at: moment.now)
            guard let found = ARMRoutes.find(request.method, request.path) else { throw ARMFace.unknownPath(request) }
            guard let query = QueryText(request.query.utf8) else {
                throw ARMError("InvalidRequestUri", "The request URI is not valid.")
            }
            let call = ARMCall(
                operation: found.operation, names: found.names,
                query: Dictionary(query.pairs.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 }),
                headers: request.headers, body: request.body, method: request.method, path: request.path,
                address: ARMFace.address(of: request), moment: moment)
            try ARMVersions.check(call.query["api-version"], of: call.operation, path: request.path)
            try ARMFace.checkSubscription(call)
            try ARMFace.checkNames(call)
            if call.names["subscriptionId"] != nil { world.openSubscription(call.subscription, at: moment.now) }
            try world.takeARMRates(call.operation, at: moment.now)
            // What is refused has changed nothing.
            var changed = world
            let answer = try perform(call, &changed)
            world = changed
            return ARMFace.response(answer, to: call, request, world)
        } catch {
            return ARMFace.refusal(error, to: request, moment.seed)
        }
    }

    private func perform(_ call: ARMCall, _ world: inout World) throws(ARMError) -> ARMAnswer {
        switch call.operation.prefix(while: { $0 != "_" }) {
        case "VirtualMachines": try MachineCalls.answer(call, &world)
        case "VirtualMachineScaleSets", "VirtualMachineScaleSetVMs": try ScaleSetCalls.answer(call, &world)
        case "Disks", "Images", "NetworkInterfaces", "PublicIPAddresses", "VirtualNetworks", "Subnets",
            "NetworkSecurityGroups":
            try PartCalls.answer(call, &world)
        case "Operations": try OperationCalls.answer(call, world)
        case "ResourceGroups", "Resources": try GroupCalls.answer(call, &world)
        case "Deployments": try DeploymentCalls.answer(call, &world)
        default: try CatalogCalls.answer(call, world, access)
        }
    }

    private static func checkSubscription(_ call: ARMCall) throws(ARMError) {
        guard let id = call.names["subscriptionId"] else { return }
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        let isOne = parts.map(\.utf8.count) == [8, 4, 4, 4, 12] && parts.joined().allSatisfy(\.isHexDigit)
        guard isOne else {
            throw ARMError(
                "InvalidSubscriptionId",
                "The provided subscription identifier '\(id)' is malformed or invalid.")
        }
    }

    /// What no resource may be called, for its name would not find it again.
    private static func checkNames(_ call: ARMCall) throws(ARMError) {
        for name in [call.names["name"], call.names["child"], call.names["resourceGroupName"]].compactMap(\.self) {
            let isOne = name.utf8.count <= 260 && !name.contains { "/\\?#%<>&:\"'".contains($0) || $0.isWhitespace }
            guard isOne, !name.isEmpty, !name.utf8.contains(where: { $0 < 0x20 }) else {
                throw ARMError(
                    "InvalidResourceName",
                    "Resource name \(name) is invalid. The name can be up to 260 characters long "
                        + "and cannot contain any of the characters /\\?#%<>&:.")
            }
        }
    }

    private static func unknownPath(_ request: HTTPRequest) -> ARMError {
        let methods = ["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD"]
        let others = methods.filter { $0 != request.method && ARMRoutes.find($0, request.path) != nil }
        guard others.isEmpty else {
            return ARMError(
                "HttpMethodNotSupported",
                "The http method '\(request.method)' is not supported for this resource; supported are "
                    + "'\(others.joined(separator: ","))'.", status: 405)
        }
        return ARMError(
            "InvalidResourceType",
            "The resource type could not be found at '\(request.path)' in this cloud.", status: 404)
    }

    /// As the client sees it, which may be through somebody who speaks TLS for us.
    private static func address(of request: HTTPRequest) -> String {
        let isSecure = request.endpoint.scheme == .https || request.headers["X-Forwarded-Proto"] == "https"
        return "\(isSecure ? "https" : "http")://\(request.endpoint.authority)"
    }

    // MARK: - Answers

    private static func response(
        _ answer: ARMAnswer, to call: ARMCall, _ request: HTTPRequest, _ world: World
    ) -> HTTPResponse {
        var headers = answer.headers
        if let tag = answer.body?["etag"]?.string { headers.append(HTTPHeader("ETag", tag)) }
        if let remaining = ARMPolicies.remaining(of: call.operation, in: world, at: call.now) {
            headers.append(remaining)
        }
        return response(answer.status, answer.body, headers, to: request, call.moment.seed)
    }

    static func refusal(_ error: ARMError, to request: HTTPRequest, _ seed: UInt64) -> HTTPResponse {
        var headers: [HTTPHeader] = []
        if let seconds = error.retryAfter { headers.append(HTTPHeader("Retry-After", "\(seconds)")) }
        if error.status == 401 {
            headers.append(
                HTTPHeader(
                    "WWW-Authenticate",
                    "Bearer authorization_uri=\"https://login.windows.net/\", error=\"invalid_token\", "
                        + "error_description=\"\(error.message)\""))
        }
        headers.append(HTTPHeader("x-ms-failure-cause", error.status == 429 ? "service" : "gateway"))
        return response(error.status, ["error": error.json], headers, to: request, seed)
    }

    static func response(
        _ status: Int, _ body: JSONValue?, _ headers: [HTTPHeader], to request: HTTPRequest, _ seed: UInt64
    ) -> HTTPResponse {
        let id = uuidText(seed, ~seed)
        let correlation = request.headers["x-ms-correlation-request-id"] ?? id
        let kind =
            request.method == "GET" || request.method == "HEAD"
            ? "reads" : request.method == "DELETE" ? "deletes" : "writes"
        var all = [
            HTTPHeader("Cache-Control", "no-cache"), HTTPHeader("Pragma", "no-cache"), HTTPHeader("Expires", "-1"),
            HTTPHeader("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
            HTTPHeader("X-Content-Type-Options", "nosniff"), HTTPHeader("x-ms-request-id", id),
            HTTPHeader("x-ms-correlation-request-id", correlation),
            HTTPHeader("x-ms-routing-request-id", "MUSTER:\(correlation)"),
            HTTPHeader("x-ms-ratelimit-remaining-subscription-\(kind)", "11999"),
            HTTPHeader("Server", "MusterEmulator"),
        ]
        if request.path.lowercased().contains("/microsoft.network/") {
            all.append(HTTPHeader("x-ms-arm-service-request-id", uuidText(~seed, seed)))
        }
        if request.headers["x-ms-return-client-request-id"]?.lowercased() == "true",
            let own = request.headers["x-ms-client-request-id"]
        {
            all.append(HTTPHeader("x-ms-client-request-id", own))
        }
        if body != nil { all.append(HTTPHeader("Content-Type", "application/json; charset=utf-8")) }
        return HTTPResponse(
            status: status, headers: all + headers, body: request.method == "HEAD" ? [] : body?.bytes ?? [])
    }
}
