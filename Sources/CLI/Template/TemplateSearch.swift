import ArgumentParser
import Catalog
import Provisioning

struct TemplateSearch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find templates by words and by their fields.",
        discussion: """
            Words are looked for anywhere in a template, all of them. A condition compares fields, under any of their \
            names, as they come to in the end: = and != whole values, in which * stands for anything, ~ a part of them, \
            < <= > >= numbers, lengths of time and sizes. A field alone asks whether it is given; of a list one item is \
            enough. The exit code is 1 if nothing is found.

            EXAMPLES:
              muster template search gpu
              muster template search --where 'cloud=aws and tags.team=web'
              muster template search --where 'machine_types = m6i.* and not lifetime'
              muster template search spot --where 'max_machines >= 100 or price_type != ondemand' --output ids
            """)

    @Argument(help: "Words to look for.")
    var words: [String] = []

    @Option(name: .customLong("where"), help: "A condition on fields; may be repeated, all are to be met.")
    var conditions: [String] = []

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if words.isEmpty, conditions.isEmpty {
            throw ValidationError("Say words to look for, or a condition with '--where'.")
        }
    }

    func run() throws {
        let query = try TemplateQuery(words: words, where: conditions)
        let (templates, diagnostics) = try options.house().catalog.search(query)
        try output.show(templates.view)
        try diagnostics.rejectErrors()
        warn(diagnostics)
        if templates.isEmpty { throw ExitCode(1) }
    }
}
