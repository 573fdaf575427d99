import ArgumentParser
import Engine
import Glibc
import Provisioning
import Setup

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

            With --ask-cloud the account's cloud is asked whether the images, subnets, groups, keys, roles, types and \
            zones exist that each template names. Nothing is changed. What is absent is a mistake; what could not be \
            found out, for want of permission or of an answer, is not. Files from elsewhere are not asked about.

            EXAMPLES:
              muster template validate
              muster template validate cpu-small
              muster template validate drafts/awsprov_templates.yaml
              muster template validate --format sarif > muster.sarif
              muster template validate cpu-small --ask-cloud --account prod
            """)

    @Argument(help: "Templates and files to check.", completion: .file())
    var subjects: [String] = []

    @Option(help: "Report as text, json, sarif or junit.")
    var format: ReportFormat = .text

    @Flag(help: "Ask the cloud whether what the templates name exists.")
    var askCloud = false

    @Option(help: "With --ask-cloud: the account to ask; otherwise each template's own.", completion: .accounts)
    var account: String?

    @OptionGroup var options: HouseOptions

    func validate() throws {
        if account != nil, !askCloud { throw ValidationError("'--account' goes with '--ask-cloud'.") }
    }

    func run() throws {
        let house = try options.house()
        let catalog = house.catalog
        catalog.answerFromOneLook()
        let files = subjects.filter(TemplateValidate.isFile)
        let ids = subjects.filter { !TemplateValidate.isFile($0) }
        var diagnostics = catalog.check(ids.map { Template.ID($0) }, files: files)
        let results = try results(house, of: ids)
        var told = Set(diagnostics)
        for error in results.flatMap(\.errors) where told.insert(error).inserted { diagnostics.append(error) }
        if format == .text {
            try writeOutput(results.text)
            try diagnostics.rejectErrors()
        }
        let templates = catalog.all().templates
        let count = subjects.isEmpty ? templates.count : ids.count
        let named = Set(ids)
        let looked = templates.filter { subjects.isEmpty || named.contains($0.id.text) }.map(\.place.file)
        let report = CatalogReport(diagnostics: diagnostics, templates: count, files: files + looked, results: results)
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

    /// Template by template, for those who read it: files may hold templates that are in no catalog.
    private func results(_ house: House, of ids: [String]) throws -> [ValidationResult] {
        guard askCloud || format == .json, !ids.isEmpty || subjects.isEmpty else { return [] }
        let validation = try house.validation()
        let (ids, account, askCloud) = (ids.map { Template.ID($0) }, account.map { AccountName($0) }, askCloud)
        return try interruptible {
            try await validation.results(of: ids, at: account, askingCloud: askCloud)
        }
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
