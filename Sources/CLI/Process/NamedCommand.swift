import ArgumentParser

/// The command that a command line names, parsed by itself.
///
/// The parser goes down from the root and asks at every level what might be meant, which takes longer than the command
/// that is meant. Nil: it has to, for no command is named, or it was not understood (`--help` is among that), and only
/// from the root does the parser know how to say so.
func namedCommand(_ arguments: [String]) -> (any ParsableCommand)? {
    var command: any ParsableCommand.Type = Muster.self
    var rest = arguments[...]
    while let word = rest.first, let next = command.configuration.subcommands.first(where: { $0._commandName == word })
    {
        command = next
        rest = rest.dropFirst()
    }
    guard command.configuration.subcommands.isEmpty else { return nil }
    return try? command.parse(Array(rest))
}
