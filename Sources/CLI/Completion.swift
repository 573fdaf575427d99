import ArgumentParser

struct Completion: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a script that completes commands in a shell.",
        discussion: """
            EXAMPLES:
              muster completion bash > ~/.local/share/bash-completion/completions/muster
              muster completion zsh > ~/.zfunc/_muster
              muster completion fish > ~/.config/fish/completions/muster.fish
            """)

    enum Shell: String, CaseIterable, ExpressibleByArgument { case bash, zsh, fish }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() throws {
        let shell: CompletionShell =
            switch self.shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        try writeOutput(Muster.completionScript(for: shell) + "\n")
    }
}
