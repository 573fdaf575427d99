import Provisioning
import Testing

/// What asks for too much at once is asked for in parts, and what is only a matter of time for a while.
@Suite struct OversizedPlanTests {
    private let now = Sample.start
    private let tooMuch = Refusal(.oversized, code: "RequestResourceCountExceeded", message: "too many")

    /// Launches until nothing is left to launch, each refused that is larger than the cloud takes.
    private func launch(_ count: Int, whereNoMoreThan most: Int) -> (sizes: [Int], machines: [Machine]) {
        let request = Sample.request(count: count)
        var machines = (1...count).map { Sample.machine($0) }
        var sizes: [Int] = []
        for _ in 0..<100 {
            let plan = plan(Sample.snapshot(request, machines), at: now)
            var wasLaunched = false
            for case .launch(let ids, let offerings) in plan.steps {
                wasLaunched = true
                sizes.append(ids.count)
                let part = machines.filter { ids.contains($0.id) }.map { machine in
                    var launching = machine
                    launching.state = .launching
                    launching.failure = nil
                    launching.attempt = 1
                    return launching
                }
                let intent = Sample.intent(of: part, offering: offerings[0], attempts: 1, answers: 1)
                let closing =
                    ids.count > most
                    ? close(part, of: intent, with: tooMuch, at: now)
                    : close(
                        part, of: intent,
                        with: part.map { Instance(id: .init("i-\($0.id)"), state: .pending, type: "m6i.large") },
                        at: now)
                for move in closing.moves {
                    machines[machines.firstIndex { $0.id == move.after.id }!] = move.after
                }
            }
            if !wasLaunched { break }
        }
        return (sizes, machines)
    }

    @Test func halvesAreAskedForUntilTheyAreTaken() {
        let (sizes, machines) = launch(50, whereNoMoreThan: 13)
        #expect(sizes == [50, 25, 25, 12, 12, 12, 12, 2])
        #expect(machines.allSatisfy { $0.state == .pending })
    }

    @Test func oneThatIsTooMuchByItselfIsTheEnd() {
        let (sizes, machines) = launch(5, whereNoMoreThan: 0)
        #expect(sizes == [5, 2, 2, 1, 1, 1, 1, 1])
        #expect(machines.allSatisfy { $0.state == .failed && $0.failure?.meaning == .oversized })
    }

    // MARK: A matter of time

    @Test func whatMayOnlyBeAMatterOfTimeIsTriedForAMinuteAndThenMakesNoSense() {
        let refusal = Refusal(
            .absent, code: "InvalidParameterValue", message: "Invalid IAM Instance Profile name", retriesSeconds: 60)
        var machine = Sample.machine(1)
        var now = Sample.start
        var attempts: [Duration] = []
        for _ in 0..<100 where !machine.state.isFinal {
            let plan = plan(Sample.snapshot(Sample.request(count: 1), [machine]), at: now)
            if case .launch(_, let offerings)? = plan.steps.first {
                // Never a fallback.
                #expect(offerings[0] == Sample.spotA)
                attempts.append(now - Sample.start)
                machine.state = .launching
                machine.offering = offerings[0]
                machine.attempt += 1
                let intent = Sample.intent(of: [machine], offering: offerings[0], attempts: 1, answers: 1)
                machine = close([machine], of: intent, with: refusal, at: now).moves[0].after
            } else if let wakeAt = plan.wakeAt {
                now = wakeAt
            }
        }
        #expect(attempts == [0, 1, 3, 7, 15, 31].map { .seconds($0) })
        #expect(machine.state == .failed)
        #expect(machine.failure?.meaning == .invalid)
        #expect(machine.failure?.code == "InvalidParameterValue")
    }
}
