import ArgumentParser
import Catalog
import Provisioning

struct TemplateGenerate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Print a commented template file to begin with.",
        discussion: """
            The file is valid as it is; what a template may say besides is there too, commented out. `template create` \
            adds a template to the catalog instead.

            EXAMPLES:
              muster template generate > site/templates/awsprov_templates.yaml
              muster template generate --cloud gcp --id build-node
            """)

    @Option(help: "The cloud it is for: aws, azure or gcp.")
    var cloud = "aws"

    @Option(help: "The template's id.")
    var id = "my-template"

    func validate() throws {
        if !StarterFile.clouds.contains(CloudName(cloud)) {
            throw ValidationError(
                "There is no cloud '\(cloud)': "
                    + (didYouMean(cloud, among: StarterFile.clouds.map(\.text)) ?? "say aws, azure or gcp") + ".")
        }
        if !TemplateKeys.isID(id) {
            throw ValidationError("'\(id)' is no template id: letters, digits and -_./: are, up to 128.")
        }
    }

    func run() throws {
        try writeOutput(StarterFile(cloud: CloudName(cloud), id: id, keys: TemplateKeys.described).text)
    }
}
