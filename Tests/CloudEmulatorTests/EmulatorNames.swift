import CloudEmulator

// Strategies and the emulator each have a JSON value of their own, so that they cannot share a mistake. These tests
// speak as the emulator does.
typealias JSONValue = CloudEmulator.JSONValue
