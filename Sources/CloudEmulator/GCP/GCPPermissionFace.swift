import Cloud
import Provisioning

/// Who may do what: Resource Manager and IAM as far as they are asked which permissions somebody has.
///
/// Everybody may do everything but what the limits deny.
struct GCPPermissionFace {
    let bearers: GCPBearerCheck

    static func action(of request: HTTPRequest) -> String? {
        guard let parts = GCPCall.parts(of: request.path), parts.last?.hasSuffix(":testIamPermissions") == true,
            parts.dropFirst().first == "projects"
        else { return nil }
        switch (parts.count, parts[0]) {
        case (3, "v1"), (3, "v3"): return "cloudresourcemanager.projects.testIamPermissions"
        case (5, "v1") where parts[3] == "serviceAccounts": return "iam.projects.serviceAccounts.testIamPermissions"
        default: return nil
        }
    }

    func answer(_ request: HTTPRequest, world: World, at now: Timestamp) -> HTTPResponse {
        do throws(GCPError) {
            _ = try bearers.user(of: request, in: world, at: now)
            guard request.method == "POST" else {
                throw GCPError(405, "Only POST is allowed here.", "httpMethodNotAllowed")
            }
            let body: JSONValue
            do throws(JSONFlaw) { body = try JSONValue(parsing: request.body) } catch {
                throw .malformed("Invalid JSON payload received. \(error)")
            }
            let checked = try GCPShape.checked(body, "TestPermissionsRequest", at: "")
            for name in checked["permissions"]?.array?.compactMap(\.string) ?? [] where name.contains("*") {
                throw .malformed("Permission \(name) is not valid for this resource.")
            }
            return ComputeFace.response(200, GCPPermissionFace.granted(checked, in: world))
        } catch {
            return ComputeFace.refusal(error)
        }
    }

    /// Those of the permissions asked about that are granted; where none is, nothing is said.
    static func granted(_ body: JSONValue, in world: World) -> JSONValue {
        let denied = world.limits.denied ?? []
        let asked = body["permissions"]?.array ?? []
        let granted = asked.filter { $0.string.map { !denied.contains($0) } ?? false }
        return granted.isEmpty ? .object(JSONObject()) : ["permissions": .array(granted)]
    }
}

extension Limits {
    /// Refuses a call whose own permission is denied; what it needs besides is not looked at.
    func allow(_ call: GCPCall) throws(GCPError) {
        // What one may do, everybody may ask.
        guard let denied, !denied.isEmpty, call.method.action != "testIamPermissions" else { return }
        let permission = call.method.permission
        guard !denied.contains(permission) else { throw .forbidden(permission, on: "projects/\(call.project)") }
    }
}

extension GCPMethod {
    /// `compute.instances.create` of `regionInstances.bulkInsert`.
    ///
    /// https://cloud.google.com/iam/docs/roles-permissions/compute
    fileprivate var permission: String {
        let parts = name.split(separator: ".")
        var resource = String(parts[0])
        if ["regionInstances", "regionInstanceTemplates", "regionInstanceGroupManagers"].contains(resource) {
            resource = resource.dropFirst("region".count).prefix(1).lowercased() + resource.dropFirst("regionI".count)
        }
        let verb =
            switch parts[1] {
            case "insert", "bulkInsert": "create"
            case "aggregatedList": "list"
            case "getFromFamily", "wait", "listErrors", "listManagedInstances": "get"
            case "patch", "resize", "deleteInstances", "abandonInstances", "createInstances", "recreateInstances",
                "setInstanceTemplate":
                "update"
            default: String(parts[1])
            }
        return "compute.\(resource).\(verb)"
    }
}

extension ComputeFace {
    /// Nobody makes them; a machine may be put by any, so any is there.
    func placementPolicy(_ call: GCPCall) -> JSONValue {
        let name = call["resourcePolicy"], path = call.path("\(call.place.path)/resourcePolicies/\(name)")
        return [
            "kind": "compute#resourcePolicy", "id": .id(GCPInventory.id(path)),
            "creationTimestamp": .string(GCPInventory.madeAt), "name": .string(name),
            "region": .link(call.path(call.place.path)), "selfLink": .link(path), "status": "READY",
            "groupPlacementPolicy": ["collocation": "COLLOCATED"],
        ]
    }
}
