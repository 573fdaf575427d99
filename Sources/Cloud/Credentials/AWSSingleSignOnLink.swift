import Provisioning

/// What a person may have who has signed on with `aws sso login`, by the token that it left behind.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
struct AWSSingleSignOnLink: CredentialLink {
    let profile: AWSProfile
    let doors: CredentialDoors

    var name: String { "single sign-on" }

    func look() async -> CredentialFinding {
        let files = profile.read()
        guard let values = files.values(of: profile.name) else { return profile.lacks("sso_account_id") }
        let account = values["sso_account_id"]?.revealed, role = values["sso_role_name"]?.revealed
        // A session alone is how a profile signs on to services that want a bearer token.
        if account == nil, role == nil { return profile.lacks("sso_account_id") }
        guard let account, let role else {
            return .stop("profile `\(profile.name)` needs both `sso_account_id` and `sso_role_name`")
        }
        let session = values["sso_session"]?.revealed
        let place = session.map { files.config.signOns[$0] } ?? values
        guard let place else {
            return .stop("there is no `[sso-session \(session ?? "")]` in \(profile.configPath)")
        }
        guard let region = place["sso_region"]?.revealed, let address = place["sso_start_url"]?.revealed else {
            let what = session.map { "`[sso-session \($0)]`" } ?? "profile `\(profile.name)`"
            return .stop("\(what) needs both `sso_region` and `sso_start_url`")
        }
        switch token(in: "~/.aws/sso/cache/\(sha1(Array((session ?? address).utf8)).hex).json") {
        case .stop(let why): return .stop("\(why); run `aws sso login --profile \(profile.name)`")
        case .have(let token):
            let found = await doors.issuer.signOn(
                SingleSignOnGrant(account: account, role: role, region: region), token: token)
            return found.named("single sign-on as `\(role)` at \(account)")
        }
    }

    private enum Token {
        case have(Secret)
        case stop(String)
    }

    private func token(in path: String) -> Token {
        let document: CredentialDocument
        do {
            document = try CredentialDocument(try profile.bytes(of: path))
        } catch let failure as FileFailure {
            return .stop(failure.isMissing ? "nobody has signed on" : "`\(path)`: \(failure)")
        } catch {
            return .stop("`\(path)` \(error)")
        }
        guard let token = document["accessToken"],
            let expiry = document["expiresAt"].flatMap(Timestamp.init(withOffset:))
        else { return .stop("`\(path)` has no `accessToken`, or no `expiresAt` that is a moment") }
        guard expiry > doors.surroundings.now() else { return .stop("the sign-on ended at \(expiry)") }
        return .have(Secret(token))
    }
}
