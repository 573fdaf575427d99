import Testing

@testable import Provisioning

/// What comes next for an order that is over: cancelled, overdue, or with nothing left to do.
@Suite struct EndingPlanTests {
    private let deadline = Sample.start + .seconds(900)

    private func cancelled(_ machines: [Machine], intents: [Intent] = []) -> [Plan.Step] {
        var request = Sample.request(count: machines.count)
        request.cancelledAt = Sample.start + .seconds(5)
        return plan(Sample.snapshot(request, machines, intents: intents), at: Sample.start + .seconds(10)).steps
    }

    private func overdue(_ machines: [Machine], atLeast: Int? = nil, intents: [Intent] = []) -> Plan {
        let request = Sample.request(count: machines.count, atLeast: atLeast)
        return plan(Sample.snapshot(request, machines, intents: intents), at: deadline)
    }

    // MARK: The template's least count

    @Test(
        arguments: [
            (
                nil, LeastCount.percent(100),
                Plan.Step.terminate(
                    Sample.ids(1...2), Sample.account, group: nil, Failure(.tooFew, "only 2 of at least 3 could be had")
                )
            ),
            (nil, .percent(60), .settle(.partial)), (nil, .count(2), .settle(.partial)),
            (2, .percent(100), .settle(.partial)), (nil, nil, .settle(.partial)),
        ] as [(Int?, LeastCount?, Plan.Step)])
    func aTemplateMaySayHowFewAreTooFewForOrdersThatDoNot(_ asked: Int?, _ usual: LeastCount?, _ next: Plan.Step) {
        let request = Sample.request(count: 3, atLeast: asked, usually: usual)
        let machines = Sample.machines(1...2, .running) + [Sample.machine(3, .failed)]
        #expect(plan(Sample.snapshot(request, machines), at: deadline).steps == [next])
    }

    // MARK: Cancelled

    @Test(arguments: Machine.State.allCases)
    func aCancelledRequestEndsAMachineAsItsStateDemands(state: Machine.State) {
        let failure = Failure(.cancelled, "the request was cancelled")
        let machine = Sample.machine(1, state)
        let intents = state == .launching ? [Sample.intent(of: [machine], attempts: 1)] : []
        let expected: [Plan.Step] =
            switch state {
            case .planned: [.fail(Sample.ids([1]), failure)]
            case .launching: [.perform("int-1")]
            case .pending: [.terminate(Sample.ids([1]), Sample.account, group: nil, failure), .observe]
            case .running: [.terminate(Sample.ids([1]), Sample.account, group: nil, failure)]
            case .terminating: [.observe]
            case .terminated, .failed, .lost: [.settle(.cancelled)]
            }
        #expect(cancelled([machine], intents: intents) == expected)
    }

    @Test func aCancelledRequestReplacesNothing() {
        #expect(cancelled([Sample.machine(1, .lost)]) == [.settle(.cancelled)])
    }

    // MARK: Overdue

    @Test(arguments: Machine.State.allCases)
    func anOverdueRequestEndsWhatIsNotRunning(state: Machine.State) {
        let failure = Failure(.deadline, "the deadline of the request passed")
        let machine = Sample.machine(1, state)
        let intents = state == .launching ? [Sample.intent(of: [machine], attempts: 1)] : []
        let expected: [Plan.Step] =
            switch state {
            case .planned: [.fail(Sample.ids([1]), failure)]
            case .launching: [.perform("int-1")]
            case .pending: [.terminate(Sample.ids([1]), Sample.account, group: nil, failure), .observe]
            case .running, .terminated: [.settle(.fulfilled)]
            case .terminating: [.observe]
            case .failed, .lost: [.settle(.failed)]
            }
        #expect(overdue([machine], intents: intents).steps == expected)
    }

