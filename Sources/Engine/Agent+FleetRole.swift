import Cloud
import Provisioning

extension Agent {
    /// Whoever orders waits for it.
    private static let roleTime: Duration = .seconds(10)

    /// The template with what its fleet acts as said in full, where its API takes nothing less.
    ///
    /// Once for each request, so that a launch that is repeated says the same.
    ///
    /// - Throws: `Rejected` where the cloud does not say it.
    func resolveFleetRole(of template: Template, at account: Account) async throws(Rejected) -> Template {
        guard let api = account.api(template.api)?.name,
            let lookUp = account.lookUps?.fleetRoleLookUp(for: template, by: api)
        else { return template }
        let now = surroundings.now
        let verification = Verification(at: account, until: now() + Agent.roleTime, now)
        let finding = await verification.answer(to: lookUp)
        guard let role = finding?.id else {
            throw Rejected(
                Diagnostic(
                    .error, "fleet.role",
                    "the role `\(finding?.name ?? "")` of template `\(template.id)` cannot be named in full at account "
                        + "`\(account.name)`: \(finding?.detail ?? "the cloud did not say it")",
                    hint: "write its ARN in `fleet_role`"))
        }
        var resolved = template
        resolved.fleet = resolved.fleet ?? FleetOptions()
        resolved.fleet?.role = role
        return resolved
    }
}
