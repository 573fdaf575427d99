import ArgumentParser
import Engine
import Logging
import Provisioning
import Setup

/// The options of every command that looks at the settings.
struct HouseOptions: ParsableArguments {
    @Option(
        help: "Read the site's settings from this file (or MUSTER_CONFIG).", completion: .file(extensions: ["yaml"]))
    var config: String?

    @Option(help: "Keep the ledger in this folder (or MUSTER_STATE_DIR).", completion: .directory)
    var stateDir: String?

    @Option(
        help: "Read templates from this folder (or MUSTER_TEMPLATES); may be repeated, the last one wins.",
        completion: .directory)
    var templates: [String] = []

    @Flag(name: .shortAndLong, help: "Tell on standard error what is decided and done.")
    var verbose = false
}

extension HouseOptions {
    private var flags: SettingFlags {
        SettingFlags(config: config, stateDirectory: stateDir, templates: templates)
    }

    func settings() throws -> Settings { try Settings.read(flags, environment: wholeEnvironment()) }

    /// What a person must know comes with the outcome; what is logged on the way is for those who ask.
    func house(telling level: Logger.Level = .error) throws -> House { try openHouse(flags, log: log(level)) }

    /// The agent, for a command that will send for certain if it waits.
    func agent(waiting: Bool) throws -> Agent {
        let house = try house()
        if waiting {
            // Its thread, before none can be started for a while.
            _ = Signals.shared
            house.loadAhead()
        }
        return try house.agent()
    }

    func log(_ level: Logger.Level) -> Logger { makeLog(verbose ? .debug : level) }

    /// The agent, once it has carried on what was promised earlier and is due: without a daemon that is how
    /// promises are kept.
    func agentCaughtUp() throws -> Agent {
        let agent = try house().agent()
        try blocking { try await agent.carryOn() }
        return agent
    }
}

/// The house; neither its ledger nor any network is touched yet.
func openHouse(_ flags: SettingFlags, log: Logger = makeLog(.error)) throws -> House {
    let environment = wholeEnvironment()
    return House(
        try Settings.read(flags, environment: environment), environment: environment, surroundings: .ofCommands,
        log: log)
}

extension Surroundings {
    /// The system's, and the main thread's sleep for what runs there.
    fileprivate static let ofCommands: Surroundings = {
        var surroundings = Surroundings.system
        surroundings.sleep = { duration in
            if TaskHome.executor == nil { return try await Task.sleep(for: duration) }
            try await MainThread.executor.sleep(for: duration)
        }
        return surroundings
    }()
}

func makeLog(_ level: Logger.Level) -> Logger { Logger(label: "muster") { _ in LogLines(level: level) } }

/// The options of every command that shows something.
struct OutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "Show it as a table, json, yaml, or ids, one a line.")
    var output: OutputFormat = .table

    func show(_ view: View) throws { try writeOutput(output.text(of: view)) }

    /// Says before anything is done that ids cannot be shown.
    func rejectIDs() throws {
        if output == .ids { _ = try output.text(of: View("", value: { .null }, ids: nil, blocks: { [] })) }
    }
}

/// A piece of advice for whoever reads the terminal.
func advise(_ advice: String) { StandardError.shared.write("hint: \(advice)\n") }

/// Something to know that is no error.
func warn(_ diagnostics: [Diagnostic]) {
    let error = StandardError.shared
    error.write(DiagnosticText.text(diagnostics, ink: error.ink, sources: error.sources))
}
