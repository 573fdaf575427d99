import ArgumentParser
import Glibc

/// The command line: noun, then verb.
@main
struct Muster: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "muster",
        abstract: "Request machines from templates, track them, and give them back.",
        discussion: """
            A request is a promise that is kept: from the moment it is accepted there are never more machines than \
            asked for, and none without an owner.

            EXAMPLES:
              muster template list
              muster request create cpu-small 5 --dry-run
              muster request create cpu-small 5 --wait
              muster machine list
              muster machine return --request req-06fz3k9q2m7w1c4d --wait
            """,
        version: version,
        subcommands: [
            TemplateCommands.self, RequestCommands.self, MachineCommands.self, ProviderCommands.self,
            ConfigCommands.self, Doctor.self, AgentCommands.self, EmulatorCommands.self, Completion.self,
        ])

    static let version = "0.1.0"
    static let _errorPrefix = "error: "

    static func main() {
        takePrecautions()
        let arguments = Array(CommandLine.arguments.dropFirst())
        // Made before any file is read: it tells which of them changed since.
        let standardError = StandardError.shared
        let ending = run(arguments)
        standardError.write(ending.text)
        // Not by exit(3): libraries would be torn down, perhaps while a thread is still loading some. Nothing of ours
        // waits for the end of the process: what is written is written at once.
        _exit(ending.code)
    }

    /// Parses and runs one command line.
    static func run(_ arguments: [String]) -> Ending {
        var command: any ParsableCommand
        do {
            command = try plainCommand(arguments) ?? namedCommand(arguments) ?? parseAsRoot(arguments)
        } catch {
            let ending = asked(for: error)
            guard ending.code != 0, let mistyped = MistypedCommand(in: arguments) else { return ending }
            return Ending(code: ending.code, text: "\(ending.text)hint: \(mistyped.hint)\n")
        }
        do {
            try command.run()
            return Ending(code: 0, text: "")
        } catch {
            // A noun without a verb only tells its verbs, and that was not asked for.
            if !type(of: command).configuration.subcommands.isEmpty { return wrongUsage(error) }
            return exitCode(for: error) == .success ? asked(for: error) : failed(error)
        }
    }

    private static func failed(_ error: any Error) -> Ending {
        Ending(error, ink: StandardError.shared.ink, sources: StandardError.shared.sources)
    }

    /// Help and version are data where they were asked for; all else the parser says is about wrong usage.
    private static func asked(for message: any Error) -> Ending {
        guard exitCode(for: message) == .success else { return wrongUsage(message) }
        do {
            try writeOutput(fullMessage(for: message) + "\n")
            return Ending(code: 0, text: "")
        } catch {
            return Ending(error)
        }
    }

    private static func wrongUsage(_ message: any Error) -> Ending {
        Ending(code: 2, text: fullMessage(for: message) + "\n")
    }
}
