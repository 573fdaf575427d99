import Cloud
import Provisioning

/// Lists what exists at one account, once for all who ask at the same time.
///
/// While a listing is under way those who ask are gathered, and the next listing answers all of them: it was
/// asked for after every one of their questions, so it may speak to each.
actor Observer {
    private let account: Account
    private let surroundings: Surroundings
    private var waiting: [(query: FleetQuery, answer: CheckedContinuation<Outcome<Listing>, Never>)] = []
    private var isListing = false
    /// The last listing's refusal; nil once one succeeded.
    private(set) var trouble: Refusal?
    /// What the last listing came to, and until when that stands: nothing is asked again before, where all that is
    /// tried again is too much for the account.
    private var silence: (outcome: Outcome<Listing>, until: Timestamp)?

    init(account: Account, surroundings: Surroundings) {
        self.account = account
        self.surroundings = surroundings
    }

    func listing(of query: FleetQuery) async -> Outcome<Listing> {
        await withCheckedContinuation { continuation in
            waiting.append((query, continuation))
            if !isListing {
                isListing = true
                Task(executorPreference: TaskHome.executor) { await self.answerAll() }
            }
        }
    }

    private func answerAll() async {
        while !waiting.isEmpty {
            let askers = waiting
            waiting = []
            let shared = Observer.shared(among: askers.map(\.query))
            var answers: [FleetQuery: Outcome<Listing>] = [:]
            for asker in askers {
                let question = if case .requests = asker.query { shared } else { asker.query }
                if answers[question] == nil { answers[question] = await ask(question) }
                asker.answer.resume(returning: answers[question]!)
            }
        }
        isListing = false
    }

    /// One question that answers all those about requests.
    private static func shared(among queries: [FleetQuery]) -> FleetQuery {
        var requests: Set<Request.ID> = []
        for case .requests(let ids) in queries { requests.formUnion(ids) }
        // Filters take a limited number of values; past that, all that is ours is one question too.
        return requests.count <= 100 ? .requests(requests.sorted()) : .ours
    }

    private func ask(_ query: FleetQuery) async -> Outcome<Listing> {
        if let silence, surroundings.now() < silence.until { return silence.outcome }
        let outcome = await list(query)
        switch outcome {
        case .done: silence = nil
        case .refused(let refusal) where refusal.meaning != .throttled && refusal.meaning != .unreachable:
            silence = nil
        case .refused, .unknown:
            silence = (outcome, surroundings.now() + account.session.delayBeforeRetry(after: .zero))
        }
        return outcome
    }

    /// Every page, or no complete listing.
    private func list(_ query: FleetQuery) async -> Outcome<Listing> {
        guard let api = account.api(nil) else { preconditionFailure("an account has its usual API") }
        var listing = Listing(instances: [], askedAt: surroundings.now(), isComplete: false)
        var addresses: [Instance.ID: Page.Addresses] = [:]
        var cursor: String?
        repeat {
            do {
                let call = try api.strategy.observe(query, after: cursor)
                switch await account.session.perform(call, within: api.traits.callDeadline) {
                case .done(let page):
                    listing.instances += page.instances
                    addresses.merge(page.addresses) { $0.merged(with: $1) }
                    if let next = page.next, next == cursor { return .unknown(Unreadable("the same page came twice")) }
                    cursor = page.next
                case .refused(let refusal):
                    trouble = refusal
                    return .refused(refusal)
                case .unknown(let error):
                    return .unknown(error)
                }
            } catch {
                return .unknown(error)
            }
        } while cursor != nil
        trouble = nil
        listing.add(addresses)
        listing.isComplete = true
        return .done(listing)
    }
}

extension Page.Addresses {
    fileprivate func merged(with other: Page.Addresses) -> Page.Addresses {
        Page.Addresses(privateIP: privateIP ?? other.privateIP, publicIP: publicIP ?? other.publicIP)
    }
}

extension Listing {
    fileprivate mutating func add(_ addresses: [Instance.ID: Page.Addresses]) {
        guard !addresses.isEmpty else { return }
        for index in instances.indices {
            guard let known = addresses[instances[index].id] else { continue }
            instances[index].privateIP = instances[index].privateIP ?? known.privateIP
            instances[index].publicIP = instances[index].publicIP ?? known.publicIP
        }
    }
}
