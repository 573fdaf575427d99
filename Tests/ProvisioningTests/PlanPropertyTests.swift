import Provisioning
import Testing

/// What must be true of a plan for any snapshot the ledger can hold.
@Suite struct PlanPropertyTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func whateverIsRecordedThePlanKeepsItsPromises(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        for number in 0..<150 {
            let (snapshot, now) = RandomSnapshot.make(&chance)
            let plan = plan(snapshot, at: now)
            let broken = Promises.broken(by: plan, for: snapshot, at: now)
            #expect(broken.isEmpty, "seed \(seed), snapshot \(number): \(broken), \(plan.steps)")
            var shuffled = snapshot
            shuffled.intents.shuffle(using: &chance)
            #expect(Provisioning.plan(shuffled, at: now) == plan, "seed \(seed), snapshot \(number)")
        }
    }

    /// Were chance to leave a kind of step out, the test above would prove nothing about it.
    @Test func chanceBringsUpEveryKindOfStep() {
        var chance = SeededGenerator(seed: 1)
        var kinds: Set<String> = []
        for _ in 0..<3000 {
            let (snapshot, now) = RandomSnapshot.make(&chance)
            for step in plan(snapshot, at: now).steps { kinds.insert(name(of: step)) }
        }
        #expect(
            kinds == ["perform", "lookUp", "abandon", "fail", "replace", "launch", "terminate", "observe", "settle"])
    }

    private func name(of step: Plan.Step) -> String {
        switch step {
        case .perform: "perform"
        case .lookUp: "lookUp"
        case .abandon: "abandon"
        case .fail: "fail"
        case .move: "move"
        case .replace: "replace"
        case .launch: "launch"
        case .terminate: "terminate"
        case .observe: "observe"
        case .settle: "settle"
        }
    }
}

/// What every plan promises, checked one by one.
private enum Promises {
    static func broken(by plan: Plan, for snapshot: Snapshot, at now: Timestamp) -> [String] {
        var broken: [String] = []
        func promise(_ sentence: String, _ holds: Bool) { if !holds { broken.append(sentence) } }
        let request = snapshot.request
        let states = Dictionary(uniqueKeysWithValues: snapshot.machines.map { ($0.id, $0.state) })
        let intents = Dictionary(uniqueKeysWithValues: snapshot.intents.map { ($0.token, $0) })
        let isOver = request.cancelledAt != nil || request.deadline <= now
        var written: [Machine.ID] = []
        var taken: [IntentToken] = []
        for step in plan.steps {
            switch step {
            case .perform(let token): taken.append(token)
            case .lookUp(let token):
                taken.append(token)
                promise("what was never tried is not looked up", intents[token]!.attempts > 0)
            case .abandon(let token):
                taken.append(token)
                promise("nothing in doubt is abandoned", !intents[token]!.isDoubtful)
                promise("only launches are abandoned", intents[token]!.verb == .launch)
                promise("nothing is abandoned before the request is over", isOver)
            case .fail(let ids, _):
                written += ids
                promise("only planned machines fail", ids.allSatisfy { states[$0] == .planned })
            case .move(let ids, let other, _):
                written += ids
                promise("only planned machines go elsewhere", ids.allSatisfy { states[$0] == .planned })
                promise("they go where the request may be served", request.accounts.contains(other))
                promise("nothing goes anywhere once the request is over", !isOver)
            case .launch(let ids, let offerings):
                written += ids
                promise("only planned machines are launched", ids.allSatisfy { states[$0] == .planned })
                promise("nothing is launched once the request is over", !isOver)
                promise("a batch is one the API takes", (1...Sample.traits.launchBatch).contains(ids.count))
                promise(
                    "what is launched is offered",
                    !offerings.isEmpty && Set(offerings).isSubset(of: request.template!.offerings))
                promise(
                    "nothing blocked is asked for",
                    !snapshot.blocks.contains { block in
                        block.until > now && block.scope.account == request.account
                            && offerings.contains { block.scope.covers($0) }
                    })
            case .terminate(let ids, let account, _, _):
                written += ids
                promise(
                    "only what has an instance is terminated",
                    ids.allSatisfy { states[$0] == .pending || states[$0] == .running })
                promise("an account ends its own", account == Sample.account)
                promise("a batch is one the API takes", (1...Sample.traits.terminateBatch).contains(ids.count))
            case .replace(let count, _, _):
                let slots = snapshot.machines.count { $0.state != .lost || $0.ranAt != nil }
                promise("never more machines than asked", count > 0 && slots + count <= request.count)
                promise("nothing is replaced once the request is over", !isOver)
            case .observe:
                promise(
                    "only what is under way is looked at",
                    states.values.contains { $0 == .pending || $0 == .terminating })
            case .settle(let state):
                promise("nothing settles while an intent is open", snapshot.intents.isEmpty)
                promise("settling is the only step", plan.steps.count == 1)
                promise("a request settles as something", state != .open)
                promise(
                    "nothing settles while a machine is under way",
                    !states.values.contains { [.planned, .launching, .pending, .terminating].contains($0) })
            }
        }
        promise("no machine is named twice", Set(written).count == written.count)
        promise("no intent is taken up twice", Set(taken).count == taken.count)
        promise(
            "what is not done at once is looked at again", !plan.steps.isEmpty || plan.wakeAt.map { $0 > now } == true)
        return broken
    }
}

