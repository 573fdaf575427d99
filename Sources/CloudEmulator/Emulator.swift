import Cloud
import Provisioning

/// An emulated cloud: it takes requests as they come over the wire and answers them as the real one would.
///
/// Several emulators, in one process or in many, may share a saved world: they see the same cloud.
package final class Emulator: Sendable {
    private let aws: AWSFaces
    /// Each has its own paths; whatever none of them claims is for AWS.
    private let others: [any CloudFace]
    private let keeper: WorldKeeper
    private let surroundings: Surroundings

    /// - Throws: `DamagedWorld` if there is a saved world and it cannot be read.
    package init(settings: EmulatorSettings = .demo, surroundings: Surroundings = .system) throws {
        self.aws = AWSFaces(credentials: settings.credentials)
        self.others = [AzureFace(settings.azure), GCPFaces(settings.google)]
        self.keeper = try WorldKeeper(file: settings.worldFile.map(WorldFile.init), conditions: settings.conditions)
        self.surroundings = surroundings
    }

    /// Answers one request. What a fault swallowed is answered as a gateway would that waited in vain: 504, no body.
    package func handle(_ request: HTTPRequest) -> HTTPResponse {
        exchange(request) ?? HTTPResponse(status: 504)
    }

    /// Answers one request; nil: the request or its reply was lost on the way.
    package func exchange(_ request: HTTPRequest) -> HTTPResponse? {
        let now = surroundings.now()
        let face = face(for: request)
        let action = face.action(of: request)
        do {
            return try keeper.use(mayChange: action.map(face.mayChange) ?? false) { world in
                answer(request, by: face, action: action ?? "", world: &world, at: now)
            }
        } catch {
            // The world could not be read or saved; nothing was done.
            return face.refusal(
                "InternalError", "\(error)", status: 500, to: request, chance: surroundings.random)
        }
    }

    /// The action a request names, as far as can be told before it is proved and checked.
    func action(of request: HTTPRequest) -> String? { face(for: request).action(of: request) }

    private func face(for request: HTTPRequest) -> any CloudFace {
        others.first { $0.claims(request) } ?? aws
    }

    private func answer(
        _ request: HTTPRequest, by face: any CloudFace, action: String, world: inout World, at now: Timestamp
    ) -> HTTPResponse? {
        func refusal(_ code: String, _ message: String, _ status: Int) -> HTTPResponse {
            face.refusal(code, message, status: status, to: request, chance: surroundings.random)
        }
        world.advance(to: now, reading: aws.launches, chance: surroundings.random)
        let fault = world.takeFault(on: action)
        switch fault {
        case .loseRequest: return nil
        case .refuse(let code, let message, let status): return refusal(code, message, status)
        case .loseReply, .failAfterwards, .failLate, nil: break
        }
        let answer = face.answer(request, world: &world, at: now, chance: surroundings.random)
        switch fault {
        case .loseReply: return nil
        case .failAfterwards(let code, let message, let status): return refusal(code, message, status)
        default: return answer
        }
    }
}

// MARK: - Looking in, and having a hand in it

extension Emulator {
    /// The world as it is now.
    package func world() throws -> World {
        try keeper.use(mayChange: false) { $0 }
    }

    /// Changes what no caller of the cloud could: its limits, its faults, its spot market.
    ///
    /// Conditions changed here last as long as this emulator.
    package func change<Result>(_ body: (inout World) throws -> Result) throws -> Result {
        try keeper.use(mayChange: true, wholly: true) { world in
            let result = try body(&world)
            world.touch()
            return result
        }
    }
}
