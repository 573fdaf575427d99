import Provisioning
import Testing

@Suite struct MachineStateTests {
    /// The table as people drew it: everything that is not here is forbidden.
    static let allowed: [Machine.State: Set<Machine.State>] = [
        .planned: [.launching, .failed],
        .launching: [.planned, .pending, .failed],
        .pending: [.running, .terminating, .lost],
        .running: [.terminating, .lost],
        .terminating: [.terminated],
        .terminated: [], .failed: [], .lost: [],
    ]

    @Test(arguments: Machine.State.allCases, Machine.State.allCases)
    func aMachineMovesAlongTheTableAndNowhereElse(from: Machine.State, to: Machine.State) {
        #expect(from.mayBecome(to) == MachineStateTests.allowed[from]!.contains(to))
    }

    @Test(arguments: Machine.State.allCases)
    func aFinalStateIsOneThatNothingLeadsOutOf(state: Machine.State) {
        #expect(state.isFinal == MachineStateTests.allowed[state]!.isEmpty)
    }

    @Test func everyStateIsReachedFromPlanned() {
        var reached: Set<Machine.State> = [.planned]
        for _ in Machine.State.allCases { reached.formUnion(reached.flatMap { MachineStateTests.allowed[$0]! }) }
        #expect(reached == Set(Machine.State.allCases))
    }
}
