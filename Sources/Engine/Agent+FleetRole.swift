import Cloud
import Provisioning

extension Agent {
    /// The template with what its fleet acts as said in full, where its API takes nothing less.
    ///
    /// Once for each request, so that a launch that is repeated says the same.
    ///
    /// - Throws: `Rejected` where the cloud does not say it.
    func resolveFleetRole(of template: Template, at account: Account) async throws(Rejected) -> Template {
        guard let api = account.api(template.api)?.name,
            let lookUp = account.lookUps?.fleetRoleLookUp(for: template, by: api)
        else { return template }
        let finding = await self.finding(by: lookUp, at: account)
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

extension Agent {
    /// Whoever orders waits for it.
    private static let answerTime: Duration = .seconds(10)

    /// What an account's cloud says of one thing that a template names.
    func finding(by lookUp: LookUp, at account: Account) async -> Finding? {
        let now = surroundings.now
        return await Verification(at: account, until: now() + Agent.answerTime, now).answer(to: lookUp)
    }
}
