import Provisioning

/// Whoever has signed in with `az login`, by Azure's command line.
///
/// https://learn.microsoft.com/cli/azure/account#az-account-get-access-token
struct AzureCommandLineLink: CredentialLink {
    let scene: AzureScene
    let run: @Sendable ([String]) async -> ProgramEnd

    var name: String { "Azure CLI" }

    func look() async -> TokenFinding {
        let environment = scene.environment
        guard let folder = environment["AZURE_CONFIG_DIR"] ?? environment["HOME"].map({ "\($0)/.azure" }) else {
            return .absent("neither AZURE_CONFIG_DIR nor HOME is set")
        }
        // The program takes a second to say that nobody has signed in; this file says it at once.
        do { _ = try scene.doors.readFile("\(folder)/azureProfile.json") } catch let failure as FileFailure {
            return failure.isMissing
                ? .absent("nobody has signed in with `az login`") : .stop("`\(folder)/azureProfile.json`: \(failure)")
        } catch {
            return .stop("`\(folder)/azureProfile.json`: \(error)")
        }
        var words = ["az", "account", "get-access-token", "--resource", scene.cloud.resource, "--output", "json"]
        if let tenant = scene.tenant { words += ["--tenant", tenant] }
        switch await run(words) {
        case .failed(let why): return .stop("`az account get-access-token` \(why); run `az login`")
        case .done(let printed):
            do throws(CredentialDocument.Flaw) {
                return .found(try token(in: printed))
            } catch {
                return .stop("what `az account get-access-token` printed \(error)")
            }
        }
    }

    private func token(in printed: [UInt8]) throws(CredentialDocument.Flaw) -> BearerToken {
        let document = try CredentialDocument(printed)
        let token = try TokenAnswer.token(document.required("accessToken"))
        // Beside it stands `expiresOn`, in the time of wherever the program runs. Versions before 2.54 have only that.
        guard let seconds = TokenAnswer.seconds(try document.required("expires_on")) else {
            throw .init("has an `expires_on` that is no number")
        }
        return BearerToken(token, expiresAt: Timestamp(seconds: seconds), source: name)
    }
}
