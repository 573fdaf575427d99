import Cloud
import Provisioning

/// What a look at one account found.
package struct ProviderReport: Sendable {
    package let account: AccountSettings
    /// Where its calls go.
    package let endpoint: Endpoint
    /// Which link of the credential chain answered; nil: none did.
    package let credentials: String?
    /// The links that were asked before it, and why they did not answer; all of them where none did.
    package let passedOver: [CredentialsMissing.Attempt]
    /// Nil: the account answered a harmless call.
    package let problem: String?
    /// Since its cloud was asked which machine types it has; nil: not today.
    package let typeListAge: Duration?
}

extension House {
    /// Asks accounts a harmless question: whether there are credentials, whether the endpoint answers, and whether
    /// it takes them.
    ///
    /// - Throws: `Rejected` if there is no account of that name.
    package func checkProviders(_ name: AccountName? = nil) async throws -> [ProviderReport] {
        if let name, !settings.accounts.contains(where: { $0.name == name }) {
            throw Rejected(
                Diagnostic(
                    .error, "account.unknown", "there is no account `\(name)`",
                    hint: didYouMean(name.text, among: settings.accounts.map(\.name.text))))
        }
        var reports: [ProviderReport] = []
        for (account, settings) in zip(try accounts(), settings.accounts) where name == nil || account.name == name {
            reports.append(try await report(on: account, settings))
        }
        return reports
    }

    private func report(on account: Account, _ settings: AccountSettings) async throws -> ProviderReport {
        guard let api = account.api(nil) else { preconditionFailure("an account has its usual API") }
        let call = try api.strategy.probe()
        func report(
            _ credentials: String?, _ passedOver: [CredentialsMissing.Attempt], _ problem: String?
        ) -> ProviderReport {
            ProviderReport(
                account: settings, endpoint: account.session.request(for: call).endpoint, credentials: credentials,
                passedOver: passedOver, problem: problem, typeListAge: typeLists.age(of: account))
        }
        do {
            try await account.session.checkCredentials()
        } catch let missing as CredentialsMissing {
            return report(nil, missing.attempts, missing.description)
        } catch let late as CredentialsLate {
            return report(nil, late.passedOver + [.init(link: late.link, reason: late.reason)], late.description)
        } catch let refusal as Refusal {
            return report(nil, [], refusal.text)
        } catch {
            return report(nil, [], "\(error)")
        }
        let source = account.session.credentialSource, passedOver = account.session.credentialsPassedOver
        return switch await account.session.perform(call, within: api.traits.callDeadline) {
        case .done: report(source, passedOver, nil)
        case .refused(let refusal): report(source, passedOver, refusal.text)
        case .unknown(let error): report(source, passedOver, "\(error)")
        }
    }
}
