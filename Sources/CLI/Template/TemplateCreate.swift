import ArgumentParser
import Catalog
import Glibc
import Provisioning

struct TemplateCreate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Add a template to a file of the catalog.",
        discussion: """
            It goes to the provider layer of the account's cloud, unless --layer or --file says otherwise: to the file \
            of that layer in the last of the catalog's folders that can be written, which is made if there is none. \
            Nothing is written if the catalog would have a mistake that it has not now; the exit code is 2 then.

            A KEY may lead into a map, as in tags.team. A VALUE in brackets or quotes is read as YAML; any other is \
            taken as it is. What is given with --field wins over the file of --from.

            EXAMPLES:
              muster template create build --extends cpu-large --field max_machines=10
              muster template create web --field 'machine_types=[m6i.large, m5.large]'
              muster template create web --from web.yaml --layer instance
              jq .web recipes.json | muster template create web --from -
            """)

    @Argument(help: "The id of the new template.")
    var id: String

    @Option(help: "Take the fields from this file, a map in YAML or JSON; - is standard input.", completion: .file())
    var from: String?

    @Option(help: "The id of the template to start from.", completion: .templates)
    var extends: String?

    @Option(name: .customLong("field"), help: "Give it this field; may be repeated.")
    var fields: [FieldArgument] = []

    @OptionGroup var writing: WritingOptions

    func run() throws {
        let source = try from.map { path in
            path == "-" ? .init(text: try standardInput(), file: "-") : try TemplateChange.SourceOfFields(path: path)
        }
        let parent = extends.map { [TemplateChange.Field.set("extends", to: $0)] } ?? []
        try writing.perform(.create(from: source), id, parent + fields.map(\.field))
    }
}

/// All that standard input has.
private func standardInput() throws -> [UInt8] {
    let bytesMax = 64 << 20
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= bytesMax {
        let count = chunk.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        if count < 0 {
            throw Rejected(
                Diagnostic(
                    .error, "file.unreadable", "standard input cannot be read: \(String(cString: strerror(errno)))"))
        }
        if count == 0 { break }
        bytes += chunk[..<count]
    }
    return bytes
}
