import Cloud
import Documents
import Glibc
import Provisioning

extension Settings {
    /// Reads the layers, lowest first: `config/default.yaml`, the site's file, the environment (`MUSTER_…`), flags.
    ///
    /// - Throws: `Rejected` with everything that is wrong in them.
    package static func read(_ flags: SettingFlags, environment: [String: String]) throws -> Settings {
        let home = try Home.find(environment)
        var diagnostics: [Diagnostic] = []
        var fields = Layered(fields: [], origin: Origin(layer: "nothing"))
        for file in files(flags, environment, home: home) {
            let (document, found) = Document.read(file.path)
            diagnostics += found
            if let root = document?.root { fields = Layered(root, layer: file.layer).merged(over: fields) }
        }
        try diagnostics.rejectErrors()
        fields = overrides(flags, environment).merged(over: fields).merged(over: usual(environment))
        var settings = Settings(fields: fields)
        settings.providers = "\(home)/providers"
        diagnostics += settings.take(environment)
        try diagnostics.rejectErrors()
        return settings
    }

    private static func files(
        _ flags: SettingFlags, _ environment: [String: String], home: String
    ) -> [(path: String, layer: String)] {
        var files = [(path: path("config/default.yaml", in: home), layer: "default")]
        if let named = flags.config ?? environment["MUSTER_CONFIG"], !named.isEmpty {
            files.append((named, "site"))
        } else {
            let named = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            let own = named ?? environment["HOME"].map { "\($0)/.config" }
            let usual = (own.map { ["\($0)/muster/config.yaml"] } ?? []) + ["/etc/muster/config.yaml"]
            // Only a file somebody named must be there.
            if let found = usual.first(where: { access($0, F_OK) == 0 }) { files.append((found, "site")) }
        }
        return files
    }

    /// The environment and the flags as a layer of their own.
    private static func overrides(_ flags: SettingFlags, _ environment: [String: String]) -> Layered {
        var fields: [(String, Layered)] = []
        func add(_ key: String, flag: String, _ flagged: String?, variable: String) {
            if let flagged {
                fields.append((key, Layered(text: flagged, origin: Origin(layer: "flag \(flag)"))))
            } else if let value = environment[variable], !value.isEmpty {
                fields.append((key, Layered(text: value, origin: Origin(layer: "environment \(variable)"))))
            }
        }
        add("state_dir", flag: "--state-dir", flags.stateDirectory, variable: "MUSTER_STATE_DIR")
        add("default_account", flag: "", nil, variable: "MUSTER_DEFAULT_ACCOUNT")
        add("template_cache_ttl", flag: "", nil, variable: "MUSTER_TEMPLATE_CACHE_TTL")
        let named = environment["MUSTER_TEMPLATES"]?.split(separator: ":").map(String.init) ?? []
        let isFlagged = !flags.templates.isEmpty
        let directories = isFlagged ? flags.templates : named
        if !directories.isEmpty {
            let origin = Origin(layer: isFlagged ? "flag --templates" : "environment MUSTER_TEMPLATES")
            let items = directories.map { Layered(text: $0, origin: origin) }
            fields.append(("templates", Layered(items: items, origin: origin)))
        }
        return Layered(fields: fields, origin: Origin(layer: "environment and flags"))
    }

    /// What holds where nobody says anything, so that `config show` tells it too.
    private static func usual(_ environment: [String: String]) -> Layered {
        let origin = Origin(layer: "usual place")
        let state = Layered(text: usualStateDirectory(environment), origin: origin)
        return Layered(fields: [("state_dir", state)], origin: origin)
    }

    // MARK: - From fields to values

    private mutating func take(_ environment: [String: String]) -> [Diagnostic] {
        var reader = FieldReader(fields, what: "setting")
        // Null clears: a site that has accounts of its own may not want the shipped one.
        for entry in reader.entries("accounts") ?? [] where !entry.value.isNull {
            var account = FieldReader(entry.value, what: "account")
            if let settings = AccountSettings(named: entry.key, &account, environment) { accounts.append(settings) }
            account.finish().forEach { reader.report($0) }
        }
        putFirst(reader.field("default_account"), &reader)
        for item in reader.list("templates") ?? [] {
            // A path means what it says where it is written.
            if let text = item.text { templates.append(path(text, in: item.place.map { parent(of: $0.file) } ?? "")) }
        }
        templateCacheTTL = reader.duration("template_cache_ttl") ?? templateCacheTTL
        _ = reader.nested("template_references", what: "setting") { references in
            templateReferences.environment = references.strings("environment") ?? []
            let place = references.map["files"]?.place
            for text in references.strings("files") ?? [] {
                templateReferences.directories.append(path(text, in: place.map { parent(of: $0.file) } ?? ""))
            }
        }
        stateDirectory = reader.string("state_dir") ?? stateDirectory
        _ = reader.nested("emulator", what: "setting") { emulator in
            emulatorBoot = emulator.duration("boot") ?? emulatorBoot
            emulatorShutdown = emulator.duration("shutdown") ?? emulatorShutdown
        }
        return reader.finish()
    }

