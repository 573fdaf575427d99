import Cloud
import Provisioning
import Testing

@Suite(.timeLimit(.minutes(1))) struct CachedCredentialsTests {
    private let start = Timestamp(seconds: 1_000_000)

    /// Gives out numbered credentials, of this lifetime if any, and counts.
    private final class Issuer: Sendable {
        let count = Lock(0)
        let fails = Lock(false)

        func issue(expiresAt: Timestamp?) throws -> AWSCredentials {
            if fails.withLock({ $0 }) { throw NoAnswer() }
            let number = count.withLock { count in
                count += 1
                return count
            }
            return AWSCredentials(
                accessKeyID: "AK\(number)", secretAccessKey: Secret("s"), expiresAt: expiresAt, source: "test")
        }
    }

    private struct NoAnswer: Error {}

    @Test func manyWhoAskAtOnceCauseOneSearch() async throws {
        let issuer = Issuer()
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let source = CachedCredentials(name: "test") {
            for await _ in gate {}
            return try issuer.issue(expiresAt: nil)
        }
        let now = start
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await source.credentials(at: now).accessKeyID } }
            opener.finish()
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids == ["AK1"])
    }

    @Test func theyAreRenewedShortlyBeforeTheyExpire() async throws {
        let issuer = Issuer(), expiry = start + .seconds(3600)
        let source = CachedCredentials(name: "test") { try issuer.issue(expiresAt: expiry) }
        func id(at now: Timestamp) async throws -> String { try await source.credentials(at: now).accessKeyID }
        #expect(try await id(at: start) == "AK1")
        #expect(try await id(at: start + .seconds(3299)) == "AK1")
        #expect(try await id(at: start + .seconds(3301)) == "AK2")
    }

    @Test func whatIsStillGoodServesWhileRenewalFails() async throws {
        let issuer = Issuer(), expiry = start + .seconds(3600)
        let source = CachedCredentials(name: "test") { try issuer.issue(expiresAt: expiry) }
        _ = try await source.credentials(at: start)
        issuer.fails.withLock { $0 = true }
        let late = try await source.credentials(at: start + .seconds(3500))
        #expect(late.accessKeyID == "AK1")
        await #expect(throws: NoAnswer.self) { try await source.credentials(at: start + .seconds(3600)) }
        issuer.fails.withLock { $0 = false }
        let renewed = try await source.credentials(at: start + .seconds(3600))
        #expect(renewed.accessKeyID == "AK2")
    }

    @Test func aHundredWhoAskWhenRenewalIsDueCauseOne() async throws {
        let issuer = Issuer(), expiry = start + .seconds(3600)
        let gate = Lock<AsyncStream<Void>?>(nil)
        let source = CachedCredentials(name: "test") {
            if let gate = gate.withLock({ $0 }) { for await _ in gate {} }
            return try issuer.issue(expiresAt: expiry)
        }
        _ = try await source.credentials(at: start)
        let (closed, opener) = AsyncStream.makeStream(of: Void.self)
        gate.withLock { $0 = closed }
        let late = start + .seconds(3400)
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await source.credentials(at: late).accessKeyID } }
            opener.finish()
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids == ["AK2"])
        #expect(issuer.count.withLock { $0 } == 2)
    }

    @Test func renewalThatBringsNothingBetterIsNotTriedAgainAtOnce() async throws {
        let issuer = Issuer(), expiry = start + .seconds(3600)
        let source = CachedCredentials(name: "test") { try issuer.issue(expiresAt: expiry) }
        func id(after seconds: Int) async throws -> String {
            try await source.credentials(at: start + .seconds(seconds)).accessKeyID
        }
        _ = try await id(after: 0)
        issuer.fails.withLock { $0 = true }
        #expect(try await id(after: 3400) == "AK1")
        issuer.fails.withLock { $0 = false }
        #expect(try await id(after: 3429) == "AK1")
        #expect(try await id(after: 3430) == "AK2")
        // What it brought ends as soon as what there was.
        #expect(try await id(after: 3459) == "AK2")
        #expect(try await id(after: 3460) == "AK3")
    }

    @Test func chanceSpreadsWhenTheyAreRenewed() async throws {
        let issuer = Issuer(), expiry = start + .seconds(3600)
        let source = CachedCredentials(name: "test", random: { 45_000_000 }) { try issuer.issue(expiresAt: expiry) }
        _ = try await source.credentials(at: start)
        #expect(try await source.credentials(at: start + .seconds(3254)).accessKeyID == "AK1")
        #expect(try await source.credentials(at: start + .seconds(3255)).accessKeyID == "AK2")
    }

    @Test func anInvalidationDropsThemAndWhatWasBeingLookedFor() async throws {
        let issuer = Issuer()
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let source = CachedCredentials(name: "test") {
            beginning.yield()
            for await _ in gate {}
            return try issuer.issue(expiresAt: nil)
        }
        let now = start
        let early = Task { try await source.credentials(at: now).accessKeyID }
        for await _ in begun { break }
        source.invalidate()
        opener.finish()
        _ = try await early.value
        _ = try await source.credentials(at: now)
        #expect(issuer.count.withLock { $0 } == 2)
        _ = try await source.credentials(at: now)
        #expect(issuer.count.withLock { $0 } == 2)
    }
}
