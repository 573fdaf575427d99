import ArgumentParser
import Provisioning

struct ConfigShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show every setting.",
        discussion: """
            EXAMPLES:
              muster config show
              muster config show --origins
            """)

    @Flag(help: "Show who says so: the file, line and column, the environment's variable, or the flag.")
    var origins = false

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let lines = try options.settings().explain().map {
            ValueLine(path: $0.path, value: $0.text, origin: $0.origin.description)
        }
        try output.show(ConfigShow.view(lines, withOrigins: origins))
    }

    static func view(_ lines: [ValueLine], withOrigins: Bool) -> View {
        View("settings") {
            lines.rendered
        } ids: {
            lines.map(\.path)
        } blocks: {
            [.table(withOrigins ? lines.table : Table("KEY", "VALUE", rows: lines.map { [$0.path, $0.value] }))]
        }
    }
}
