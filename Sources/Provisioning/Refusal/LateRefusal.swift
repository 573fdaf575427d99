/// A no that came after a yes: an instance was granted, and died as it came up.
package struct LateRefusal: Hashable, Sendable {
    /// As it was until then.
    package var machine: Machine
    package var refusal: Refusal

    package init(machine: Machine, refusal: Refusal) {
        self.machine = machine
        self.refusal = refusal
    }

    /// What not to ask for after it, as after one that came at once.
    package func block(of template: Template, counting families: QuotaFamilies, at now: Timestamp) -> Block? {
        guard let came = machine.offering else { return nil }
        let asked = template.offerings.index(asking: came).map { template.offerings[$0] } ?? came
        guard let scope = refusal.blocks(asked, of: template, at: machine.account, counting: families) else {
            return nil
        }
        return Block(scope: scope, since: now, until: now + refusal.holds, refusal: refusal)
    }
}
