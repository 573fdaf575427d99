import Cloud
import Logging
import Provisioning
import Store

/// What became of launches that calling again cannot settle.
extension Pass {
    /// Finds out by its token what became of a launch that calling again cannot settle.
    ///
    /// Fewer instances than asked for are believed only once nothing sent earlier can still arrive.
    func lookUp(_ intent: Intent) async throws {
        guard let account = agent.accounts[intent.account], let api = account.strategies[intent.api],
            let observer = agent.observers[intent.account]
        else { return }
        if let order = intent.order, api.strategy.group(for: order) != nil {
            return try await lookUpGroup(intent, account, api)
        }
        let found = await observer.listing(of: .token(intent.token))
        let now = agent.surroundings.now()
        guard case .done(let listing) = found, listing.isComplete else {
            return try keepOpen(
                intent, retryAt: retryAt(intent, at: now), "could not be looked up", at: now)
        }
        let instances = listing.instances.filter { $0.tags[OurTag.token] == intent.token.text }
        let settledBy = intent.settledBy(api.traits)
        if instances.count < intent.machines.count, listing.askedAt < settledBy {
            try keepOpen(intent, retryAt: settledBy, "looked up: \(instances.count) so far", at: now)
        } else if instances.isEmpty {
            let nothing = Refusal(
                .conflict, code: "NothingFound", message: "no instance carries the token \(intent.token)")
            try close(intent, with: intent.refusal ?? nothing, at: now)
        } else {
            try close(intent, with: LaunchReceipt(instances: instances), [], at: now)
        }
    }

    private func lookUpGroup(_ intent: Intent, _ account: Account, _ api: AccountAPI) async throws {
        let askedAt = agent.surroundings.now()
        let group = try agent.database.read {
            try ScaffoldRepository($0).scaffold(intent.token.group, at: account.name)
        }
        guard let group else { throw LedgerError.damaged("intent \(intent.token) has no group") }
        let outcome = try await carryOut(try api.strategy.find(group), at: account, api.traits)
        let now = agent.surroundings.now()
        let settledBy = intent.settledBy(api.traits)
        switch outcome {
        case .done(let name?):
            try close(intent, with: LaunchReceipt(instances: [], group: name), [], at: now)
        case .done(nil) where askedAt >= settledBy:
            let nothing = Refusal(.conflict, code: "NothingFound", message: "no \(group.kind) carries \(intent.token)")
            try close(intent, with: intent.refusal ?? nothing, at: now)
        case .done(nil):
            try keepOpen(intent, retryAt: settledBy, "looked up: nothing so far", at: now)
        case .refused, .unknown:
            try keepOpen(
                intent, retryAt: retryAt(intent, at: now), "could not be looked up", at: now)
        }
    }
}
