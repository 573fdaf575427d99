import ArgumentParser
import Catalog
import Provisioning

struct TemplateCache: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "Show the compiled catalog, which saves commands from reading all templates.",
        discussion: """
            A command that has read the catalog leaves what it came to in the state folder. The next one uses it \
            if no file, setting or program changed since; otherwise it reads the files.

            EXAMPLES:
              muster template cache
              muster template cache --refresh
              muster template cache --clear
            """)

    @Flag(help: "Remove the compiled catalogs of the state folder.")
    var clear = false

    @Flag(help: "Compile the catalog now.")
    var refresh = false

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if clear, refresh { throw ValidationError("'--clear' and '--refresh' exclude each other.") }
    }

    func run() throws {
        let catalog = try options.house().catalog
        if clear { catalog.clearCompiled() }
        let unkept = refresh ? catalog.compile { $0.texts } : nil
        if let status = catalog.compiledStatus() { try output.show(status.view) }
        if let unkept {
            throw NotReached(
                "the catalog was not compiled: \(unkept.why)", hint: "`muster template validate` tells mistakes")
        }
    }
}
