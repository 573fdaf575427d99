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
