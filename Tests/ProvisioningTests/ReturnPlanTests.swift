import Provisioning
import Testing

@Suite struct ReturnPlanTests {
    private let now = Sample.start + .seconds(10)

    private func plan(_ machines: [Machine], intents: [Intent] = [], at now: Timestamp? = nil) -> Plan {
        Provisioning.plan(
            Sample.snapshot(Sample.giveBack(machines), machines, intents: intents), at: now ?? self.now)
    }

    @Test(arguments: Machine.State.allCases)
    func aReturnEndsAMachineAsItsStateDemands(state: Machine.State) {
        let expected: [Plan.Step] =
            switch state {
            case .planned: [.fail(Sample.ids([1]), Failure(.returned, "it was given back before it was launched"))]
            case .launching: []
            case .pending: [.terminate(Sample.ids([1]), Sample.account, group: nil, nil), .observe]
            case .running: [.terminate(Sample.ids([1]), Sample.account, group: nil, nil)]
            case .terminating: [.observe]
            case .terminated, .failed, .lost: [.settle(.fulfilled)]
            }
        #expect(plan([Sample.machine(1, state)]).steps == expected)
    }

    @Test func aLaunchingMachineIsWaitedForWhileTheOthersGo() {
        let plan = plan([Sample.machine(1, .launching), Sample.machine(2, .running)])
        #expect(plan.steps == [.terminate(Sample.ids([2]), Sample.account, group: nil, nil)])
        #expect(plan.wakeAt == now + .milliseconds(200))
    }

    @Test func aReturnSettlesWhenTheLastMachineIsGone() {
        #expect(plan([Sample.machine(1, .terminated), Sample.machine(2, .launching)]).steps == [])
        #expect(plan([Sample.machine(1, .terminated), Sample.machine(2, .failed)]).steps == [.settle(.fulfilled)])
    }

    @Test func aReturnDoesNotSettleWhileItsTerminationIsOpen() {
        let machines = [Sample.machine(1, .terminated)]
        let intent = Sample.intent("int-9", .terminate, of: machines, attempts: 1)
        #expect(plan(machines, intents: [intent]).steps == [.perform("int-9")])
    }

    @Test func aReturnIsKeptEvenPastItsDeadline() {
        let machines = [Sample.machine(1, .terminating), Sample.machine(2, .running)]
        let intent = Sample.intent("int-9", .terminate, of: [machines[0]])
        let late = plan(machines, intents: [intent], at: Sample.start + .seconds(86400))
        #expect(late.steps == [.perform("int-9"), .terminate(Sample.ids([2]), Sample.account, group: nil, nil)])
    }

    @Test func machinesOfSeveralAccountsAreTerminatedAtTheirOwnInBatches() {
        let machines =
            (1...3).map { Sample.machine($0, .running, at: "west") }
            + (4...5).map { Sample.machine($0, .running, at: "east") }
        var small = Sample.traits
        small.terminateBatch = 2
        let snapshot = Snapshot(
            request: Sample.giveBack(machines), machines: machines, traits: ["west": small, "east": Sample.traits])
        #expect(
            Provisioning.plan(snapshot, at: now).steps == [
                .terminate(Sample.ids([4, 5]), "east", group: nil, nil),
                .terminate(Sample.ids([1, 2]), "west", group: nil, nil),
                .terminate(Sample.ids([3]), "west", group: nil, nil),
            ])
    }
}