private enum RandomSnapshot {
    /// An open request as the ledger may hold it: every launching machine belongs to an open intent.
    static func make(_ chance: inout SeededGenerator) -> (Snapshot, Timestamp) {
        let now = Sample.start + .seconds(Int.random(in: 0...1000, using: &chance))
        let count = Int.random(in: 1...8, using: &chance)
        var request = Sample.request(
            count: count, atLeast: Bool.random(using: &chance) ? Int.random(in: 1...count, using: &chance) : nil,
            offerings: Array(Sample.offerings.prefix(Int.random(in: 0...3, using: &chance))))
        if Int.random(in: 0..<4, using: &chance) == 0 { request.cancelledAt = Sample.start + .seconds(1) }
        let favoured = Machine.State.allCases.randomElement(using: &chance)!
        let machines = (1...count).map { machine($0, favoured, &chance) }
        var traits = Sample.traits
        traits.tokenMemory = .seconds(300)
        let isReturn = Int.random(in: 0..<5, using: &chance) == 0
        // The launches of machines to be given back are open in their own requests.
        let open = intents(for: machines, now, &chance).filter { !isReturn || $0.verb == .terminate }
        let snapshot = Snapshot(
            request: isReturn ? Sample.giveBack(machines) : request,
            machines: machines, intents: open, blocks: blocks(&chance),
            traits: [Sample.account: traits], observedAt: Bool.random(using: &chance) ? now : nil)
        return (snapshot, now)
    }

    private static func machine(_ number: Int, _ favoured: Machine.State, _ chance: inout SeededGenerator) -> Machine {
        let state = Bool.random(using: &chance) ? favoured : Machine.State.allCases.randomElement(using: &chance)!
        return Sample.machine(number, state) { machine in
            machine.since = Sample.start + .seconds(Int.random(in: 0...900, using: &chance))
            machine.attempt = Int.random(in: 0...4, using: &chance)
            machine.offering = Bool.random(using: &chance) ? Sample.offerings.randomElement(using: &chance) : nil
            if Bool.random(using: &chance) {
                machine.failure = Failure(
                    .refused, "no", meaning: Refusal.Meaning.allCases.randomElement(using: &chance))
            }
            if state == .lost, Bool.random(using: &chance) { machine.ranAt = Sample.start }
        }
    }

    private static func intents(
        for machines: [Machine], _ now: Timestamp, _ chance: inout SeededGenerator
    ) -> [Intent] {
        var intents: [Intent] = []
        for (verb, state) in [(Intent.Verb.launch, Machine.State.launching), (.terminate, .terminating)] {
            for machine in machines where machine.state == state {
                if verb == .terminate, Bool.random(using: &chance) { continue }
                let attempts = Int.random(in: 0...3, using: &chance)
                let answers = Int.random(in: 0...attempts, using: &chance)
                let refusal = answers > 0 ? Refusal.Meaning.allCases.randomElement(using: &chance) : nil
                intents.append(
                    Sample.intent(
                        IntentToken("int-\(machine.id)"), verb, of: [machine], attempts: attempts, answers: answers,
                        refusal: refusal
                    ) {
                        if Bool.random(using: &chance) {
                            $0.retryAt = now + .seconds(Int.random(in: -60...60, using: &chance))
                        }
                    })
            }
        }
        return intents
    }

    private static func blocks(_ chance: inout SeededGenerator) -> [Block] {
        (0..<Int.random(in: 0...4, using: &chance)).map { _ in
            let offering = Sample.offerings.randomElement(using: &chance)!
            var block = Sample.block(
                offering, since: .seconds(Int.random(in: -300...900, using: &chance)),
                until: .seconds(Int.random(in: 0...1200, using: &chance)),
                at: Int.random(in: 0..<5, using: &chance) == 0 ? "other" : Sample.account)
            if Int.random(in: 0..<4, using: &chance) == 0 {
                block.scope.reach = .family(QuotaFamilies().name(ofType: offering.type), offering.market)
            }
            return block
        }
    }
}
