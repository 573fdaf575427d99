import ArgumentParser
import Provisioning

/// The noun or verb that a command line most likely meant, where it names none that there is.
struct MistypedCommand {
    /// "did you mean `create`?"
    let hint: String

    /// Nil: every noun and verb is known, or nothing is close.
    init?(in arguments: [String]) {
        var command: any ParsableCommand.Type = Muster.self
        for argument in arguments where !argument.hasPrefix("-") {
            let subcommands = command.configuration.subcommands
            if subcommands.isEmpty { return nil }
            guard let next = subcommands.first(where: { $0._commandName == argument }) else {
                guard let hint = didYouMean(argument, among: subcommands.map { $0._commandName }) else { return nil }
                self.hint = hint
                return
            }
            command = next
        }
        return nil
    }
}
