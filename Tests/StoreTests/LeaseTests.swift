import Provisioning
import Store
import Testing

/// On one file through two connections, as two agents have it.
@Suite struct LeaseTests {
    private let folder: ScratchFolder
    private let one: SQLiteDatabase
    private let two: SQLiteDatabase

    init() throws {
        folder = try ScratchFolder()
        one = try SQLiteDatabase(path: folder.file("ledger.sqlite"))
        two = try SQLiteDatabase(path: folder.file("ledger.sqlite"))
        try one.transaction { try RequestRepository($0).insert(Sample.request()) }
    }

    private func candidate(_ database: SQLiteDatabase, at second: Int = 0) throws -> Lease.Candidate {
        try #require(try database.read { try RequestRepository($0).due(at: Sample.start + .seconds(second)) }.first)
    }

    private func take(
        _ candidate: Lease.Candidate, for owner: String, in database: SQLiteDatabase, at second: Int = 0,
        gone: Set<String> = []
    ) throws -> Lease? {
        try database.transaction {
            try Leases($0).take(
                candidate, for: owner, at: Sample.start + .seconds(second), lasting: .seconds(90),
                isGone: gone.contains)
        }
    }

    private func holds(_ lease: Lease, in database: SQLiteDatabase) throws -> Bool {
        try database.read { try Leases($0).holds(lease) }
    }

    @Test func aRequestIsTakenByTheFirstWhoAsks() throws {
        let seenByOne = try candidate(one), seenByTwo = try candidate(two)
        let lease = try #require(try take(seenByOne, for: "one", in: one))
        #expect(lease.until == Sample.start + .seconds(90))
        #expect(try take(seenByTwo, for: "two", in: two) == nil)
        #expect(try holds(lease, in: two))
    }

    @Test func aLeaseIsSeenByEverybody() throws {
        _ = try take(candidate(one), for: "one", in: one)
        #expect(
            try candidate(two)
                == .init(request: "req-one", owner: "one", until: Sample.start + .seconds(90)))
    }

    @Test func aLeaseThatHoldsIsNotTakenOver() throws {
        let lease = try #require(try take(candidate(one), for: "one", in: one))
        #expect(try take(candidate(two), for: "two", in: two, at: 89) == nil)
        #expect(try holds(lease, in: one))
    }

    @Test func aLeaseThatIsOverIsTakenOver() throws {
        let old = try #require(try take(candidate(one), for: "one", in: one))
        let new = try #require(try take(candidate(two), for: "two", in: two, at: 90))
        #expect(new.until == Sample.start + .seconds(180))
        #expect(try !holds(old, in: one))
        #expect(try holds(new, in: one))
    }

    @Test func theLeaseOfAnOwnerWhoIsGoneIsTakenOverAtOnce() throws {
        let old = try #require(try take(candidate(one), for: "one", in: one))
        #expect(try take(candidate(two), for: "two", in: two, at: 1, gone: ["somebody else"]) == nil)
        #expect(try take(candidate(two), for: "two", in: two, at: 1, gone: ["one"]) != nil)
        #expect(try !holds(old, in: one))
    }

    @Test func oneOfTwoTakesOverWhatBothFoundAbandoned() throws {
        _ = try take(candidate(one), for: "gone", in: one)
        let seenByOne = try candidate(one), seenByTwo = try candidate(two)
        #expect(try take(seenByOne, for: "one", in: one, at: 1, gone: ["gone"]) != nil)
        #expect(try take(seenByTwo, for: "two", in: two, at: 1, gone: ["gone"]) == nil)
    }

    /// Seen before the renewal, it seems to be over; taking it must not go by what was seen.
    @Test func aLeaseRenewedAfterItWasSeenIsNotTakenOver() throws {
        var mine = try #require(try take(candidate(one), for: "one", in: one))
        let seen = try candidate(two)
        let renewed = try one.transaction { sql in
            try Leases(sql).renew(&mine, at: Sample.start + .seconds(60), lasting: .seconds(90))
        }
        #expect(renewed)
        #expect(try take(seen, for: "two", in: two, at: 91) == nil)
        #expect(try holds(mine, in: one))
    }

    @Test func aLeaseIsRenewedByItsHolderOnly() throws {
        var mine = try #require(try take(candidate(one), for: "one", in: one))
        let renewed = try one.transaction { sql in
            try Leases(sql).renew(&mine, at: Sample.start + .seconds(30), lasting: .seconds(90))
        }
        #expect(renewed)
        #expect(mine.until == Sample.start + .seconds(120))
        #expect(try holds(mine, in: two))

        _ = try #require(try take(candidate(two), for: "two", in: two, at: 120))
        let again = try one.transaction { sql in
            try Leases(sql).renew(&mine, at: Sample.start + .seconds(121), lasting: .seconds(90))
        }
        #expect(!again)
        #expect(mine.until == Sample.start + .seconds(120))
    }

    /// The same owner may take a request anew; what its earlier pass held is not what it holds now.
    @Test func anEarlierLeaseOfTheSameOwnerIsNoLongerHeld() throws {
        var old = try #require(try take(candidate(one), for: "one", in: one))
        let new = try #require(try take(candidate(one), for: "one", in: one, at: 90))
        #expect(try !holds(old, in: one))
        #expect(try holds(new, in: one))
        #expect(try !one.transaction { try Leases($0).renew(&old, at: Sample.start, lasting: .seconds(90)) })
    }

    @Test func aLeaseGivenUpIsFree() throws {
        let lease = try #require(try take(candidate(one), for: "one", in: one))
        try one.transaction { try Leases($0).release(lease) }
        #expect(try candidate(two) == .init(request: "req-one", owner: nil, until: nil))
        #expect(try take(candidate(two), for: "two", in: two, at: 1) != nil)
    }

    @Test func nobodyGivesUpTheLeaseOfAnother() throws {
        let old = try #require(try take(candidate(one), for: "one", in: one))
        let new = try #require(try take(candidate(two), for: "two", in: two, at: 90))
        try one.transaction { try Leases($0).release(old) }
        #expect(try holds(new, in: two))
    }

    @Test func aSettledRequestIsTakenByNobody() throws {
        let seen = try candidate(one)
        try one.transaction { sql in
            var request = Sample.request()
            request.state = .failed
            try RequestRepository(sql).update(request, was: .open, at: Sample.start, cause: "over")
        }
        #expect(try take(seen, for: "one", in: one) == nil)
    }

    @Test func ofManyWhoAskAtOnceOneIsAnswered() async throws {
        let seen = try candidate(one), path = folder.file("ledger.sqlite")
        let taken = try await withThrowingTaskGroup(of: Lease?.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try self.take(seen, for: "agent-\(number)", in: SQLiteDatabase(path: path))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(taken.count { $0 != nil } == 1)
    }
}
