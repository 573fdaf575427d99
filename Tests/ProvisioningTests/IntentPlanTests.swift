import Testing

@testable import Provisioning

/// What is done with a call that was written down and whose outcome is not known.
@Suite struct IntentPlanTests {
    private let machines = Sample.machines(1...2, .launching)

    private func steps(_ intent: Intent, at now: Timestamp, change: (inout Request) -> Void = { _ in }) -> [Plan.Step] {
        var request = Sample.request(count: 2, deadline: .seconds(7 * 86400))
        change(&request)
        return plan(Sample.snapshot(request, machines, intents: [intent]), at: now).steps
    }

    private func cancel(_ request: inout Request) { request.cancelledAt = Sample.start }

    @Test func anIntentThatWasNeverTriedIsPerformed() {
        #expect(steps(Sample.intent(of: machines), at: Sample.start) == [.perform("int-1")])
    }

    @Test func aTimeoutIsTakenUpWithTheSameToken() {
        let intent = Sample.intent(of: machines, attempts: 1)
        #expect(steps(intent, at: Sample.start + .seconds(30)) == [.perform("int-1")])
    }

    @Test func anIntentWaitsUntilItMayBeTriedAgain() {
        let intent = Sample.intent(of: machines, attempts: 1) { $0.retryAt = Sample.start + .seconds(40) }
        let snapshot = Sample.snapshot(Sample.request(count: 2), machines, intents: [intent])
        let early = plan(snapshot, at: Sample.start + .seconds(39))
        #expect(early == Plan(steps: [], wakeAt: Sample.start + .seconds(40)))
        #expect(plan(snapshot, at: Sample.start + .seconds(40)).steps == [.perform("int-1")])
    }

    @Test func intentsAreTakenUpInTheOrderOfTheirTokens() {
        let intents = ["int-3", "int-1", "int-2"].map { Sample.intent(IntentToken($0), of: machines, attempts: 1) }
        let snapshot = Sample.snapshot(Sample.request(count: 2), machines, intents: intents)
        #expect(plan(snapshot, at: Sample.start).steps == [.perform("int-1"), .perform("int-2"), .perform("int-3")])
    }

    // MARK: Looking up

    @Test(arguments: Refusal.Meaning.allCases)
    func aNoAfterACallNobodyHeardOfIsLookedUpUnlessTheSameCallMayStillBeMade(meaning: Refusal.Meaning) {
        let intent = Sample.intent(of: machines, attempts: 2, answers: 1, refusal: meaning)
        let repeatable: Set<Refusal.Meaning> = [.throttled, .credentials, .unreachable, .stale]
        let expected: Plan.Step = repeatable.contains(meaning) ? .perform("int-1") : .lookUp("int-1")
        #expect(steps(intent, at: Sample.start + .seconds(60)) == [expected])
    }

    @Test func aTokenTheCloudMayHaveForgottenIsLookedUpInsteadOfRepeated() {
        let intent = Sample.intent(of: machines, attempts: 1)
        let memory = Sample.start + Sample.traits.tokenMemory
        #expect(steps(intent, at: memory) == [.perform("int-1")])
        #expect(steps(intent, at: memory + .microseconds(1)) == [.lookUp("int-1")])
    }

    @Test func anOldTokenWithoutDoubtIsUsedAgain() {
        let old = Sample.start + Sample.traits.tokenMemory + .seconds(60)
        #expect(steps(Sample.intent(of: machines), at: old) == [.perform("int-1")])
        let answered = Sample.intent(of: machines, attempts: 3, answers: 3, refusal: .throttled)
        #expect(steps(answered, at: old) == [.perform("int-1")])
    }

    @Test func aTerminationIsRepeatedHoweverOldItIs() {
        let terminating = [Sample.machine(1, .terminating)]
        let intent = Sample.intent("int-9", .terminate, of: terminating, attempts: 4, answers: 1, refusal: .absent)
        let snapshot = Sample.snapshot(
            Sample.request(count: 1, deadline: .seconds(7 * 86400)), terminating, intents: [intent])
        let old = Sample.start + Sample.traits.tokenMemory + .seconds(60)
        #expect(plan(snapshot, at: old).steps == [.perform("int-9")])
    }

    @Test func whatIsBeingEndedIsLookedAtOnceItsCallHasBeenMadeNotBesideIt() {
        let terminating = [Sample.machine(1, .terminating), Sample.machine(2, .terminating)]
        var intent = Sample.intent("int-9", .terminate, of: [terminating[0]])
        func steps(of machines: [Machine], _ intents: [Intent]) -> [Plan.Step] {
            plan(Sample.snapshot(Sample.request(count: 2), machines, intents: intents), at: Sample.start).steps
        }
        #expect(steps(of: [terminating[0]], [intent]) == [.perform("int-9")])
        #expect(steps(of: [terminating[0]], []) == [.observe])
        // Others do not wait for it, nor does it where its call is not made now: it may have been heard all the same.
        #expect(steps(of: terminating, [intent]) == [.perform("int-9"), .observe])
        intent.retryAt = Sample.start + .seconds(1)
        #expect(steps(of: [terminating[0]], [intent]) == [.observe])
    }

    @Test func aCallIsSettledOnceItsDeadlineAndTheCloudsBlindSpotAreOver() {
        var intent = Sample.intent(of: machines)
        #expect(intent.settledBy(Sample.traits) == Sample.start + .seconds(50))
        intent.attemptedAt = Sample.start + .seconds(100)
        #expect(intent.settledBy(Sample.traits) == Sample.start + .seconds(150))
    }

    // MARK: Giving up

    @Test func anIntentThatCertainlyBroughtNothingIsAbandonedOnceTheRequestIsOver() {
        for intent in [
            Sample.intent(of: machines),
            Sample.intent(of: machines, attempts: 2, answers: 2, refusal: .throttled) {
                $0.retryAt = Sample.start + .seconds(3600)
            },
        ] {
            #expect(steps(intent, at: Sample.start, change: cancel) == [.abandon("int-1")])
            #expect(steps(intent, at: Sample.start + .seconds(7 * 86400)) == [.abandon("int-1")])
        }
    }

    @Test func anIntentInDoubtIsFoundOutAboutEvenThoughTheRequestIsOver() {
        let intent = Sample.intent(of: machines, attempts: 2, answers: 1, refusal: .throttled)
        #expect(steps(intent, at: Sample.start, change: cancel) == [.perform("int-1")])
        let contradicted = Sample.intent(of: machines, attempts: 2, answers: 1, refusal: .capacity)
        #expect(steps(contradicted, at: Sample.start, change: cancel) == [.lookUp("int-1")])
        #expect(steps(intent, at: Sample.start + .seconds(7 * 86400)) == [.lookUp("int-1")])
    }

    @Test func aTerminationIsNeverAbandoned() {
        let terminating = [Sample.machine(1, .terminating)]
        var request = Sample.request(count: 1)
        request.cancelledAt = Sample.start
        let snapshot = Sample.snapshot(
            request, terminating, intents: [Sample.intent("int-9", .terminate, of: terminating)], observedAt: .zero)
        #expect(plan(snapshot, at: Sample.start).steps == [.perform("int-9")])
    }
}
