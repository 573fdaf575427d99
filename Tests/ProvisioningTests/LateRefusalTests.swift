import Provisioning
import Testing

/// Instances that were granted, and died as they came up.
@Suite struct LateRefusalTests {
    private let now = Sample.start + .seconds(10)

    private func listing(_ id: Instance.ID?, _ code: String?, _ words: String?) -> Listing {
        var gone = Instance(id: id!, state: .terminated, type: "m6i.large", market: .spot)
        gone.zone = "us-east-1a"
        gone.stateCode = code
        gone.stateReason = words
        return Listing(instances: [gone], askedAt: now, isComplete: true)
    }

    private func look(
        at machine: Machine, code: String?, words: String?, refusal: Refusal?
    ) -> Reconciliation {
        reconcile(
            [machine], with: listing(machine.instance, code, words), lifetime: { _ in nil }, refusal: { _ in refusal },
            at: now)
    }

    @Test func itIsLostForTheCloudsReasonInTheCloudsWords() {
        let machine = Sample.machine(1, .pending) { $0.offering = Sample.spotA }
        let found = look(at: machine, code: "Server.X", words: "no room after all", refusal: Sample.full)
        #expect(found.moves.map(\.after.state) == [.lost])
        #expect(
            found.moves[0].after.failure
                == Failure(.gone, "Server.X: no room after all", meaning: .capacity, code: "Server.X"))
        #expect(found.late == [LateRefusal(machine: machine, refusal: Sample.full)])
        // AWS says its code twice, we do not.
        let twice = look(at: machine, code: "Server.X", words: "Server.X: no room", refusal: nil)
        #expect(twice.moves[0].after.failure?.detail == "Server.X: no room")
        #expect(twice.late.isEmpty)
    }

    @Test func whatRanAndWasTakenBackLaterSaysNothingAboutRoom() {
        let machine = Sample.machine(1, .running) { $0.offering = Sample.spotA }
        let found = look(at: machine, code: "Server.SpotInstanceTermination", words: nil, refusal: Sample.full)
        #expect(found.late.isEmpty)
        #expect(found.moves[0].after.failure?.meaning == nil)
        #expect(found.moves[0].after.failure?.code == "Server.SpotInstanceTermination")
    }

    /// An instance has a zone even where the cloud was to pick it.
    @Test func itBlocksWhatWasAskedForAndNotOnlyWhatCame() throws {
        let anyZone = Offering(type: "m6i.large", subnet: "subnet-1", market: .spot)
        let template = Template(id: "t", image: "ami-1", offerings: [Sample.demandA, anyZone])
        let machine = Sample.machine(1, .pending) {
            $0.offering = Offering(type: "m6i.large", zone: "us-east-1c", subnet: "subnet-1", market: .spot)
        }
        let late = LateRefusal(machine: machine, refusal: Sample.full)
        let block = try #require(late.block(of: template, counting: QuotaFamilies(), at: now))
        #expect(block.scope.reach == .offering(anyZone))
        #expect(block.since == now && block.until == now + Sample.full.holds)
        let quota = LateRefusal(machine: machine, refusal: Refusal(.quota, code: "X", message: ""))
        let families = QuotaFamilies(["standard": ["m", "c"]])
        #expect(quota.block(of: template, counting: families, at: now)?.scope.reach == .family("standard", .spot))
    }

    // MARK: What comes next

    /// One machine after another dies for this reason, in the offering that was asked for.
    private func story(_ refusal: Refusal, rounds: Int) -> (
        asked: [Offering], waited: [Duration], state: Request.State?
    ) {
        let request = Sample.request(count: 1)
        var machines = [Sample.machine(1)]
        var blocks: [Block] = []
        var now = Sample.start
        var asked: [Offering] = [], waited: [Duration] = []
        for _ in 0..<200 {
            let plan = plan(Sample.snapshot(request, machines, blocks: blocks), at: now)
            guard let step = plan.steps.first else {
                guard let wakeAt = plan.wakeAt else { break }
                waited.append(wakeAt - now)
                now = wakeAt
                continue
            }
            let last = machines.count - 1
            switch step {
            case .launch(_, let offerings):
                asked.append(offerings[0])
                machines[last].state = .pending
                machines[last].offering = offerings[0]
                let late = LateRefusal(machine: machines[last], refusal: refusal)
                if let block = late.block(of: request.template!, counting: QuotaFamilies(), at: now) {
                    blocks.append(block)
                }
                machines[last].state = .lost
                machines[last].since = now
                machines[last].failure = Failure(.gone, refusal.text, meaning: refusal.meaning, code: refusal.code)
            case .replace(1, _, let offering):
                machines.append(Sample.machine(machines.count + 1) { $0.offering = offering })
            case .fail(_, let failure):
                machines[last].state = .failed
                machines[last].failure = failure
            case .settle(let state): return (asked, waited, state)
            default: Issue.record("\(step)")
            }
            if asked.count > rounds { break }
        }
        return (asked, waited, nil)
    }

    @Test func aLateLackOfRoomIsFollowedByTheNextOfferingAtOnceAndByNoneTwice() {
        let (asked, waited, state) = story(Sample.full, rounds: 20)
        #expect(asked == Sample.offerings)
        #expect(waited.isEmpty)
        #expect(state == .failed)
    }

    @Test func aLateLackOfAllowanceIsNotFollowedByTheSameFamily() {
        let (asked, waited, state) = story(Refusal(.quota, code: "Client.VolumeLimitExceeded", message: ""), rounds: 20)
        #expect(asked == [Sample.spotA, Sample.demandA])
        #expect(waited.isEmpty)
        #expect(state == .failed)
    }

    @Test(arguments: [Refusal.Meaning.invalid, .credentials])
    func whatMakesNoSenseLateIsTriedThereAgainEverMoreSlowlyAndNotForEver(meaning: Refusal.Meaning) {
        let (asked, waited, state) = story(Refusal(meaning, code: "Client.InternalError", message: "key"), rounds: 20)
        #expect(asked == Array(repeating: Sample.spotA, count: 4))
        #expect(waited == [.seconds(20), .seconds(40)])
        #expect(state == .failed)
    }
}
