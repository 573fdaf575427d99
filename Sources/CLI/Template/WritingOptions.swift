import ArgumentParser
import Catalog
import Provisioning

/// The options of every command that changes a template file.
struct WritingOptions: ParsableArguments {
    @Option(help: "Change the file of this layer: instance, type, provider or legacy.")
    var layer: LayerArgument?

    @Option(help: "The account whose layers are meant; otherwise the default account.", completion: .accounts)
    var account: String?

    @Option(help: "Change this file.", completion: .file(extensions: ["yaml", "yml", "json"]))
    var file: String?

    @Flag(help: "Show what would be changed, and write nothing.")
    var dryRun = false

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if layer != nil, file != nil { throw ValidationError("'--layer' and '--file' exclude each other.") }
    }

    /// Carries out a change, or rehearses it, and shows what came of it.
    func perform(_ verb: TemplateChange.Verb, _ id: String, _ fields: [TemplateChange.Field] = []) throws {
        let target: TemplateChange.Target =
            if let file { .file(file) } else if let layer { .layer(layer.layer) } else { .usual }
        let change = TemplateChange(
            verb, Template.ID(id), fields: fields, target: target, account: account.map { AccountName($0) })
        let edit = try options.house().catalog.perform(change, isRehearsal: dryRun)
        try output.show(EditReport(edit: edit, verb: verb, isRehearsal: dryRun).view)
        warn(edit.warnings)
    }
}

enum LayerArgument: String, CaseIterable, ExpressibleByArgument {
    case instance, type, provider, legacy

    var layer: Layer {
        switch self {
        case .instance: .instance
        case .type: .type
        case .provider: .provider
        case .legacy: .legacy
        }
    }
}

/// A field on the command line: `max_machines=20`, `tags.team=risk`.
struct FieldArgument: ExpressibleByArgument {
    let key: String
    let value: String

    init?(argument: String) {
        guard let mark = argument.firstIndex(of: "="), mark > argument.startIndex else { return nil }
        key = String(argument[..<mark])
        value = String(argument[argument.index(after: mark)...])
    }

    var field: TemplateChange.Field { .set(key, to: value) }
}
