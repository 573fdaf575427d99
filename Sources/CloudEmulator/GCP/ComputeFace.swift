import Cloud
import Provisioning

/// Compute Engine as it looks from outside: JSON in, JSON out.
struct ComputeFace {
    var bearers: GCPBearerCheck

    static func isAsked(by request: HTTPRequest) -> Bool {
        request.path.hasPrefix("/compute/v1/") || request.path.hasPrefix("/compute/beta/")
            || request.path.hasPrefix("/batch/compute")
    }

    func answer(
        _ request: HTTPRequest, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) -> HTTPResponse {
        do throws(GCPError) {
            let user = try bearers.user(of: request, in: world, at: now)
            let call = try GCPCall(request, user: user, at: now)
            try world.takeRate(call.method.id, project: call.project, at: now)
            try world.limits.allow(call)
            guard let answer = try perform(call, world: &world, chance: chance) else {
                return HTTPResponse(status: 204)
            }
            return ComputeFace.response(200, answer)
        } catch {
            return ComputeFace.refusal(error)
        }
    }

    /// Nil: there is nothing to say.
    private func perform(
        _ call: GCPCall, world: inout World, chance: () -> UInt64
    ) throws(GCPError) -> JSONValue? {
        try checkPlace(of: call, in: world)
        let caller = GCPCaller(
            project: call.project, user: call.user, requestID: try call.requestID(), now: call.now)
        // Whoever comes with the same number again is answered the same, whatever else the call says by now.
        if let earlier = world.replay(caller) { return earlier.json(in: call.project, at: call.now) }
        let parts = call.method.name.split(separator: ".")
        switch parts[0] {
        case "instances", "regionInstances":
            return try instances(call, caller, world: &world, chance: chance)
        case "zoneOperations", "regionOperations", "globalOperations":
            return try operations(call, caller, world: &world)
        case "instanceTemplates", "regionInstanceTemplates":
            return try templates(call, caller, world: &world, chance: chance)
        case "instanceGroupManagers", "regionInstanceGroupManagers":
            return try groups(call, caller, world: &world, chance: chance)
        case "instanceGroups": return try plainGroups(call, caller, world: world)
        case "disks", "diskTypes": return try disks(call, caller, world: &world, chance: chance)
        case "images": return try images(call)
        case "machineTypes", "acceleratorTypes": return try types(call, world: world)
        case "networks", "subnetworks", "firewalls": return try networks(call, world: world)
        case "resourcePolicies": return placementPolicy(call)
        default: return try places(call, world: world)
        }
    }

    private func checkPlace(of call: GCPCall, in world: World) throws(GCPError) {
        switch call.place {
        case .global: break
        case .region(let name):
            guard world.conditions.googleZones[name] != nil else {
                if call.method.name == "regions.get" { throw .notFound(call.path("regions/\(name)")) }
                throw .invalid(at: "region", name, "Unknown region.")
            }
        case .zone(let name):
            guard world.googleZones(gcpRegion(ofZone: name)).contains(name) else {
                if call.method.name == "zones.get" { throw .notFound(call.path("zones/\(name)")) }
                throw .invalid(at: "zone", name, "Unknown zone.")
            }
        }
    }
}

// MARK: - Answers

extension ComputeFace {
    static func response(_ status: Int, _ answer: JSONValue) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [
                HTTPHeader("Content-Type", "application/json; charset=UTF-8"), HTTPHeader("Vary", "Origin"),
                HTTPHeader("Vary", "X-Origin"), HTTPHeader("Vary", "Referer"), HTTPHeader("Server", "MusterEmulator"),
                HTTPHeader("Cache-Control", "private"), HTTPHeader("X-Content-Type-Options", "nosniff"),
            ], body: answer.bytes)
    }

    static func refusal(_ error: GCPError) -> HTTPResponse {
        let one: JSONValue = [
            "message": .string(error.message), "domain": .string(error.domain), "reason": .string(error.reason),
            "location": error.header.map(JSONValue.string),
            "locationType": error.header.map { _ in JSONValue.string("header") },
        ]
        var response = response(
            error.status,
            [
                "error": [
                    "code": .integer(error.status), "message": .string(error.message), "errors": [one],
                    "status": error.statusText.map(JSONValue.string),
                ]
            ])
        if error.status == 401 {
            response.headers.append(
                HTTPHeader(
                    "WWW-Authenticate",
                    "Bearer realm=\"https://accounts.google.com/\""
                        + (error == .badCredentials
                            ? ", error=\"invalid_token\"" : "")))
        }
        return response
    }
}

extension World {
    /// Takes from a method's bucket, if it has one.
    mutating func takeRate(_ method: String, project: String, at now: Timestamp) throws(GCPError) {
        guard limits.rates[method] != nil else { return }
        touch()
        guard limits.rates[method]?.take(1, at: now) == true else {
            throw .rateExceeded(method, project: project)
        }
    }
}
