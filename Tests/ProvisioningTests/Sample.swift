import Provisioning

/// A request and what may belong to it, as a test wants them.
enum Sample {
    static let start = Timestamp(seconds: 1_800_000_000)
    static let account: AccountName = "prod"
    static let traits = APITraits(
        launchBatch: 100, terminateBatch: 100, tokenMemory: .seconds(86400), visibility: .seconds(30),
        callDeadline: .seconds(20))

    static let spotA = Offering(type: "m6i.large", zone: "us-east-1a", market: .spot)
    static let spotB = Offering(type: "m6i.large", zone: "us-east-1b", market: .spot)
    static let demandA = Offering(type: "c6i.large", zone: "us-east-1a", market: .onDemand)
    static let offerings = [spotA, spotB, demandA]

    static let full = Refusal(.capacity, code: "InsufficientInstanceCapacity", message: "no room")

    static func request(
        count: Int, atLeast: Int? = nil, usually: LeastCount? = nil, offerings: [Offering] = offerings,
        deadline: Duration = .seconds(900)
    ) -> Request {
        var order = Order(template: "cpu-small", count: count)
        order.atLeast = atLeast
        var template = Template(id: "cpu-small", image: "ami-1", offerings: offerings)
        template.atLeast = usually
        return Request(
            id: "req-one", kind: .launch(order, template), account: account, createdAt: start,
            deadline: start + deadline)
    }

    static func type(
        _ name: String, _ vcpus: Int, gib: Int, _ change: (inout MachineType) -> Void = { _ in }
    ) -> MachineType {
        let family = String(name.prefix { $0 != "." })
        var type = MachineType(
            name: name, family: family, vcpus: vcpus, memoryMiB: gib * 1024, architecture: .x86, maker: "intel")
        change(&type)
        return type
    }

    static func giveBack(_ machines: [Machine]) -> Request {
        Request(
            id: "ret-one", kind: .giveBack(machines.map(\.id)), account: nil, createdAt: start,
            deadline: start + .seconds(900))
    }

    static func id(_ number: Int) -> Machine.ID { request(count: 1).machineID(number: number) }
    static func ids(_ numbers: some Sequence<Int>) -> [Machine.ID] { numbers.map(id) }

    /// A machine as it usually is in a state.
    static func machine(
        _ number: Int, _ state: Machine.State = .planned, at account: AccountName = account,
        change: (inout Machine) -> Void = { _ in }
    ) -> Machine {
        var machine = Machine(id: id(number), request: "req-one", account: account, at: start)
        machine.state = state
        if [.pending, .running, .terminating, .terminated, .lost].contains(state) {
            machine.instance = Instance.ID("i-\(1000 + number)")
            machine.attempt = 1
        }
        if [.running, .terminating, .terminated].contains(state) { machine.ranAt = start }
        change(&machine)
        return machine
    }

    static func machines(_ numbers: ClosedRange<Int>, _ state: Machine.State = .planned) -> [Machine] {
        numbers.map { machine($0, state) }
    }

    static func intent(
        _ token: IntentToken = "int-1", _ verb: Intent.Verb = .launch, of machines: [Machine],
        offering: Offering = spotA, attempts: Int = 0, answers: Int = 0, refusal: Refusal.Meaning? = nil,
        change: (inout Intent) -> Void = { _ in }
    ) -> Intent {
        let request = request(count: machines.count)
        let order = LaunchOrder(
            request: request.id, template: request.template!, offering: offering, count: machines.count, tags: [:])
        var intent = Intent(
            token: token, request: request.id, verb: verb, account: account, api: "aws/run-instances",
            order: verb == .launch ? order : nil, machines: machines.map(\.id), openedAt: start)
        intent.attempts = attempts
        intent.answers = answers
        intent.attemptedAt = attempts > 0 ? start : nil
        intent.refusal = refusal.map { Refusal($0, code: "X", message: "no") }
        change(&intent)
        return intent
    }

    static func block(
        _ offering: Offering, since: Duration, until: Duration, at account: AccountName = account,
        refusal: Refusal = full
    ) -> Block {
        Block(
            scope: .init(account: account, reach: .offering(offering)), since: start + since, until: start + until,
            refusal: refusal)
    }

    static func snapshot(
        _ request: Request, _ machines: [Machine], intents: [Intent] = [], blocks: [Block] = [],
        traits: APITraits = traits, observedAt: Duration? = nil
    ) -> Snapshot {
        Snapshot(
            request: request, machines: machines, intents: intents, blocks: blocks, traits: [account: traits],
            observedAt: observedAt.map { start + $0 })
    }
}
