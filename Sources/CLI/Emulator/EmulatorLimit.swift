import ArgumentParser
import Setup

struct EmulatorLimit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit",
        abstract: "Set what the emulated cloud has, allows and gets wrong.",
        discussion: """
            Capacity, quotas, rates and faults are those of the file; what it does not name is without limit, so that \
            an empty file lifts all. A running emulator on the same state folder has them from its next request on.

            EXAMPLES:
              muster emulator limit short.yaml
              muster emulator limit empty.yaml
            """)

    @Argument(help: "The file, YAML or JSON.", completion: .file(extensions: ["yaml", "json"]))
    var file: String

    @OptionGroup var options: HouseOptions

    func run() throws {
        let limits = try EmulatorLimits.read(file)
        try limits.apply(to: try options.house().emulator())
    }
}
