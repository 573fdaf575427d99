import Provisioning

/// Who asks for something, of which project, and when.
package struct GCPCaller: Sendable {
    package var project: String
    package var user: String
    package var requestID: String?
    package var now: Timestamp

    package init(project: String, user: String, requestID: String? = nil, now: Timestamp) {
        self.project = project
        self.user = user
        self.requestID = requestID
        self.now = now
    }

    func path(_ rest: String) -> String { "projects/\(project)/\(rest)" }
}

extension World {
    /// Writes down that something was begun; it is done when the time has come.
    @discardableResult
    mutating func begin(
        _ type: String, in place: GCPPlace, target: String?, id: UInt64?, by caller: GCPCaller,
        taking duration: Duration, group: String? = nil, error: GCPProblem? = nil, isAnswer: Bool = true,
        chance: () -> UInt64
    ) -> GCPOperation {
        let number = google.freshID(chance)
        let mark = hex((0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
        var operation = GCPOperation(
            id: number,
            name: "operation-\(caller.now.microseconds / 1000)-\(mark.prefix(13))-\(mark.prefix(8))-\(mark.suffix(8))",
            place: place, type: type, target: target, targetID: id, user: caller.user,
            clientID: isAnswer ? caller.requestID : nil, groupID: group, insertedAt: caller.now,
            startsAt: caller.now + duration / 20, endsAt: caller.now + duration)
        if let error { operation.errors = [error] }
        keep(operation, for: caller, isAnswer: isAnswer)
        return operation
    }

    mutating func keep(_ operation: GCPOperation, for caller: GCPCaller, isAnswer: Bool = false) {
        if isAnswer, google.projects[caller.project, default: GCPProject()].operations.count % 1_000 == 999 {
            google.projects[caller.project]?.forget(at: caller.now)
        }
        google.projects[caller.project, default: GCPProject()].operations[operation.key] = operation
        if isAnswer, let id = caller.requestID {
            google.projects[caller.project, default: GCPProject()].requests[id] = operation.key
        }
        touch()
    }

    /// What a call answered that came by the same number before.
    package func replay(_ caller: GCPCaller) -> GCPOperation? {
        guard let id = caller.requestID else { return nil }
        let project = project(caller.project)
        return project.requests[id].flatMap { project.operations[$0] }
    }

    /// How long it takes to change what is only written down.
    var googleReaction: Duration { .seconds(conditions.bootSeconds / 20) }
}
