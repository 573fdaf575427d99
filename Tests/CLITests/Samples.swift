import Provisioning

@testable import CLI
@testable import Engine

/// A request for five machines of which three run, one waits and one failed.
enum Sample {
    static let start = Timestamp("2026-11-21T12:00:00.125Z")!

    static func order(count: Int = 5) -> Order {
        var order = Order(template: "cpu-small", count: count)
        order.key = "nightly: \"7\""
        order.atLeast = 3
        return order
    }

    static func request(_ state: Request.State = .open, _ order: Order = order()) -> Request {
        let template = Template(id: order.template, image: "ami-1", offerings: [offering])
        var request = Request(
            id: "req-06fz3k9q2m7w1c4d", kind: .launch(order, template), account: "demo", createdAt: start,
            deadline: start + .seconds(900))
        request.state = state
        if state != .open { request.settledAt = start + .seconds(4) }
        return request
    }

    static let offering = Offering(type: "m6i.large", zone: "us-east-1a", market: .spot)

    static func machine(_ number: Int, _ state: Machine.State, failure: Failure? = nil) -> Machine {
        let request = request()
        var machine = Machine(
            id: request.machineID(number: number), request: request.id, account: "demo", at: start)
        machine.state = state
        machine.failure = failure
        if state != .planned, state != .failed {
            machine.offering = offering
            machine.attempt = 1
        }
        if state == .running {
            machine.instance = Instance.ID("i-00000000000000\(10 + number)")
            machine.privateIP = "10.0.0.\(number)"
            machine.publicIP = number == 1 ? "198.18.0.1" : nil
            machine.launchedAt = start + .seconds(1)
            machine.ranAt = start + .seconds(3)
            machine.expiresAt = start + .seconds(3603)
        }
        return machine
    }

    static let noRoom = Failure(
        .refused, "InsufficientInstanceCapacity: there is no room", meaning: .capacity,
        code: "InsufficientInstanceCapacity")

    static func report(_ state: Request.State = .open, _ order: Order = order()) -> RequestReport {
        RequestReport(
            request: request(state, order),
            machines: [
                machine(1, .running), machine(2, .running), machine(3, .running), machine(4, .pending),
                machine(5, .failed, failure: noRoom),
            ])
    }

    static func returned(_ state: Request.State = .open) -> RequestReport {
        var request = Request(
            id: "ret-06fz3m0000000000", kind: .giveBack([machine(1, .running).id]), account: nil, createdAt: start,
            deadline: start + .seconds(900))
        request.state = state
        return RequestReport(request: request, machines: [machine(1, .terminating)])
    }
}
