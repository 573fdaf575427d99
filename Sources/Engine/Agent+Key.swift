import Cloud
import Provisioning

extension Agent {
    /// The template with the text of its key, where its cloud wants to be told that and not the key's name.
    ///
    /// Once for each request, so that a launch that is repeated says the same.
    ///
    /// - Throws: `Rejected` where the cloud does not say it.
    func resolveKey(of template: Template, at account: Account) async throws(Rejected) -> Template {
        guard let lookUp = account.lookUps?.keyLookUp(for: template) else { return template }
        let finding = await self.finding(by: lookUp, at: account)
        guard let text = finding?.id else {
            throw Rejected(
                Diagnostic(
                    .error, "key.unresolved",
                    "the key `\(template.keyName ?? "")` of template `\(template.id)` cannot be found at account "
                        + "`\(account.name)`: \(finding?.detail ?? "the cloud did not say it")",
                    hint: "write the text of the public key in `key_name`, as in `ssh-ed25519 AAAA…`"))
        }
        var resolved = template
        resolved.keyName = text
        return resolved
    }
}