    private mutating func putFirst(_ field: Layered.Field?, _ reader: inout FieldReader) {
        guard let field, let name = field.value.text else { return }
        guard let index = accounts.firstIndex(where: { $0.name.text == name }) else {
            reader.report(
                "account.unknown", "there is no account `\(name)`", at: field.value.place,
                hint: didYouMean(name, among: accounts.map(\.name.text)))
            return
        }
        accounts.insert(accounts.remove(at: index), at: 0)
    }

    /// As the user database has it where `HOME` says nothing, such as under cron.
    private static func home(_ environment: [String: String]) -> String {
        if let home = environment["HOME"], home.hasPrefix("/") { return home }
        return getpwuid(getuid()).map { String(cString: $0.pointee.pw_dir) } ?? ""
    }

    /// `$XDG_STATE_HOME/muster`, by the XDG Base Directory Specification.
    private static func usualStateDirectory(_ environment: [String: String]) -> String {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/muster" }
        return "\(home(environment))/.local/state/muster"
    }
}

extension AccountSettings {
    /// Nil where something that must be said is missing or wrong; the reader knows what.
    fileprivate init?(named name: String, _ reader: inout FieldReader, _ environment: [String: String]) {
        isEmulated = reader.boolean("emulated") ?? false
        let cloud = reader.required("cloud") { $0.choice($1, of: ["aws": CloudName("aws")]) }
        profile = reader.string("profile")
        tags = reader.texts("tags") ?? [:]
        role = reader.string("role")
        if let role, !role.hasPrefix("arn:") {
            reader.report(
                "account.role", "`\(role)` is no ARN of a role", at: reader.map["role"]?.place,
                hint: "write it as `arn:aws:iam::123456789012:role/NAME`")
        }
        (externalID, sessionTags) = AccountSettings.roleTerms(&reader, hasRole: role != nil)
        for key in tags.keys.sorted() where key.hasPrefix(OurTag.prefix) || key.hasPrefix("aws:") {
            reader.report("account.tag", "the tag `\(key)` is reserved", at: reader.map["tags"]?.place)
        }
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let region = reader.string("region") ?? variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION")
        if region == nil {
            reader.report(
                "field.missing", "an account needs `region`", at: reader.map.place, hint: "or set `AWS_REGION`")
        }
        let endpointField = reader.field("endpoint")
        let address = endpointField?.value.text ?? (isEmulated ? nil : variable("AWS_ENDPOINT_URL"))
        endpoint = address.flatMap { Endpoint($0) }
        if let address, endpoint == nil {
            reader.report(
                "account.endpoint", "`\(address)` is no endpoint", at: endpointField?.value.place,
                hint: "write it as `https://host` or `http://127.0.0.1:5000`"
                    + (endpointField == nil ? ", in `AWS_ENDPOINT_URL`" : ""))
        }
        if isEmulated, endpoint != nil {
            reader.report(
                "field.clash", "an emulated account has no `endpoint`", at: endpointField?.keyPlace,
                hint: "drop one of `emulated` and `endpoint`")
        }
        endpointKind = EndpointKind(
            isFIPS: reader.boolean("use_fips") ?? (variable("AWS_USE_FIPS_ENDPOINT")?.lowercased() == "true"),
            isDualStack: reader.boolean("use_dualstack")
                ?? (variable("AWS_USE_DUALSTACK_ENDPOINT")?.lowercased() == "true"))
        // Nothing of the cloud's own is asked in the emulator, nor where somebody has named an endpoint.
        if isEmulated { endpointKind = .plain }
        if endpointKind != .plain, let endpoint {
            reader.report(
                "field.clash", "`\(endpoint)` is named, and \(endpointKind) endpoints are asked for",
                at: endpointField?.value.place ?? reader.map.place,
                hint: "drop the endpoint, or `use_fips` and `use_dualstack`; variables may say them too")
        }
        guard let cloud, let region else { return nil }
        self.name = AccountName(name)
        self.cloud = cloud
        self.region = region
    }
}
