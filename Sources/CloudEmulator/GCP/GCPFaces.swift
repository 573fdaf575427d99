import Cloud
import Provisioning

/// Google Cloud as it looks from outside: Compute Engine, who may do what, and all that gives out tokens for it.
struct GCPFaces: CloudFace {
    private let compute: ComputeFace
    private let tokens: GCPTokenFace
    private let permissions: GCPPermissionFace
    private let metadata = GCPMetadataFace()

    init(_ settings: GoogleSettings) {
        let check = GCPBearerCheck(accounts: settings.accounts)
        compute = ComputeFace(bearers: check)
        tokens = GCPTokenFace(settings: settings, bearers: check)
        permissions = GCPPermissionFace(bearers: check)
    }

    func claims(_ request: HTTPRequest) -> Bool {
        ComputeFace.isAsked(by: request) || GCPTokenFace.action(of: request) != nil
            || GCPMetadataFace.isAsked(by: request) || GCPPermissionFace.action(of: request) != nil
    }

    func action(of request: HTTPRequest) -> String? {
        GCPCall.method(of: request)?.id ?? GCPTokenFace.action(of: request) ?? GCPPermissionFace.action(of: request)
    }

    func mayChange(_ action: String) -> Bool {
        guard action.hasPrefix("compute.") else { return !action.hasSuffix(".testIamPermissions") }
        return GCPMethod.byName[String(action.dropFirst("compute.".count))]?.mayChange ?? false
    }

    func answer(
        _ request: HTTPRequest, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) -> HTTPResponse {
        if ComputeFace.isAsked(by: request) { return compute.answer(request, world: &world, at: now, chance: chance) }
        if GCPMetadataFace.isAsked(by: request) {
            return metadata.answer(request, world: &world, at: now, chance: chance)
        }
        if GCPPermissionFace.action(of: request) != nil {
            return permissions.answer(request, world: world, at: now)
        }
        return tokens.answer(request, world: &world, at: now, chance: chance)
    }

    func refusal(
        _ code: String, _ message: String, status: Int, to request: HTTPRequest, chance: () -> UInt64
    ) -> HTTPResponse {
        ComputeFace.refusal(GCPError(status, message, code))
    }
}