    @Test func theDeadlineIsOverAtItsMomentAndNotBefore() {
        let snapshot = Sample.snapshot(Sample.request(count: 1), Sample.machines(1...1))
        let early = plan(snapshot, at: deadline + .microseconds(-1)).steps
        #expect(early == [.launch(Sample.ids([1]), [Sample.spotA])])
        #expect(
            plan(snapshot, at: deadline).steps
                == [.fail(Sample.ids([1]), Failure(.deadline, "the deadline of the request passed"))])
    }

    @Test func terminationsAreSplitIntoBatchesTheAPITakes() {
        var request = Sample.request(count: 5)
        request.cancelledAt = Sample.start
        var traits = Sample.traits
        traits.terminateBatch = 2
        let snapshot = Sample.snapshot(request, Sample.machines(1...5, .running), traits: traits)
        let failure = Failure(.cancelled, "the request was cancelled")
        #expect(
            plan(snapshot, at: Sample.start).steps
                == [[1, 2], [3, 4], [5]].map { .terminate(Sample.ids($0), Sample.account, group: nil, failure) })
    }

    // MARK: Settled

    @Test func everyMachineRunningFulfilsTheRequest() {
        #expect(overdue(Sample.machines(1...3, .running)).steps == [.settle(.fulfilled)])
    }

    @Test func machinesGivenBackWhileTheRequestWasOpenCountAsHad() {
        let machines = [Sample.machine(1, .running), Sample.machine(2, .terminated)]
        #expect(overdue(machines).steps == [.settle(.fulfilled)])
    }

    @Test func fewerThanAskedForIsPartial() {
        let machines = Sample.machines(1...2, .running) + [Sample.machine(3, .failed)]
        #expect(overdue(machines).steps == [.settle(.partial)])
        #expect(overdue(machines, atLeast: 2).steps == [.settle(.partial)])
    }

    @Test func noneAtAllIsFailed() {
        #expect(overdue([Sample.machine(1, .failed), Sample.machine(2, .lost)]).steps == [.settle(.failed)])
    }

    @Test func fewerThanTheLeastCountAreTerminatedAndThenTheRequestFails() {
        let machines = Sample.machines(1...2, .running) + [Sample.machine(3, .failed)]
        let failure = Failure(.tooFew, "only 2 of at least 3 could be had")
        #expect(
            overdue(machines, atLeast: 3).steps == [.terminate(Sample.ids(1...2), Sample.account, group: nil, failure)])
        let going = Sample.machines(1...2, .terminating) + [Sample.machine(3, .failed)]
        #expect(overdue(going, atLeast: 3).steps == [.observe])
        let gone = Sample.machines(1...2, .terminated) + [Sample.machine(3, .failed)]
        #expect(overdue(gone, atLeast: 3).steps == [.settle(.failed)])
    }

    @Test func theLeastCountCannotBeReachedBeforeEverythingElseIsKnown() {
        let machines = [Sample.machine(1, .running), Sample.machine(2, .launching), Sample.machine(3, .failed)]
        let intent = Sample.intent(of: [machines[1]], attempts: 1)
        let snapshot = Sample.snapshot(Sample.request(count: 3, atLeast: 3), machines, intents: [intent])
        #expect(plan(snapshot, at: Sample.start).steps == [.perform("int-1")])
    }

    @Test func nothingSettlesWhileAnIntentIsOpen() {
        var intent = Sample.intent("int-9", .terminate, of: Sample.machines(1...1, .terminated))
        intent.retryAt = deadline + .seconds(60)
        let plan = overdue([Sample.machine(1, .terminated)], intents: [intent])
        #expect(plan == Plan(steps: [], wakeAt: deadline + .seconds(60)))
    }

    @Test(arguments: Request.State.allCases.filter { $0 != .open })
    func aSettledRequestPlansNothing(state: Request.State) {
        for var request in [Sample.request(count: 2), Sample.giveBack(Sample.machines(1...2))] {
            request.state = state
            let machines = [Sample.machine(1), Sample.machine(2, .pending)]
            let snapshot = Sample.snapshot(request, machines, intents: [Sample.intent(of: machines)])
            #expect(plan(snapshot, at: Sample.start) == Plan())
        }
    }
}
