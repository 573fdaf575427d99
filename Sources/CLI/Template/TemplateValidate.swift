import ArgumentParser
import Glibc
import Provisioning

struct TemplateValidate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check templates and template files, and tell every mistake.",
        discussion: """
            Without arguments the whole catalog is checked. An argument that ends in .yaml, .yml or .json, or holds \
            the name of a file that exists, is a file; any other is a template's id. A file from elsewhere is checked \
            as if it stood in the catalog in place of the one of its name. The exit code is 2 if there is any mistake.

            EXAMPLES:
              muster template validate
              muster template validate cpu-small
              muster template validate drafts/awsprov_templates.yaml
            """)

    @Argument(help: "Templates and files to check.", completion: .file())
    var subjects: [String] = []

    @OptionGroup var options: HouseOptions

    func run() throws {
        let catalog = try options.house().catalog
        let files = subjects.filter(TemplateValidate.isFile)
        let ids = subjects.filter { !TemplateValidate.isFile($0) }
        let diagnostics = catalog.check(ids.map { Template.ID($0) }, files: files)
        try diagnostics.rejectErrors()
        warn(diagnostics)
        let count = subjects.isEmpty ? catalog.all().templates.count : ids.count
        try writeOutput(TemplateValidate.verdict(templates: count, files: files.count))
    }

    static func verdict(templates: Int, files: Int) -> String {
        func some(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
        let parts = [
            templates > 0 || files == 0 ? some(templates, "template") : nil, files > 0 ? some(files, "file") : nil,
        ].compactMap(\.self)
        return parts.joined(separator: " and ") + (templates + files == 1 ? " is valid\n" : " are valid\n")
    }

    static func isFile(_ subject: String) -> Bool {
        [".yaml", ".yml", ".json"].contains(where: subject.hasSuffix) || access(subject, F_OK) == 0
    }
}
