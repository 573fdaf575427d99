import Setup

/// `template list` as schedulers and completions ask for it all day, past the argument parser, which takes longer
/// than all the rest of it.
///
/// It understands only the plain form, every option once with its value in the next word. Whatever is written otherwise,
/// mistakes and `--help` among it, is the parser's, so that there is one place for what a command line may say.
struct ShortWay: Equatable {
    var config: String?
    var stateDirectory: String?
    var templates: String?
    var output: OutputFormat?

    init?(_ arguments: [String]) {
        guard arguments.count.isMultiple(of: 2), arguments.starts(with: ["template", "list"]) else { return nil }
        for index in stride(from: 2, to: arguments.count, by: 2) {
            let value = arguments[index + 1]
            if value.isEmpty || value.hasPrefix("-") { return nil }
            switch arguments[index] {
            case "--config" where config == nil: config = value
            case "--state-dir" where stateDirectory == nil: stateDirectory = value
            case "--templates" where templates == nil: templates = value
            case "--output" where output == nil, "-o" where output == nil:
                guard let format = OutputFormat(rawValue: value) else { return nil }
                output = format
            default: return nil
            }
        }
    }

    func run() throws {
        let flags = SettingFlags(
            config: config, stateDirectory: stateDirectory, templates: templates.map { [$0] } ?? [])
        try TemplateList.show(openHouse(flags), as: output ?? .table)
    }
}
