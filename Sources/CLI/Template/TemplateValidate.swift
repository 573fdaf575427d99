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

            As text, mistakes go to standard error; as json, sarif (for code scanning) and junit (for test reports) \
            the whole report goes to standard output.

            EXAMPLES:
              muster template validate
              muster template validate cpu-small
              muster template validate drafts/awsprov_templates.yaml
              muster template validate --format sarif > muster.sarif
            """)

    @Argument(help: "Templates and files to check.", completion: .file())
    var subjects: [String] = []

    @Option(help: "Report as text, json, sarif or junit.")
    var format: ReportFormat = .text

    @OptionGroup var options: HouseOptions

    func run() throws {
        let catalog = try options.house().catalog
        let files = subjects.filter(TemplateValidate.isFile)
        let ids = subjects.filter { !TemplateValidate.isFile($0) }
        let diagnostics = catalog.check(ids.map { Template.ID($0) }, files: files)
        if format == .text { try diagnostics.rejectErrors() }
        let templates = catalog.all().templates
        let count = subjects.isEmpty ? templates.count : ids.count
        let looked = templates.filter { subjects.isEmpty || ids.contains($0.id.text) }.map(\.place.file)
        let report = CatalogReport(diagnostics: diagnostics, templates: count, files: files + looked)
        switch format {
        case .text:
            warn(diagnostics)
            try writeOutput(TemplateValidate.verdict(templates: count, files: files.count))
        case .json: try writeOutput(report.json)
        case .sarif: try writeOutput(report.sarif(workingDirectory: TemplateValidate.workingDirectory))
        case .junit: try writeOutput(report.junit)
        }
        // The mistakes are told already.
        if !report.isValid { throw ExitCode(2) }
    }

    private static var workingDirectory: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
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
