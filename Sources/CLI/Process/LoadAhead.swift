import Setup

/// Has the network loaded for a command that will send for certain: one that waits.
///
/// Before the command line is even understood, for while libraries are loaded no thread can be started, and whoever wants
/// one waits; so that it had better be over when the first is wanted.
func loadAhead(for arguments: [String]) {
    guard arguments.contains("--wait") else { return }
    var config: String?
    for (index, argument) in arguments.enumerated() {
        if argument.hasPrefix("--config=") { config = String(argument.dropFirst("--config=".count)) }
        if argument == "--config", index + 1 < arguments.count { config = arguments[index + 1] }
    }
    loadNetwork(config: config, environment: wholeEnvironment())
}
