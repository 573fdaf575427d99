/// What comes next for a return.
extension Planner {
    mutating func planReturn() {
        fail(machines(.planned), Failure(.returned, "it was given back before it was launched"))
        terminate(machines(.pending, .running), nil)
        // A machine still launching is waited for: first its intent closes, then it is terminated.
        if !machines(.launching).isEmpty { wake(by: now + .milliseconds(200)) }
        if plan.steps.isEmpty, snapshot.intents.isEmpty, snapshot.machines.allSatisfy(\.state.isFinal) {
            plan.steps.append(.settle(.fulfilled))
        }
    }
}
