import Catalog
import Glibc
import Provisioning
import Setup
import Testing

@testable import CLI

/// A file to begin with is right as it is, and stays right whatever is taken out of its comments.
struct StarterFileTests {
    /// The house of a site that has nothing but this file.
    private func mistakes(in text: String, named name: String) throws -> [Diagnostic] {
        var folder = Array("/tmp/starter-XXXXXX".utf8CString)
        let path = String(cString: try #require(mkdtemp(&folder)))
        defer {
            unlink("\(path)/\(name)")
            rmdir(path)
        }
        let file = try #require(fopen("\(path)/\(name)", "w"))
        fputs(text, file)
        fclose(file)
        let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        let environment = ["MUSTER_HOME": root, "MUSTER_STATE_DIR": "\(path)/state", "HOME": path]
        let settings = try Settings.read(SettingFlags(templates: [path]), environment: environment)
        return House(settings, environment: environment, log: makeLog(.error)).catalog.check()
    }

    @Test(arguments: StarterFile.clouds)
    func theFileIsValidAsItIs(_ cloud: CloudName) throws {
        let starter = StarterFile(cloud: cloud, id: "x", keys: TemplateKeys.described)
        #expect(try mistakes(in: starter.text, named: starter.fileName) == [])
    }

    @Test(arguments: StarterFile.clouds)
    func whatIsCommentedOutMayBeTaken(_ cloud: CloudName) throws {
        let starter = StarterFile(cloud: cloud, id: "x", keys: TemplateKeys.described)
        // What names something of one's own, or stands in place of what is there already.
        let apart: Set = ["extends", "requirements", "machine_bootstrap_file", "subnet_ids"]
        let text = starter.text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard line.hasPrefix("    # ") else { return String(line) }
            let key = line.dropFirst(6).prefix { $0 != ":" }
            return apart.contains(String(key)) ? String(line) : "    " + line.dropFirst(6)
        }.joined(separator: "\n")
        #expect(text != starter.text)
        #expect(try mistakes(in: text, named: starter.fileName).filter { $0.severity == .error } == [])
    }

    @Test func everyKeyOfAMachineHasAnExampleSomewhere() {
        let shown = Set(StarterFile.clouds.flatMap { StarterFile.examples(at: $0).keys })
        let known = TemplateKeys.described.filter(\.isSupported).map(\.key)
        #expect(shown.subtracting(known) == [])
        #expect(shown.count > 35)
    }
}
