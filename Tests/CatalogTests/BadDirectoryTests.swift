import Glibc
import Provisioning
import Testing

@testable import Catalog

/// Whatever lies in a catalog's directories is a template file, is told, or is none of our business; none of it is
/// waited for, walked round for ever or left out in silence.
struct BadDirectoryTests {
    private static let good = "templates: {x: {image: i, machine_type: t}}"

    /// A catalog with one good file, and what a test puts beside it.
    private func setting(_ prepare: (String) throws -> Void) throws -> Setting {
        let setting = try Setting(["awsprov_templates.yaml": Self.good])
        try prepare(setting.directory.path)
        return setting
    }

    private func link(_ target: String, _ path: String) throws { try #require(symlink(target, path) == 0) }

    /// The code of each diagnostic, its message with the directory's path taken out.
    private func told(_ setting: Setting) -> [String] {
        setting.catalog.check().map { diagnostic in
            var message = Substring(diagnostic.message)
            if let start = message.firstRange(of: setting.directory.path) { message.removeSubrange(start) }
            return "\(diagnostic.code): \(message)"
        }
    }

    @Test func linksThatLeadRoundAreWalkedOnce() throws {
        let setting = try setting { path in
            // Every further link would multiply the ways there are, were each walked.
            for name in ["a", "b", "c", "d"] { try link(".", "\(path)/\(name)") }
            mkdir("\(path)/under", 0o755)
            try link("..", "\(path)/under/up")
        }
        #expect(told(setting) == [])
        #expect(setting.catalog.all().templates.map(\.id) == ["x"])
    }

    @Test func aDirectoryThatIsLinkedIsRead() throws {
        let elsewhere = try ScratchDirectory()
        try elsewhere.write("gcpprov_templates.yaml", "templates: {y: {image: i, machine_type: t}}")
        let setting = try setting { try link(elsewhere.path, "\($0)/site") }
        #expect(setting.catalog.all().templates.map(\.id) == ["x", "y"])
    }

    @Test func linksThatLeadNowhereAndWhatIsNoFileAreTold() throws {
        let setting = try setting { path in
            try link("nothing", "\(path)/gcpprov_templates.yaml")
            try link("round.yaml", "\(path)/round.yaml")
            try #require(mkfifo("\(path)/pipe.yaml", 0o600) == 0)
            try link("/dev/zero", "\(path)/zero.yaml")
            try link("/dev/zero", "\(path)/notes.txt")
        }
        #expect(
            told(setting) == [
                "file.unreadable: `/gcpprov_templates.yaml` cannot be read: it is a link that leads nowhere",
                "file.unreadable: `/pipe.yaml` cannot be read: it is not a regular file",
                "file.unreadable: `/round.yaml` cannot be read: Too many levels of symbolic links",
                "file.unreadable: `/zero.yaml` cannot be read: it is not a regular file",
            ])
        // What could be read can be used.
        #expect(setting.refusal("x").isEmpty)
    }

    @Test func aFileThatCannotBeReadIsTold() throws {
        // Opens for everybody, and cannot be read by anybody, root among them.
        let setting = try setting { try link("/proc/self/mem", "\($0)/gcpprov_templates.yaml") }
        #expect(
            told(setting) == [
                "file.unreadable: `/gcpprov_templates.yaml` cannot be read: Input/output error"
            ])
    }

    @Test func aDirectoryNamedLikeAFileIsADirectory() throws {
        let setting = try setting { mkdir("\($0)/gcpprov_templates.yaml", 0o755) }
        try setting.directory.write(
            "gcpprov_templates.yaml/awstype_templates.yaml", "templates: {y: {image: i, machine_type: t}}")
        #expect(setting.catalog.all().templates.map(\.id) == ["x", "y"])
        #expect(told(setting) == [])
    }

    @Test func namesOfEveryKind() throws {
        let long = String(repeating: "n", count: 240) + "_templates.yaml"
        let setting = try setting { path in
            for name in [
                "\u{301}inst_templates.yaml", "line\nbreak.yaml", "\u{1B}[31m.yaml", long, ".hidden.yaml", ".yaml",
            ] {
                let file = try #require(fopen("\(path)/\(name)", "w"))
                fputs("[", file)
                fclose(file)
            }
            let raw = Array("\(path)/".utf8) + [0xFF, 0xFE] + Array(".yaml\0".utf8)
            let file = raw.withUnsafeBufferPointer {
                creat(UnsafeRawPointer($0.baseAddress!).assumingMemoryBound(to: CChar.self), 0o600)
            }
            try #require(file >= 0)
            close(file)
        }
        let found = told(setting)
        #expect(found.contains("file.unreadable: `/\u{FFFD}\u{FFFD}.yaml` cannot be read: its name is not UTF-8"))
        #expect(
            found.contains(
                "catalog.unknown-account: `/\u{301}inst_templates.yaml` speaks for no account: there is no `\u{301}`"))
        #expect(found.filter { $0.hasPrefix("catalog.unknown-file") }.count == 2)
        #expect(setting.refusal("x").isEmpty)
    }

    @Test func aTreeOfAThousandDirectoriesEndsWithAWord() throws {
        let setting = try setting { path in
            // A path of a thousand names is longer than one call may be given.
            let start = open(".", O_DIRECTORY)
            defer { close(start) }
            var at = open(path, O_DIRECTORY)
            for _ in 0..<1000 {
                try #require(mkdirat(at, "d", 0o755) == 0)
                let next = openat(at, "d", O_DIRECTORY)
                try #require(next >= 0)
                close(at)
                at = next
            }
            close(at)
        }
        defer { removeDeep(setting.directory.path) }
        let found = told(setting)
        #expect(found.count == 1)
        #expect(found.first?.hasSuffix("cannot be read: it is more than 16 directories down") == true)
        #expect(setting.refusal("x").isEmpty)
    }

    /// Pulls the directories out one by one, for no path leads to the last.
    private func removeDeep(_ path: String) {
        for _ in 0..<1000 {
            guard rename("\(path)/d/d", "\(path)/e") == 0 else { break }
            rmdir("\(path)/d")
            rename("\(path)/e", "\(path)/d")
        }
        rmdir("\(path)/d")
    }

    @Test func aFileThatIsTakenAwayOrCutOffAfterItWasListedIsTold() throws {
        let setting = try setting { _ in }
        let path = setting.directory.path
        let found = Directories([path])
        setting.directory.remove("awsprov_templates.yaml")
        #expect(
            TemplateCatalog.read(found, Setting.accounts, TemplateRules()).diagnostics.map(\.code) == ["file.missing"])
        try setting.directory.write("awsprov_templates.yaml", "templates: {x: {image: i, mach")
        #expect(
            TemplateCatalog.read(found, Setting.accounts, TemplateRules()).diagnostics.map(\.code) == ["yaml.syntax"])
        try setting.directory.write("awsprov_templates.yaml", "")
        #expect(TemplateCatalog.read(found, Setting.accounts, TemplateRules()).ids == [])
    }

    @Test func tenThousandFilesAreRead() throws {
        let setting = try setting { path in
            for number in 0..<10_000 {
                let file = try #require(fopen("\(path)/f\(number)_gcpprov_templates.yaml", "w"))
                fclose(file)
            }
        }
        #expect(setting.catalog.check().count == 10_000)
        #expect(setting.refusal("x").isEmpty)
    }
}
