import Provisioning
import Store
import Testing

@Suite struct AccountRegisterTests {
    private let database: SQLiteDatabase

    init() throws { database = try SQLiteDatabase.inMemory() }

    private func note(_ place: String) throws -> String? {
        try database.transaction { try AccountRegister($0).note("prod", at: place) }
    }

    private func agrees(_ place: String) throws -> Bool {
        try database.read { try AccountRegister($0).agrees(with: ["prod": place]) }
    }

    @Test func aPlaceIsWrittenDownAtFirstSight() throws {
        #expect(try !agrees("aws eu-west-1"))
        #expect(try note("aws eu-west-1") == nil)
        #expect(try agrees("aws eu-west-1"))
        #expect(try note("aws eu-west-1") == nil)
    }

    @Test func anAccountWithNothingAliveMayMove() throws {
        _ = try note("aws eu-west-1")
        #expect(try note("aws us-east-1") == nil)
        #expect(try agrees("aws us-east-1"))
    }

    @Test(arguments: [Machine.State.planned, .launching, .pending, .running, .terminating])
    func anAccountWithALivingMachineStaysWhereItIs(state: Machine.State) throws {
        _ = try note("aws eu-west-1")
        try database.transaction { sql in
            try RequestRepository(sql).insert(Sample.request())
            try MachineRepository(sql).insert([Sample.machine("mch-1")], cause: "promised")
            try Sample.bring("mch-1", to: state, sql)
        }
        #expect(try note("aws us-east-1") == "aws eu-west-1")
        #expect(try agrees("aws eu-west-1"))
    }
}
