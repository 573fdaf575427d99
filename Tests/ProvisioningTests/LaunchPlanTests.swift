import Testing

@testable import Provisioning

/// What comes next for an order that is neither cancelled nor overdue.
@Suite struct LaunchPlanTests {
    private let now = Sample.start + .seconds(60)
    private let deadline = Sample.start + .seconds(900)

    // MARK: The first launch

    @Test func aNewRequestLaunchesEverythingAsItsFirstOffering() {
        let plan = plan(Sample.snapshot(Sample.request(count: 3), Sample.machines(1...3)), at: now)
        #expect(plan == Plan(steps: [.launch(Sample.ids(1...3), [Sample.spotA])], wakeAt: deadline))
    }

    @Test func aLaunchIsSplitIntoBatchesTheAPITakes() {
        var traits = Sample.traits
        traits.launchBatch = 3
        let plan = plan(Sample.snapshot(Sample.request(count: 7), Sample.machines(1...7), traits: traits), at: now)
        #expect(
            plan.steps == [
                .launch(Sample.ids(1...3), [Sample.spotA]), .launch(Sample.ids(4...6), [Sample.spotA]),
                .launch(Sample.ids([7]), [Sample.spotA]),
            ])
    }

    @Test func anOpenIntentComesBeforeAnythingNew() {
        let launching = Sample.machines(1...2, .launching)
        let snapshot = Sample.snapshot(
            Sample.request(count: 3), launching + [Sample.machine(3)],
            intents: [Sample.intent(of: launching, attempts: 1)])
        #expect(plan(snapshot, at: now).steps == [.perform("int-1"), .launch(Sample.ids([3]), [Sample.spotA])])
    }

    @Test func anAccountThatIsNoLongerConfiguredIsAskedForNothing() {
        var snapshot = Sample.snapshot(Sample.request(count: 1), [Sample.machine(1)])
        snapshot.traits = [:]
        #expect(plan(snapshot, at: now) == Plan(steps: [], wakeAt: deadline))
    }

    // MARK: The next offering

    @Test func anOfferingRefusedToThisRequestIsPassedOver() {
        let blocks = [Sample.block(Sample.spotA, since: .seconds(10), until: .seconds(190))]
        let snapshot = Sample.snapshot(Sample.request(count: 2), Sample.machines(1...2), blocks: blocks)
        #expect(plan(snapshot, at: now).steps == [.launch(Sample.ids(1...2), [Sample.spotB])])
    }

    @Test func aRefusedFamilyIsPassedOverInItsMarketOnly() {
        let block = Block(
            scope: .init(account: Sample.account, reach: .family("m", .spot)), since: Sample.start,
            until: Sample.start + .seconds(600), refusal: Refusal(.quota, code: "Q", message: ""))
        let snapshot = Sample.snapshot(Sample.request(count: 1), Sample.machines(1...1), blocks: [block])
        #expect(plan(snapshot, at: now).steps == [.launch(Sample.ids([1]), [Sample.demandA])])
    }

    @Test func aBlockAtAnotherAccountDoesNotMatter() {
        let blocks = [Sample.block(Sample.spotA, since: .seconds(10), until: .seconds(190), at: "other")]
        let snapshot = Sample.snapshot(Sample.request(count: 1), Sample.machines(1...1), blocks: blocks)
        #expect(plan(snapshot, at: now).steps == [.launch(Sample.ids([1]), [Sample.spotA])])
    }

    @Test func aBlockIsOverAtItsEndAndNotBefore() {
        let blocks = [Sample.block(Sample.spotA, since: .seconds(10), until: .seconds(60))]
        let snapshot = Sample.snapshot(Sample.request(count: 1), Sample.machines(1...1), blocks: blocks)
        #expect(plan(snapshot, at: now).steps == [.launch(Sample.ids([1]), [Sample.spotA])])
        let before = Sample.start + .microseconds(59_999_999)
        #expect(plan(snapshot, at: before).steps == [.launch(Sample.ids([1]), [Sample.spotB])])
    }

    @Test func whatWasRefusedToAnEarlierRequestIsWaitedForUntilTheFirstBlockEnds() {
        let blocks = [
            Sample.block(Sample.spotA, since: .seconds(-60), until: .seconds(120)),
            Sample.block(Sample.spotB, since: .seconds(-30), until: .seconds(90)),
            Sample.block(Sample.demandA, since: .seconds(-10), until: .seconds(600)),
        ]
        let snapshot = Sample.snapshot(Sample.request(count: 2), Sample.machines(1...2), blocks: blocks)
        let wake = Sample.start + .seconds(90)
        #expect(plan(snapshot, at: now) == Plan(steps: [], wakeAt: wake))
        #expect(plan(snapshot, at: wake).steps == [.launch(Sample.ids(1...2), [Sample.spotB])])
    }

    @Test func anOfferingRefusedToThisRequestIsNotWaitedFor() {
        let blocks = [
            Sample.block(Sample.spotA, since: .seconds(5), until: .seconds(70)),
            Sample.block(Sample.spotB, since: .seconds(-30), until: .seconds(300)),
            Sample.block(Sample.demandA, since: .seconds(6), until: .seconds(80)),
        ]
        let snapshot = Sample.snapshot(Sample.request(count: 1), Sample.machines(1...1), blocks: blocks)
        #expect(plan(snapshot, at: now) == Plan(steps: [], wakeAt: Sample.start + .seconds(300)))
    }

    @Test func whereEveryOfferingWasRefusedTheMachinesFailWithTheRefusal() {
        let blocks = Sample.offerings.map { Sample.block($0, since: .seconds(5), until: .seconds(180)) }
        let snapshot = Sample.snapshot(Sample.request(count: 2), Sample.machines(1...2), blocks: blocks)
        let failure = Failure(Sample.full)
        #expect(plan(snapshot, at: now).steps == [.fail(Sample.ids(1...2), failure)])
    }

    @Test func aBlockThatOutlastsTheDeadlineIsNotWaitedFor() {
        let blocks = Sample.offerings.map { Sample.block($0, since: .seconds(-5), until: .seconds(900)) }
        let snapshot = Sample.snapshot(Sample.request(count: 1), Sample.machines(1...1), blocks: blocks)
        let failure = Failure(Sample.full)
        #expect(plan(snapshot, at: now).steps == [.fail(Sample.ids([1]), failure)])
    }

    @Test func aTemplateThatOffersNothingFailsTheRequest() {
        let snapshot = Sample.snapshot(Sample.request(count: 1, offerings: []), Sample.machines(1...1))
        let failure = Failure(
            .refused, "NoOffering: the template offers nothing", meaning: .invalid, code: "NoOffering")
        #expect(plan(snapshot, at: now).steps == [.fail(Sample.ids([1]), failure)])
    }

    @Test(arguments: [
        (Sample.spotA, Sample.spotB), (Sample.spotB, Sample.demandA), (Sample.demandA, Sample.spotA),
    ])
    func whatAPartialLaunchLeftOverIsAskedOfTheFollowingOffering(last: Offering, next: Offering) {
        let left = Sample.machine(3) {
            $0.offering = last
            $0.attempt = 1
        }
        let snapshot = Sample.snapshot(
            Sample.request(count: 3), Sample.machines(1...2, .running) + [left], observedAt: .zero)
        #expect(plan(snapshot, at: now).steps == [.launch(Sample.ids([3]), [next])])
    }

    @Test func machinesWithDifferentPastsAreLaunchedApart() {
        let left = Sample.machine(2) { $0.offering = Sample.spotA }
        let snapshot = Sample.snapshot(Sample.request(count: 3), [Sample.machine(1), left, Sample.machine(3)])
        #expect(
            plan(snapshot, at: now).steps == [
                .launch(Sample.ids([1, 3]), [Sample.spotA]), .launch(Sample.ids([2]), [Sample.spotB]),
            ])
    }

    // MARK: Trying again

    @Test(arguments: [Refusal.Meaning.unclassified, .unreachable, .absent])
    func aNoThatSaysNothingAboutOfferingsIsTriedAgainAfterGrowingWaits(meaning: Refusal.Meaning) {
        for (attempt, wait) in [(1, 1), (2, 2), (3, 4), (4, 8), (7, 64), (20, 64)] {
            let machine = Sample.machine(1) {
                $0.attempt = attempt
                $0.offering = Sample.spotB
                $0.failure = Failure(.refused, "X: no", meaning: meaning)
            }
            let snapshot = Sample.snapshot(Sample.request(count: 1), [machine])
            let again = Sample.start + .seconds(wait)
            #expect(plan(snapshot, at: again + .microseconds(-1)) == Plan(steps: [], wakeAt: again))
            #expect(plan(snapshot, at: again).steps == [.launch(Sample.ids([1]), [Sample.spotB])])
        }
    }

    @Test func aRefusalForWantOfRoomIsNotWaitedFor() {
        let machine = Sample.machine(1) {
            $0.attempt = 1
            $0.offering = Sample.spotA
            $0.failure = Failure(.refused, "X: no", meaning: .capacity)
        }
        let blocks = [Sample.block(Sample.spotA, since: .zero, until: .seconds(180))]
        let snapshot = Sample.snapshot(Sample.request(count: 1), [machine], blocks: blocks)
        #expect(plan(snapshot, at: Sample.start).steps == [.launch(Sample.ids([1]), [Sample.spotB])])
    }

    // MARK: Replacing

    @Test func aMachineLostBeforeItRanIsReplaced() {
        let snapshot = Sample.snapshot(
            Sample.request(count: 3), Sample.machines(1...2, .running) + [Sample.machine(3, .lost)])
        #expect(plan(snapshot, at: now).steps == [.replace(1, at: Sample.account, after: nil)])
    }

    @Test func whatKeepsDyingIsReplacedEverMoreSlowlyAndNotForEver() {
        func lost(_ numbers: ClosedRange<Int>) -> [Machine] {
            numbers.map { Sample.machine($0, .lost) { $0.offering = Sample.spotA } }
        }
        func planned(_ machines: [Machine], after seconds: Int64) -> Plan {
            plan(Sample.snapshot(Sample.request(count: 2), machines), at: Sample.start + .seconds(seconds))
        }
        #expect(planned(lost(1...2), after: 0).steps == [.replace(2, at: Sample.account, after: Sample.spotA)])
        #expect(planned(lost(1...4), after: 19).steps.isEmpty)
        #expect(planned(lost(1...4), after: 19).wakeAt == Sample.start + .seconds(20))
        #expect(planned(lost(1...4), after: 20).steps == [.replace(2, at: Sample.account, after: Sample.spotA)])
        #expect(planned(lost(1...8), after: 800).steps == [.settle(.failed)])
    }

    @Test func aMachineLostAfterItRanIsNotReplaced() {
        let lost = Sample.machine(3, .lost) { $0.ranAt = Sample.start }
        let snapshot = Sample.snapshot(Sample.request(count: 3), Sample.machines(1...2, .running) + [lost])
        #expect(plan(snapshot, at: now).steps == [.settle(.fulfilled)])
    }

    @Test func aFailedMachineKeepsItsPlace() {
        let snapshot = Sample.snapshot(
            Sample.request(count: 3), Sample.machines(1...2, .running) + [Sample.machine(3, .failed)])
        #expect(plan(snapshot, at: now).steps == [.settle(.partial)])
    }

    @Test func aReplacementThatIsPromisedAlreadyIsNotPromisedAgain() {
        let machines = [Sample.machine(1, .running), Sample.machine(2, .lost), Sample.machine(3)]
        let snapshot = Sample.snapshot(Sample.request(count: 2), machines)
        #expect(plan(snapshot, at: now).steps == [.launch(Sample.ids([3]), [Sample.spotA])])
    }

    // MARK: Looking

    @Test func whatIsUnderWayIsLookedAtOnceAPassAndThenEverLessOften() {
        let machines = [Sample.machine(1, .pending)]
        #expect(plan(Sample.snapshot(Sample.request(count: 1), machines), at: now).steps == [.observe])
        // A quarter of the time it has taken, between 200 ms and 5 s.
        for (taken, wait) in [(0, 200), (400, 200), (8000, 2000), (20_000, 5000), (600_000, 5000)] {
            let looked = Duration.milliseconds(taken)
            let snapshot = Sample.snapshot(Sample.request(count: 1), machines, observedAt: looked)
            let plan = plan(snapshot, at: Sample.start + looked)
            #expect(plan == Plan(steps: [], wakeAt: Sample.start + looked + .milliseconds(wait)))
        }
    }

    @Test func runningMachinesAloneAreNotLookedAt() {
        let machines = [Sample.machine(1, .running)]
        #expect(plan(Sample.snapshot(Sample.request(count: 1), machines), at: now).steps == [.settle(.fulfilled)])
    }
}
