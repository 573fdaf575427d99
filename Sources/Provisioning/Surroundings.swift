/// Two of the four doors that lead outside: time and chance.
///
/// Everything that needs a clock or a random number is handed one of these; whoever holds it can
/// replay any day. The other two doors, database and network, are `Database` and `Transport`.
package struct Surroundings: Sendable {
    package var now: @Sendable () -> Timestamp
    package var sleep: @Sendable (Duration) async throws -> Void
    package var random: @Sendable () -> UInt64

    package init(
        now: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.now = now
        self.sleep = sleep
        self.random = random
    }

    /// The system's clock and generator.
    package static let system = Surroundings(
        now: { .systemClock() },
        sleep: { try await Task.sleep(for: $0) },
        random: { UInt64.random(in: .min ... .max) })
}
