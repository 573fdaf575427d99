import Engine
import Provisioning

extension OutputOptions {
    /// Shows an accepted request: at once, or once it has settled.
    ///
    /// - Throws: `NotReached` where it settled as something else than was asked for, or cannot settle; what is
    ///   known of it is shown even so.
    func follow(_ accepted: RequestReport, of agent: Agent, waiting: Bool) throws {
        let id = accepted.request.id
        guard waiting else {
            do { try show(accepted.view) } catch {
                // It is stored, whatever became of the output: whoever asked must be able to find it.
                advise("the \(accepted.request.noun) is stored as \(id)")
                throw error
            }
            if !accepted.request.isSettled {
                advise(
                    "`muster request show \(id) --wait` follows it, and any later command or `muster agent run` carries it on"
                )
            }
            return
        }
        let settled: RequestReport
        do {
            settled = try settle(accepted, agent)
        } catch let stuck as Stuck {
            try show(stuck.report.view)
            throw stuck
        } catch let interrupted as Interrupted {
            StandardError.shared.write(Follow.farewell(accepted.request))
            throw interrupted
        }
        try show(settled.view)
        if let failure = NotReached(settled) { throw failure }
    }

    private func settle(_ accepted: RequestReport, _ agent: Agent) throws -> RequestReport {
        let progress = Progress(StandardError.shared)
        return try interruptible {
            let pulse = progress.isLive ? Task(executorPreference: TaskHome.executor, operation: progress.tick) : nil
            defer {
                pulse?.cancel()
                progress.end()
            }
            return try await agent.settle(accepted.request.id) { progress.hear($0) }
        }
    }
}

enum Follow {
    /// What to know after an interruption: nothing was lost.
    static func farewell(_ request: Request) -> String {
        let id = request.id
        let carryOn = "carry on with `muster request show \(id) --wait`"
        let end = request.noun == "return" ? "" : ", or end it with `muster request cancel \(id)`"
        return "stopped waiting; \(request.noun) \(id) stays open\nhint: \(carryOn)\(end)\n"
    }
}
