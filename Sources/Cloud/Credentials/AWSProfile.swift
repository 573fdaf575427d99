import Provisioning

/// A profile's name, and the two files that may describe it.
package struct AWSProfile: Sendable {
    package let name: String
    /// Named by whoever runs us, in a setting or by `AWS_PROFILE`, rather than `default` for want of a name.
    package let isNamed: Bool
    /// Named by a setting.
    let isExplicit: Bool

    private let environment: Environment
    private let readFile: @Sendable (String) throws -> [UInt8]

    /// The variables count as AWS's own programs count them; files are read each time something is asked.
    package init(
        _ name: String? = nil, environment: [String: String],
        readFile: @escaping @Sendable (String) throws -> [UInt8] = FileFailure.read
    ) {
        self.init(explicit: name, environment: Environment(environment), readFile: readFile)
    }

    init(explicit: String?, environment: Environment, readFile: @escaping @Sendable (String) throws -> [UInt8]) {
        let named = explicit ?? environment.first(of: ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])?.value
        name = named ?? "default"
        isNamed = named != nil
        isExplicit = explicit != nil
        self.environment = environment
        self.readFile = readFile
    }

    /// From `AWS_REGION` or the profile; nil: neither says.
    package var region: String? {
        environment.first(of: ["AWS_REGION", "AWS_DEFAULT_REGION"])?.value ?? value("region")
    }

    /// From `AWS_ENDPOINT_URL` or the profile; nil: the service's own.
    package var endpointURL: String? { environment["AWS_ENDPOINT_URL"] ?? value("endpoint_url") }

    private func value(_ key: String) -> String? { values?[key]?.revealed }

    /// All that the files say of it; nil: they do not know it.
    var values: [String: Secret]? { read().values(of: name) }

    /// Another one of the same files.
    func other(_ name: String) -> AWSProfile {
        AWSProfile(explicit: name, environment: environment, readFile: readFile)
    }

    /// What a link says that the profile does not ask for.
    func lacks(_ key: String) -> CredentialFinding { .notMine("`\(key)` is not in profile `\(name)`") }

    /// The bytes of a file that a profile names.
    func bytes(of path: String) throws -> [UInt8] { try readFile(expanded(path)) }
}

// MARK: - The two files

extension AWSProfile {
    struct File: Sendable {
        enum Contents: Sendable {
            /// By the profile's name.
            case profiles([String: [String: Secret]])
            case missing(String)
            case broken(String)
        }

        let contents: Contents
        /// Sections of the kind `sso-session`, by their names; only the config file has them.
        var signOns: [String: [String: Secret]] = [:]

        var profiles: [String: [String: Secret]] {
            if case .profiles(let profiles) = contents { profiles } else { [:] }
        }
    }

    struct Files: Sendable {
        let credentials: File
        let config: File

        /// What both say of a profile; the credentials file wins. Nil: neither knows it.
        func values(of profile: String) -> [String: Secret]? {
            let secret = credentials.profiles[profile], open = config.profiles[profile]
            if secret == nil, open == nil { return nil }
            return (open ?? [:]).merging(secret ?? [:]) { _, secret in secret }
        }
    }

    /// As a person would write it.
    var credentialsPath: String { environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "~/.aws/credentials" }
    var configPath: String { environment["AWS_CONFIG_FILE"] ?? "~/.aws/config" }

    func read() -> Files {
        Files(
            // In the credentials file a section is a profile; in the config file only those that say so.
            credentials: read(credentialsPath) { $0 },
            config: read(configPath) { $0 == "default" ? $0 : AWSProfile.name(of: "profile", in: $0) })
    }

    private func read(_ path: String, naming: (String) -> String?) -> File {
        do {
            var profiles: [String: [String: Secret]] = [:]
            var signOns: [String: [String: Secret]] = [:]
            for section in try INIFile(readFile(expanded(path))).sections {
                if let name = naming(section.name) { profiles[name] = section.values }
                if let name = AWSProfile.name(of: "sso-session", in: section.name) { signOns[name] = section.values }
            }
            return File(contents: .profiles(profiles), signOns: signOns)
        } catch let failure as FileFailure {
            return File(contents: failure.isMissing ? .missing(failure.description) : .broken(failure.description))
        } catch let flaw as INIFile.Flaw {
            return File(contents: .broken(flaw.description))
        } catch {
            return File(contents: .broken("\(error)"))
        }
    }

    private func expanded(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = environment["HOME"] else { return path }
        return home + path.dropFirst(1)
    }

    /// `profile dev` and `profile "my dev"`; other sections are not of that kind.
    private static func name(of kind: String, in section: String) -> String? {
        guard section.hasPrefix(kind) else { return nil }
        let rest = section.dropFirst(kind.count)
        guard let first = rest.first, first.isWhitespace else { return nil }
        let name = rest.drop(while: \.isWhitespace)
        guard let quote = name.first else { return nil }
        if quote == "\"" || quote == "'" {
            let inner = name.dropFirst().prefix { $0 != quote }
            return inner.endIndex != name.endIndex && name.index(after: inner.endIndex) == name.endIndex
                ? String(inner) : nil
        }
        return name.contains(where: \.isWhitespace) ? nil : String(name)
    }
}
