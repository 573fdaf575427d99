import ArgumentParser
import Catalog
import Setup

struct TemplateSchema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print a JSON Schema of template files, for editors.",
        discussion: """
            An editor that knows it completes keys and marks mistakes while a template is written. It sees one file \
            at a time: what only several together can tell, `muster template validate` finds.

            EXAMPLES:
              muster template schema > templates/.template.schema.json
              # then, as the first line of a template file in that folder:
              # yaml-language-server: $schema=.template.schema.json
            """)

    func run() throws {
        let apis = try House.knownAPIs(environment: wholeEnvironment())
        try writeOutput(JSONText.document(SchemaOfTemplates.document(TemplateKeys.described, apis: apis)))
    }
}
