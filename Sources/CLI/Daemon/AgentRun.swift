import ArgumentParser
import Glibc
import Provisioning

struct AgentRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Keep promises until told to stop.",
        discussion: """
            SIGTERM and SIGINT stop it once the calls under way have ended. It logs to standard error. Commands \
            beside it, and other agents on the same state folder, are safe.

            EXAMPLE:
              muster agent run --state-dir /var/lib/muster
            """)

    @OptionGroup var options: HouseOptions

    func run() throws {
        // Before anything starts a thread.
        let signals = Signals()
        let house = try options.house(telling: .info)
        let log = options.log(.info)
        let agent = try house.agent()
        log.info("agent started", metadata: ["state.directory": "\(house.settings.stateDirectory)"])
        try serving {
            async let _: Void = house.watchCatalog()
            // Leaving this cancels it.
            try await agent.run(until: { signals.arrived != nil })
        }
        log.info("agent stopped")
    }
}
