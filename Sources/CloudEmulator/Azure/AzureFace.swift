import Cloud
import Provisioning

/// Azure as it looks from outside: Resource Manager, the places that give out tokens, and the metadata of a machine.
struct AzureFace: CloudFace {
    private let arm: ARMFace
    private let tokens: EntraFace
    private let metadata: AzureMetadataFace
    private let graph: GraphFace

    init(_ access: AzureAccess) {
        arm = ARMFace(access: access)
        tokens = EntraFace(access: access)
        metadata = AzureMetadataFace(access: access)
        graph = GraphFace(access: access)
    }

    private enum Service { case arm, tokens, metadata, graph }

    private static func service(of request: HTTPRequest) -> Service? {
        let path = request.path
        if path.hasPrefix("/metadata/identity") || path.hasPrefix("/metadata/instance") { return .metadata }
        if GraphFace.isAsked(by: path) { return .graph }
        let parts = path.split(separator: "/", maxSplits: 5).map { $0.lowercased() }
        guard let first = parts.first else { return nil }
        if first == "subscriptions" || (first == "providers" && parts.count > 1 && parts[1].hasPrefix("microsoft.")) {
            return .arm
        }
        if first == "common", parts.count > 1, parts[1] == "discovery" || parts[1] == "v2.0" { return .tokens }
        // A tenant comes first, so that a project of another cloud is none.
        guard parts.count >= 3, parts[1] == "oauth2" || (parts[1] == "v2.0" && parts[2] == ".well-known") else {
            return nil
        }
        return .tokens
    }

    func claims(_ request: HTTPRequest) -> Bool { AzureFace.service(of: request) != nil }

    func action(of request: HTTPRequest) -> String? {
        switch AzureFace.service(of: request) {
        case .arm: ARMRoutes.find(request.method, request.path)?.operation
        case .tokens: "Tokens_Get"
        case .graph: GraphFace.action(of: request)
        case .metadata, nil: request.path.hasPrefix("/metadata/identity") ? "Identity_Get" : "Metadata_Get"
        }
    }

    func mayChange(_ action: String) -> Bool {
        let verb = action.drop { $0 != "_" }.dropFirst()
        return !["Get", "List", "InstanceView", "CheckExistence", "Result", "Validate"].contains { verb.hasPrefix($0) }
    }

    func answer(_ request: HTTPRequest, world: inout World, at now: Timestamp, chance: () -> UInt64) -> HTTPResponse {
        let moment = Moment(now: now, seed: chance())
        return switch AzureFace.service(of: request) {
        case .tokens: tokens.answer(request, world: world, at: moment)
        case .metadata: metadata.answer(request, at: moment)
        case .graph: graph.answer(request, world: &world, at: moment)
        case .arm, nil: arm.answer(request, world: &world, at: moment)
        }
    }

    func refusal(
        _ code: String, _ message: String, status: Int, to request: HTTPRequest, chance: () -> UInt64
    ) -> HTTPResponse {
        let seed = chance()
        if AzureFace.service(of: request) == .tokens {
            return EntraError(code, message, status: status).response(at: nil, seed)
        }
        var error = ARMError(code, message, status: status)
        if status == 429 { error.retryAfter = 10 }
        return ARMFace.refusal(error, to: request, seed)
    }
}
