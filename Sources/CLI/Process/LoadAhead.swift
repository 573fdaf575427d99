import Setup

/// Has the network loaded for a command that will send for certain: one that waits.
///
/// Before the command line is even understood, for it takes longer than all else that comes before the first request. No
/// thread can be started meanwhile, so the one that waits for signals is there before.
func loadAhead(for arguments: [String]) {
    guard arguments.contains("--wait") else { return }
    var config: String?
    for (index, argument) in arguments.enumerated() {
        if argument.hasPrefix("--config=") { config = String(argument.dropFirst("--config=".count)) }
        if argument == "--config", index + 1 < arguments.count { config = arguments[index + 1] }
    }
    _ = Signals.shared
    loadNetwork(config: config, environment: wholeEnvironment())
}
