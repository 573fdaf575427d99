/// A role that a profile names, assumed with what its `source_profile` or `credential_source` gives.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
struct AWSRoleLink: CredentialLink {
    let profile: AWSProfile
    /// The profiles from the one that was asked for to this one, each naming the next as its source.
    let path: [String]
    let places: AWSProfileLinks

    var name: String { "assuming a role" }

    func look() async -> CredentialFinding {
        let files = profile.read()
        // What it asks for cannot be known, so nobody may answer in its place.
        if case .broken(let why) = files.config.contents { return .stop("\(profile.configPath): \(why)") }
        guard let values = files.values(of: profile.name), let arn = values["role_arn"]?.revealed else {
            return profile.lacks("role_arn")
        }
        if values["web_identity_token_file"] != nil {
            return .notMine("the role of profile `\(profile.name)` goes with a web identity")
        }
        if values["mfa_serial"] != nil {
            return .stop("`mfa_serial` in profile `\(profile.name)` wants a code, and nobody is there to type it")
        }
        var role = AWSRole(arn)
        role.sessionName = values["role_session_name"]?.revealed ?? role.sessionName
        role.externalID = values["external_id"]?.revealed
        if let text = values["duration_seconds"]?.revealed {
            guard let seconds = Int(text), AWSRole.durationsInSeconds.contains(seconds) else {
                let range = AWSRole.durationsInSeconds
                return .stop(
                    "`duration_seconds` in profile `\(profile.name)` is no number from \(range.lowerBound) "
                        + "to \(range.upperBound)")
            }
            role.durationSeconds = seconds
        }
        let source = await source(values, files)
        guard case .found(let credentials) = source else { return source }
        let assumed = await places.doors.issuer.assume(role, with: credentials)
        return assumed.named("role \(arn) of profile `\(profile.name)`, by \(credentials.source)")
    }
}

// MARK: - What it is assumed with

extension AWSRoleLink {
    private func source(_ values: [String: Secret], _ files: AWSProfile.Files) async -> CredentialFinding {
        switch (values["source_profile"]?.revealed, values["credential_source"]?.revealed) {
        case (let source?, nil): await credentials(of: source, files)
        case (nil, let source?): await credentials(from: source)
        case (nil, nil):
            .stop("profile `\(profile.name)` has `role_arn`, but neither `source_profile` nor `credential_source`")
        case (_?, _?):
            .stop("profile `\(profile.name)` has both `source_profile` and `credential_source`: drop one")
        }
    }

    private func credentials(of name: String, _ files: AWSProfile.Files) async -> CredentialFinding {
        let source = profile.other(name)
        let links: [any AWSCredentialLink]
        // Keys in a source are what it gives, even where it names a role too: so a profile may be its own source.
        if files.values(of: name)?["aws_access_key_id"] != nil {
            links = places.keyLinks(of: source)
        } else if path.contains(name) {
            let circle = (path + [name]).map { "`\($0)`" }.joined(separator: ", ")
            return .stop("the profiles \(circle) name one another as `source_profile`, and none has keys")
        } else {
            links = places.links(of: source, after: path)
        }
        do {
            return .found(try await AWSCredentialChain(links).resolve())
        } catch let none as NoCredentials {
            // A link that nothing asks for is of no interest here.
            return .stop("source profile `\(name)`: \(CredentialsMissing(attempts: none.links).tried)")
        } catch let late as CredentialsLate {
            return .later("source profile `\(name)`: \(late.link): \(late.reason)")
        } catch {
            return .later("\(error)")
        }
    }

    private func credentials(from source: String) async -> CredentialFinding {
        let link: any AWSCredentialLink
        switch source {
        case "Environment": link = AWSEnvironmentLink(environment: places.environment)
        case "Ec2InstanceMetadata":
            link = AWSMetadataLink(environment: places.environment, profile: profile, doors: places.doors)
        case "EcsContainer": link = AWSContainerLink(environment: places.environment, doors: places.doors)
        default:
            return .stop(
                "`credential_source` in profile `\(profile.name)` is none of `Environment`, "
                    + "`Ec2InstanceMetadata` and `EcsContainer`")
        }
        switch await link.look() {
        // It is named, so it was meant.
        case .absent(let why), .notMine(let why): return .stop("`credential_source` is `\(source)`: \(why)")
        case let finding: return finding
        }
    }
}
