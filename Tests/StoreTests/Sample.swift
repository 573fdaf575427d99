import Provisioning
import Store

/// Requests and machines with every field set to something of its own.
enum Sample {
    static let start = Timestamp(seconds: 1_800_000_000)

    static func template(_ id: Template.ID = "cpu-small") -> Template {
        var template = Template(
            id: id, image: "ami-1", offerings: [Offering(type: "m6i.large", zone: "us-east-1a", market: .spot)])
        template.name = "Größe \"S\""
        template.tags = ["team": "grid", "odd": "a|b'c\\d"]
        template.userData = "#!/bin/sh\necho 'ü'\n"
        template.limit = 7
        template.lifetimeSeconds = 3600
        var disk = Disk()
        disk.sizeGiB = 20
        template.rootDisk = disk
        return template
    }

    static func request(_ id: Request.ID = "req-one", key: String? = nil, template: Template.ID = "cpu-small")
        -> Request
    {
        var order = Order(template: template, count: 3)
        order.atLeast = 2
        order.key = key
        order.account = "prod"
        order.tags = ["a": "b"]
        return Request(
            id: id, kind: .launch(order, Sample.template(template)), account: "prod", createdAt: start,
            deadline: start + .seconds(900))
    }

    static func giveBack(_ id: Request.ID = "ret-one", _ machines: [Machine.ID]) -> Request {
        Request(
            id: id, kind: .giveBack(machines), account: nil, createdAt: start, deadline: start + .seconds(60))
    }

    static func machine(_ id: Machine.ID, of request: Request.ID = "req-one", at account: AccountName = "prod")
        -> Machine
    {
        Machine(id: id, request: request, account: account, at: start)
    }

    static func intent(
        _ token: IntentToken = "int-1", of request: Request.ID = "req-one", verb: Intent.Verb = .launch,
        at account: AccountName = "prod"
    ) -> Intent {
        let order = LaunchOrder(
            request: request, template: template(), offering: template().offerings[0], count: 2, tags: ["k": "v"])
        return Intent(
            token: token, request: request, verb: verb, account: account, api: "aws/run-instances",
            order: verb == .launch ? order : nil, machines: ["mch-2", "mch-1"], openedAt: start)
    }

    /// Takes a machine along the table of moves to a state, as the loop would.
    static func bring(_ id: Machine.ID, to state: Machine.State, _ sql: any SQL) throws {
        let way: [Machine.State] =
            switch state {
            case .planned: []
            case .launching: [.launching]
            case .pending: [.launching, .pending]
            case .running: [.launching, .pending, .running]
            case .terminating: [.launching, .pending, .terminating]
            case .terminated: [.launching, .pending, .terminating, .terminated]
            case .failed: [.failed]
            case .lost: [.launching, .pending, .lost]
            }
        let repository = MachineRepository(sql)
        for next in way {
            let machine = try repository.machine(id)!
            try repository.apply([Move(machine, cause: "on its way", at: start) { $0.state = next }], at: start)
        }
    }
}
