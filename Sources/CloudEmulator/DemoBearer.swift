import Cloud

extension EmulatorSettings {
    /// A bearer token that every emulated cloud which takes one accepts for ever: an emulated account in the same
    /// process shows it, instead of asking for one. It is public and opens nothing else.
    package static let demoBearer = Secret("demo-bearer-token-that-opens-nothing")
}
