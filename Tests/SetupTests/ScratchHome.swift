import FoundationEssentials
import Glibc
import Provisioning
import Setup
import Testing

/// A home, a site's folders and an environment of a test's own; gone when the test is over.
final class ScratchHome: Sendable {
    let path: String

    static let shipped = """
        accounts:
          demo:
            cloud: aws
            region: us-east-1
            emulated: true
        default_account: demo
        templates: [../templates]
        template_cache_ttl: 60s
        emulator:
          boot: 2s
          shutdown: 1s
        """

    init(config: String = shipped) throws {
        var template = Array("/tmp/setup-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
        try write("home/config/default.yaml", config)
        try write("home/providers/aws/provider.yaml", "name: aws\n")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let file = URL(filePath: file(name))
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    func settings(_ flags: SettingFlags = SettingFlags(), _ environment: [String: String] = [:]) throws -> Settings {
        let usual = ["MUSTER_HOME": file("home"), "HOME": file("user")]
        return try Settings.read(flags, environment: usual.merging(environment) { $1 })
    }

    /// The settings with a site's file.
    func settings(site: String, _ environment: [String: String] = [:]) throws -> Settings {
        try settings(SettingFlags(config: write("site.yaml", site)), environment)
    }

    /// What is wrong with a site's file, as `code@line:column`.
    func refusal(site: String, _ environment: [String: String] = [:]) -> [String] {
        diagnostics(site: site, environment).map { diagnostic in
            diagnostic.place.map { "\(diagnostic.code)@\($0.line):\($0.column)" } ?? diagnostic.code
        }
    }

    func diagnostics(site: String, _ environment: [String: String] = [:]) -> [Diagnostic] {
        do {
            _ = try settings(site: site, environment)
            return []
        } catch let rejected as Rejected {
            return rejected.diagnostics
        } catch {
            Issue.record(error)
            return []
        }
    }
}
