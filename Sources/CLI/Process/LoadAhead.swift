import Setup

/// Has the network loaded for a command that will send for certain: one that waits.
///
/// Before the command line is even understood, for it takes longer than all else that comes before the first request. The
/// first task of a process looks up a symbol, which waits while libraries are loaded: so that one is started, and over,
/// before.
func loadAhead(for arguments: [String]) {
    guard arguments.contains("--wait") else { return }
    var config: String?
    for (index, argument) in arguments.enumerated() {
        if argument.hasPrefix("--config=") { config = String(argument.dropFirst("--config=".count)) }
        if argument == "--config", index + 1 < arguments.count { config = arguments[index + 1] }
    }
    Task.detached {}
    loadNetwork(config: config, environment: wholeEnvironment())
}
