import Provisioning

/// Keeps credentials until they are about to expire; however many ask at once, they are looked up once.
package final class CachedCredentials: CredentialSource {
    /// Renewed this long before they expire, so that no request is on its way with old ones.
    package static let renewal: Duration = .seconds(5 * 60)

    package let name: String
    private let lookUp: @Sendable () async throws -> AWSCredentials
    private let state = Lock(State())

    private struct State {
        var current: AWSCredentials?
        var search: Search?
        /// Counts invalidations: what a search begun before one brings is not kept.
        var generation = 0

        mutating func next(
            at now: Timestamp, _ lookUp: @escaping @Sendable () async throws -> AWSCredentials
        ) -> Next {
            if let current, current.isGood(at: now + CachedCredentials.renewal) { return .have(current) }
            if let search, search.generation == generation { return .wait(search, current) }
            // Its own task: one caller that gives up must not end it for the others.
            let begun = Search(task: Task { try await lookUp() }, generation: generation)
            search = begun
            return .wait(begun, current)
        }

        mutating func end(_ ended: Search, with found: AWSCredentials?) {
            if let found, ended.generation == generation { current = found }
            if search?.task == ended.task { search = nil }
        }
    }

    private struct Search {
        let task: Task<AWSCredentials, any Error>
        let generation: Int
    }

    private enum Next {
        case have(AWSCredentials)
        /// With what may be used if the search fails.
        case wait(Search, AWSCredentials?)
    }

    package init(name: String, lookUp: @escaping @Sendable () async throws -> AWSCredentials) {
        self.name = name
        self.lookUp = lookUp
    }

    package func credentials(at now: Timestamp) async throws -> AWSCredentials {
        switch state.withLock({ $0.next(at: now, lookUp) }) {
        case .have(let current): return current
        case .wait(let search, let current):
            do {
                let found = try await search.task.value
                state.withLock { $0.end(search, with: found) }
                return found
            } catch {
                state.withLock { $0.end(search, with: nil) }
                // Renewal came early on purpose: what is still good may be used until it is not.
                if let current, current.isGood(at: now) { return current }
                throw error
            }
        }
    }

    package func invalidate() {
        state.withLock { state in
            state.current = nil
            state.generation += 1
        }
    }
}

extension AWSCredentials {
    package func isGood(at moment: Timestamp) -> Bool { expiresAt.map { $0 > moment } ?? true }
}
