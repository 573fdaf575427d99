import Cloud
import Provisioning

/// Asks one account whether what templates name exists; changes nothing.
///
/// The same question is asked once, however many templates it is about.
package final class Verification: Sendable {
    private let account: Account
    private let timeLeft: @Sendable () -> Duration
    private let heard = Lock<[Question: Heard]>([:])

    /// Listings end; one that seems not to is given up.
    private static let callsMax = 100
    private static let deadline: Duration = .seconds(15)
    private static let callsAtOnce = 16
    /// A throttle is no answer: the same call, later.
    private static let attemptsMax = 4

    package init(at account: Account) {
        self.account = account
        timeLeft = { Verification.deadline }
    }

    /// One whose questions have to be answered before a moment, all of them together.
    package init(at account: Account, until end: Timestamp, _ now: @escaping @Sendable () -> Timestamp) {
        self.account = account
        timeLeft = { end - now() }
    }

    /// One finding for each thing that the template names, in the order of the subjects.
    package func findings(on template: Template) async -> [Finding] {
        guard let lookUps = account.lookUps else { return [] }
        return sorted(await ask(lookUps.lookUps(for: template)).map(\.finding).map(withinReason))
    }

    /// What the cloud says of what a launch needs, in the order of the subjects; empty: there is nothing to ask.
    package func findings(before order: LaunchOrder, by strategy: any ProviderStrategy) async -> [Finding] {
        sorted(await ask(strategy.lookUps(before: order)).map(\.finding).map(withinReason))
    }

    /// What the image of a template is, where it does not say it by its id; nil: it does, or it names none.
    ///
    /// With it the cloud's no, where that is why nobody knows.
    package func image(of template: Template) async -> (finding: Finding, refusal: Refusal?)? {
        guard let lookUp = account.lookUps?.imageLookUp(for: template) else { return nil }
        return await ask([lookUp]).first
    }

    /// What comes of one question about one thing.
    func answer(to lookUp: LookUp) async -> Finding? { await ask([lookUp]).first?.finding }

    /// What the account's cloud says to a question of no interest, that only wrong credentials keep from an answer.
    func probe(_ call: Call<Void>) async -> Outcome<Void> {
        let time = min(timeLeft(), Verification.deadline)
        guard time > .zero else { return .unknown(Unreadable(Verification.outOfTime)) }
        return await account.session.perform(call, within: time)
    }

    private static let outOfTime = "its time is over"

    private func ask(_ lookUps: [LookUp]) async -> [(finding: Finding, refusal: Refusal?)] {
        var findings: [(finding: Finding, refusal: Refusal?)] = []
        var open = lookUps
        var calls = 0, heardOf = 0
        while !open.isEmpty {
            if calls == heardOf {
                // What is known to be asked is asked at once, and then read one by one.
                heardOf += open.count
                await hear(open.prefix(max(0, Verification.callsMax - calls)).map(\.call))
            }
            let lookUp = open.removeFirst()
            calls += 1
            guard calls <= Verification.callsMax else {
                findings += lookUp.topics.findings(.unknown("given up after \(Verification.callsMax) calls"))
                    .map { ($0, nil) }
                continue
            }
            let step: LookUp.Step
            var refused: Refusal?
            switch await perform(lookUp.call) {
            case .done(let answered): step = answered
            // Who may not look has not seen that nothing is there.
            case .refused(let refusal):
                step = lookUp.unanswered(refusal.text)
                refused = refusal
            case .unknown(let error): step = lookUp.unanswered("\(error)")
            }
            findings += step.findings.map { ($0, $0.word == "unknown" ? refused : nil) }
            open += step.next
        }
        return findings
    }

    // MARK: - Each question once

    private struct Question: Hashable {
        var service: Service
        var method: String
        var path: String
        var headers: [HTTPHeader]
        var query: String
        var body: [UInt8]

        init(_ call: Call<LookUp.Step>) {
            service = call.service
            method = call.method
            path = call.path
            headers = call.headers
            query = call.query
            body = call.body
        }
    }

    /// Side by side, each that is not known yet once.
    private func hear(_ calls: [Call<LookUp.Step>]) async {
        var asked: Set<Question> = []
        let new = calls.filter { call in
            let question = Question(call)
            return heard.withLock { $0[question] == nil } && asked.insert(question).inserted
        }
        for some in new.chunked(by: Verification.callsAtOnce) {
            await withTaskGroup(of: Void.self) { group in
                for call in some {
                    group.addTask {
                        let answer = await self.send(call)
                        self.heard.withLock { $0[Question(call)] = answer }
                    }
                }
            }
        }
    }

    private enum Heard {
        case response(HTTPResponse)
        case fault(Fault)
        case refused(Refusal)
        case unknown(any Error)
    }

    private func perform(_ call: Call<LookUp.Step>) async -> Outcome<LookUp.Step> {
        precondition(call.effect == .reads, "\(call.action) is no look-up")
        let question = Question(call)
        let answer: Heard
        if let earlier = heard.withLock({ $0[question] }) {
            answer = earlier
        } else {
            answer = await send(call)
            heard.withLock { $0[question] = answer }
        }
        switch answer {
        case .refused(let refusal): return .refused(refusal)
        case .unknown(let error): return .unknown(error)
        case .response(let response):
            do { return .done(try call.read(response)) } catch { return .unknown(error) }
        case .fault(let fault):
            guard let step = call.consent?(fault) else { return .unknown(Unreadable(fault.message)) }
            return .done(step)
        }
    }

    /// Sends the question and keeps the answer as it came, for others who ask the same may read it differently.
    private func send(_ call: Call<LookUp.Step>) async -> Heard {
        var raw = Call<Heard>(
            action: call.action, effect: call.effect, service: call.service, method: call.method, path: call.path,
            query: call.query, headers: call.headers, body: call.body, parameters: call.parameters,
            read: { .response($0) }, fault: call.fault)
        raw.consent = { fault in call.consent?(fault) == nil ? nil : .fault(fault) }
        var attempts = 0
        while true {
            attempts += 1
            let time = min(timeLeft(), Verification.deadline)
            guard time > .zero else { return .unknown(Unreadable(Verification.outOfTime)) }
            switch await account.session.perform(raw, within: time) {
            case .done(let heard): return heard
            // The session has slowed down and waits before it sends the next one.
            case .refused(let refusal) where refusal.meaning == .throttled && attempts < Verification.attemptsMax:
                continue
            case .refused(let refusal): return .refused(refusal)
            case .unknown(let error): return .unknown(error)
            }
        }
    }

    // MARK: - Findings

    /// An emulated cloud launches with images, subnets, groups, keys and roles that it has never seen, so that a
    /// catalog made for a real one can be tried there: not to find them says nothing of the template.
    private func withinReason(_ finding: Finding) -> Finding {
        guard account.isEmulated, case .absent = finding.answer, finding.id == nil else { return finding }
        switch finding.subject {
        case .image where finding.name.hasPrefix("ami-"), .subnet, .securityGroup, .key, .role, .placementGroup:
            var finding = finding
            finding.answer = .unknown("the emulated cloud does not have it, and launches with any")
            return finding
        case .image, .type, .zone, .launchTemplate, .diskType, .acceleratorType, .permission, .quota: return finding
        }
    }

    private func sorted(_ findings: [Finding]) -> [Finding] {
        Finding.Subject.allCases.flatMap { subject in findings.filter { $0.subject == subject } }
    }
}

extension LookUp {
    /// What it comes to where no answer came.
    fileprivate func unanswered(_ why: String) -> Step {
        let known = Set(otherwise.findings.map { Topic($0.subject, $0.name) })
        let unknown = topics.filter { !known.contains($0) }.findings(.unknown(why))
        return Step(otherwise.findings + unknown, next: otherwise.next)
    }
}
