import Cloud
import Provisioning

/// The door to an emulator in the same process, and to whatever a network may do to a request.
package final class EmulatorTransport: Transport {
    private struct State {
        var faults: NetworkFaults
        var actions: [String] = []
    }

    private let emulator: Emulator
    private let state: Lock<State>

    package init(_ emulator: Emulator, faults: NetworkFaults = NetworkFaults()) {
        self.emulator = emulator
        self.state = Lock(State(faults: faults))
    }

    /// How many requests were to be sent so far.
    package var crossings: Int { state.withLock(\.actions.count) }

    /// What they asked for, in their order.
    package var actions: [String] { state.withLock(\.actions) }

    package func change(_ body: (inout NetworkFaults) -> Void) {
        state.withLock { body(&$0.faults) }
    }

    package func send(_ request: HTTPRequest, within deadline: Duration) async throws(TransportError) -> HTTPResponse {
        if Task.isCancelled { throw .unsent("the task was cancelled") }
        let action = emulator.action(of: request) ?? ""
        let (number, faults) = state.withLock { state in
            state.actions.append(action)
            return (state.actions.count, state.faults)
        }
        try run(faults.beforeSend, number)
        if faults.unsent.contains(number) { throw .unsent("request \(number) was refused a connection") }
        if faults.lostRequests.contains(number) { throw .unknown("request \(number) was lost") }
        let response = emulator.exchange(request)
        try run(faults.afterEffect, number)
        guard let response, !faults.lostReplies.contains(number) else { throw .unknown("reply \(number) was lost") }
        return response
    }

    private func run(_ hook: NetworkFaults.Hook?, _ number: Int) throws(TransportError) {
        do {
            try hook?(number)
        } catch let error as TransportError {
            throw error
        } catch {
            throw .unknown("\(error)")
        }
    }
}

/// What a network does to requests, each known by its number, counted from 1.
package struct NetworkFaults: Sendable {
    package typealias Hook = @Sendable (_ number: Int) throws -> Void

    /// They do not even leave.
    package var unsent: Set<Int> = []
    /// They leave, and do not arrive.
    package var lostRequests: Set<Int> = []
    /// They arrive and take effect, and nobody hears of it.
    package var lostReplies: Set<Int> = []
    /// Called when a request is about to leave. Throwing keeps it here, with an unknown outcome unless the error says
    /// otherwise: a test makes its process die here.
    package var beforeSend: Hook?
    /// Called when the cloud has acted and its reply is on the way; throwing loses the reply.
    package var afterEffect: Hook?

    package init() {}
}
