/// What comparing a complete listing of all that carries our tag with the ledger brought to light.
package struct SweepFindings: Sendable, Hashable {
    /// Machines the ledger believed alive that are not.
    package var reconciliation = Reconciliation()
    /// Instances without an owner, seen so for the first time: to be remembered until the next sweep.
    package var suspects: Set<Instance.ID> = []
    /// Instances without an owner in two complete listings: to be terminated.
    package var orphans: [Instance] = []
}

/// What the ledger says of one account, read after the listing was asked for.
package struct SweepLedger: Sendable {
    /// Those of the account in no final state.
    package var machines: [Machine]
    /// Those of the account that stand.
    package var groups: [Group]
    /// What living machines of any account claim: two names may lead to one account of a cloud.
    package var claimed: Set<Instance.ID>
    /// Of any account. An instance that carries the token of an open intent is not an orphan: the intent will claim it.
    package var openTokens: Set<IntentToken>

    package init(
        machines: [Machine], groups: [Group] = [], claimed: Set<Instance.ID>, openTokens: Set<IntentToken>
    ) {
        self.machines = machines
        self.groups = groups
        self.claimed = claimed
        self.openTokens = openTokens
    }
}

/// How old an instance must be before it can be taken for an orphan: longer than any call can be on its way.
package let sweepGrace: Duration = .seconds(10 * 60)

/// Compares the cloud with the ledger.
///
/// An instance is an orphan only if its tags prove that it is ours, it is older than `sweepGrace`, no living
/// machine claims it, its token is on no open intent, and all of that was so in the last complete listing too.
/// A listing that is not complete proves nothing.
package func sweep(
    _ listing: Listing, against ledger: SweepLedger, suspects: Set<Instance.ID>,
    isOurs: ([String: String]) -> Bool, lifetime: (Request.ID) -> Duration?, at now: Timestamp
) -> SweepFindings {
    guard listing.isComplete else { return SweepFindings(suspects: suspects) }
    // Requests under way observe their own machines; running ones belong to nobody's pass, nor do the replacements that
    // a group brings after its request has settled.
    let unobserved = ledger.machines.filter { $0.state == .running || $0.group != nil }
    var findings = SweepFindings(
        reconciliation: reconcile(unobserved, with: listing, lifetime: lifetime, at: now))
    findings.reconciliation.add(ledger.groups, with: listing, lifetime: lifetime, at: now)
    let bound = Set(findings.reconciliation.moves.compactMap(\.after.instance))
    for instance in listing.instances.sorted(by: { $0.id < $1.id }) {
        guard instance.state != .terminating, instance.state != .terminated, !ledger.claimed.contains(instance.id),
            !bound.contains(instance.id),
            isOurs(instance.tags), let token = instance.tags[OurTag.token],
            !ledger.openTokens.contains(IntentToken(token)),
            let launchedAt = instance.launchedAt, launchedAt + sweepGrace <= listing.askedAt
        else { continue }
        findings.suspects.insert(instance.id)
        if suspects.contains(instance.id) { findings.orphans.append(instance) }
    }
    return findings
}
