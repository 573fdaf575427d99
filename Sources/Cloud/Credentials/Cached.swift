import Provisioning

/// Keeps credentials until they are about to expire; however many ask at once, they are looked up once.
package final class Cached<Held: Credential>: Sendable {
    /// Renewed this long before they expire, so that no request is on its way with old ones.
    package static var renewal: Duration { .seconds(5 * 60) }
    /// And earlier by up to so much, as chance has it: agents that began together do not all ask at once.
    package static var spread: Duration { .seconds(60) }
    /// After a renewal that brought nothing better, what is still good serves for so long before the next.
    package static var pause: Duration { .seconds(30) }

    package let name: String
    private let random: (@Sendable () -> UInt64)?
    private let lookUp: @Sendable () async throws -> Held
    private let state = Lock(State())

    private struct State {
        var current: Held?
        /// Nil: the current ones never expire.
        var renewAt: Timestamp?
        var search: Search?
        /// Counts invalidations: what a search begun before one brings is not kept.
        var generation = 0

        mutating func next(
            at now: Timestamp, _ lookUp: @escaping @Sendable () async throws -> Held
        ) -> Next {
            if let current, current.isGood(at: now), renewAt.map({ now < $0 }) ?? true { return .have(current) }
            if let search, search.generation == generation { return .wait(search, current) }
            // Its own task: one caller that gives up must not end it for the others.
            let begun = Search(
                task: Task(executorPreference: TaskHome.executor) { try await lookUp() }, generation: generation)
            search = begun
            return .wait(begun, current)
        }

        mutating func end(_ ended: Search, with found: Held?, at now: Timestamp, early: Duration) {
            // Of all who waited, the first one to come here speaks for them.
            guard search?.task == ended.task else { return }
            search = nil
            guard ended.generation == generation else { return }
            if let found { current = found }
            renewAt = current?.expiresAt.map { max($0 + (.zero - early), now + Cached.pause) }
        }
    }

    private struct Search {
        let task: Task<Held, any Error>
        let generation: Int
    }

    private enum Next {
        case have(Held)
        /// With what may be used if the search fails.
        case wait(Search, Held?)
    }

    /// - Parameter random: chance, for the spread; nil: all renew at the last moment.
    package init(
        name: String, random: (@Sendable () -> UInt64)? = nil,
        lookUp: @escaping @Sendable () async throws -> Held
    ) {
        self.name = name
        self.random = random
        self.lookUp = lookUp
    }

    package func current(at now: Timestamp) async throws -> Held {
        switch state.withLock({ $0.next(at: now, lookUp) }) {
        case .have(let current): return current
        case .wait(let search, let current):
            let early = Cached.renewal + spread
            do {
                let found = try await search.task.value
                state.withLock { $0.end(search, with: found, at: now, early: early) }
                return found
            } catch {
                state.withLock { $0.end(search, with: nil, at: now, early: early) }
                // Renewal came early on purpose: what is still good may be used until it is not.
                if let current, current.isGood(at: now) { return current }
                throw error
            }
        }
    }

    private var spread: Duration {
        let whole = UInt64(Cached.spread.wholeMicroseconds)
        return .microseconds(random.map { Int64($0() % whole) } ?? 0)
    }

    package func invalidate() {
        state.withLock { state in
            state.current = nil
            state.generation += 1
        }
    }
}

/// Keys for AWS, kept so.
package typealias CachedCredentials = Cached<AWSCredentials>

extension Cached: CredentialSource where Held == AWSCredentials {
    package func credentials(at now: Timestamp) async throws -> AWSCredentials { try await current(at: now) }
}

/// A bearer token, kept so.
package typealias CachedToken = Cached<BearerToken>

extension Cached: TokenSource where Held == BearerToken {
    package func token(at now: Timestamp) async throws -> BearerToken { try await current(at: now) }
}
