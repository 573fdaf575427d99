import Cloud
import Provisioning

/// An emulated cloud: it takes requests as they come over the wire and answers them as the real one would.
///
/// Several emulators, in one process or in many, may share a saved world: they see the same cloud.
package final class Emulator: Sendable {
    private let faces: AWSFaces
    private let keeper: WorldKeeper
    private let surroundings: Surroundings

    /// - Throws: `DamagedWorld` if there is a saved world and it cannot be read.
    package init(settings: EmulatorSettings = .demo, surroundings: Surroundings = .system) throws {
        self.faces = AWSFaces(credentials: settings.credentials)
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
        let action = AWSFaces.action(of: request)
        do {
            return try keeper.use(mayChange: action.map(changing.contains) ?? false) { world in
                answer(request, action: action ?? "", world: &world, at: now)
            }
        } catch {
            // The world could not be read or saved; nothing was done.
            return AWSFaces.refusal(
                .internalError("\(error)"), to: request, EC2Face.requestID(surroundings.random))
        }
    }

    private func answer(
        _ request: HTTPRequest, action: String, world: inout World, at now: Timestamp
    ) -> HTTPResponse? {
        world.advance(to: now, reading: faces.launches, chance: surroundings.random)
        let fault = world.takeFault(on: action)
        switch fault {
        case .loseRequest: return nil
        case .refuse(let code, let message, let status): return refuse(request, code, message, status)
        case .loseReply, .failAfterwards, .failLate, nil: break
        }
        let answer = faces.answer(request, world: &world, at: now, chance: surroundings.random)
        switch fault {
        case .loseReply: return nil
        case .failAfterwards(let code, let message, let status): return refuse(request, code, message, status)
        default: return answer
        }
    }

    private func refuse(_ request: HTTPRequest, _ code: String, _ message: String, _ status: Int) -> HTTPResponse {
        AWSFaces.refusal(
            EC2Error(code, message, status: status), to: request, EC2Face.requestID(surroundings.random))
    }
}

/// The actions that change the world; any other is read only, unless a fault or a rate is counted down by it.
private let changing: Set = [
    "RunInstances", "TerminateInstances", "CreateLaunchTemplate", "CreateLaunchTemplateVersion",
    "DeleteLaunchTemplate", "DeleteLaunchTemplateVersions", "CreateFleet", "ModifyFleet", "DeleteFleets",
    "RequestSpotFleet", "ModifySpotFleetRequest", "CancelSpotFleetRequests", "CreateTags", "DeleteTags",
    "AssumeRole", "AssumeRoleWithWebIdentity", "GetSessionToken",
    "CreateAutoScalingGroup", "UpdateAutoScalingGroup", "DeleteAutoScalingGroup", "SetDesiredCapacity",
    "AttachInstances", "DetachInstances", "TerminateInstanceInAutoScalingGroup", "SetInstanceProtection",
    "SuspendProcesses", "ResumeProcesses", "CreateOrUpdateTags",
]

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
        try keeper.use(mayChange: true) { world in
            let result = try body(&world)
            world.touch()
            return result
        }
    }
}
