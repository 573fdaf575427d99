import Catalog
import Cloud
import Logging
import Provisioning
import Store

/// All that a face can ask: one agent behind the command line, the daemon and every other door.
///
/// A front end never provisions. `accept`, `giveBack` and `cancel` write a promise and return; the loop
/// (`settle`, `run`) keeps promises, whoever wrote them.
package struct Agent: Sendable {
    package let catalog: TemplateCatalog
    package let accounts: [AccountName: Account]
    let database: any Database
    let surroundings: Surroundings
    let presence: any AgentPresence
    let owner: OwnerMark
    let log: Logger
    let observers: [AccountName: Observer]
    let typeLists: TypeLists
    /// The requests that this process has a pass on.
    let underWay = Lock<Set<Request.ID>>([])

    /// - Parameter typeLists: what is known of the machine types that clouds have; nil: nothing yet.
    package init(
        catalog: TemplateCatalog, accounts: [Account], database: any Database, surroundings: Surroundings,
        presence: any AgentPresence, owner: OwnerMark, log: Logger, typeLists: TypeLists? = nil
    ) {
        self.catalog = catalog
        self.accounts = Dictionary(uniqueKeysWithValues: accounts.map { ($0.name, $0) })
        self.database = database
        self.surroundings = surroundings
        self.presence = presence
        self.owner = owner
        self.log = log
        self.typeLists = typeLists ?? TypeLists(files: nil, now: surroundings.now)
        self.observers = self.accounts.mapValues { Observer(account: $0, surroundings: surroundings) }
    }
}

/// Who we are in leases, and whether another holder of one is still alive.
package protocol AgentPresence: Sendable {
    var owner: String { get }
    func isGone(_ other: String) -> Bool
}

extension Presence: AgentPresence {}

extension Agent {
    // MARK: - Reading the ledger

    /// Newest first.
    package func requests(in state: Request.State? = nil) throws -> [RequestReport] {
        try database.read { sql in
            try RequestRepository(sql).requests(in: state).map { try report($0, sql) }
        }
    }

    /// - Throws: `Rejected` if there is none of that name.
    package func request(_ id: Request.ID) throws -> RequestReport {
        try database.read { sql in try report(known(id, sql), sql) }
    }

    /// Sorted by id, which is by age.
    package func machines(of request: Request.ID? = nil, in state: Machine.State? = nil) throws -> [Machine] {
        try database.read { sql in
            guard let request else { return try MachineRepository(sql).machines(in: state) }
            return try machines(of: known(request, sql), sql).filter { state == nil || $0.state == state }
        }
    }

    /// - Throws: `Rejected` if there is none of that name.
    package func machine(_ id: Machine.ID) throws -> Machine {
        guard let machine = try database.read({ try MachineRepository($0).machine(id) }) else {
            throw Rejected(Agent.unknown(id))
        }
        return machine
    }

    /// What happened to a request and its machines, oldest first.
    package func explain(_ id: Request.ID) throws -> [History.Event] {
        try database.read { sql in try History(sql).events(of: known(id, sql).id) }
    }

    // MARK: - Parts

    func known(_ id: Request.ID, _ sql: any SQL) throws -> Request {
        guard let request = try RequestRepository(sql).request(id) else {
            throw Rejected(
                Diagnostic(
                    .error, "request.unknown", "there is no request `\(id)`",
                    hint: "`muster request list` shows those there are"))
        }
        return request
    }

    static func unknown(_ id: Machine.ID) -> Diagnostic {
        Diagnostic(
            .error, "machine.unknown", "there is no machine `\(id)`",
            hint: "`muster machine list` shows those there are")
    }

    /// A launch's own machines; of a return, those to be given back.
    func machines(of request: Request, _ sql: any SQL) throws -> [Machine] {
        switch request.kind {
        case .launch: try MachineRepository(sql).machines(of: request.id)
        case .giveBack: try MachineRepository(sql).machines(returnedBy: request.id)
        }
    }

    func report(_ request: Request, _ sql: any SQL) throws -> RequestReport {
        RequestReport(request: request, machines: try machines(of: request, sql))
    }
}

/// A request with its machines, as one moment saw them.
package struct RequestReport: Sendable, Hashable {
    package let request: Request
    package let machines: [Machine]

    package func count(_ state: Machine.State) -> Int { counts[state] ?? 0 }

    /// How many machines are in each state, without those in which none is.
    package var counts: [Machine.State: Int] {
        var counts: [Machine.State: Int] = [:]
        // By index: a machine holds a dozen texts, and whoever counts a thousand of them copies none.
        for index in machines.indices { counts[machines[index].state, default: 0] += 1 }
        return counts
    }

    /// How much of it came, and why the rest did not; nil: it lacks nothing, or it is not known yet.
    package var shortfall: Shortfall? { request.shortfall(of: machines) }
}
