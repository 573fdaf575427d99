import ArgumentParser
import FoundationEssentials
import Glibc
import Provisioning
import Setup
import Testing

@testable import CLI

/// What the pages show is what the program takes.
struct PageTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

    private func page(_ name: String) throws -> String {
        let data = try #require(FileManager.default.contents(atPath: "\(PageTests.root)/docs/\(name)"))
        return String(decoding: data, as: UTF8.self)
    }

    /// The blocks of one language that are template files.
    private func examples(in page: String, _ language: String, beginningWith starts: [String]) -> [String] {
        page.components(between: "\n```\(language)\n", and: "\n```").filter { block in
            starts.contains { block.hasPrefix($0) }
        }
    }

    // MARK: - Templates

    /// Some examples change a shipped template, so those are there then.
    @Test(arguments: [("templates.md", false), ("fleets.md", false), ("guide.md", true), ("../README.md", false)])
    func everyTemplateFileOnAPageIsValid(_ name: String, overShipped: Bool) throws {
        let text = try page(name)
        let yaml = examples(in: text, "yaml", beginningWith: ["templates:", "defaults:"])
        let json = examples(in: text, "json", beginningWith: ["["])
        #expect(yaml.count > 0, "an empty reading would pass everything")
        for (example, file) in yaml.map({ ($0, "awsprov_templates.yaml") }) + json.map({ ($0, "demo_templates.json") })
        {
            #expect(try mistakes(in: example, file, overShipped: overShipped) == [], "\(example)")
        }
    }

    /// At an account on the emulated cloud, where a default gives the image.
    private func mistakes(in text: String, _ name: String, overShipped: Bool) throws -> [Diagnostic] {
        var folder = Array("/tmp/page-XXXXXX".utf8CString)
        let path = String(cString: try #require(mkdtemp(&folder)))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write("defaults: {machine_image: ami-0123456789abcdef0}", "\(path)/templates.yaml")
        try write(text + "\n", "\(path)/\(name)")
        try FileManager.default.createDirectory(atPath: "\(path)/scripts", withIntermediateDirectories: true)
        for file in ["start.sh", "centre.txt"] { try write("text\n", "\(path)/scripts/\(file)") }
        let environment = ["MUSTER_HOME": PageTests.root, "MUSTER_STATE_DIR": "\(path)/state", "HOME": path]
        let flags = SettingFlags(templates: (overShipped ? ["\(PageTests.root)/templates"] : []) + [path])
        let settings = try Settings.read(flags, environment: environment)
        let found = House(settings, environment: environment, log: makeLog(.error)).catalog.check()
        return found.filter { $0.severity == .error }
    }

    private func write(_ text: String, _ path: String) throws {
        let file = try #require(fopen(path, "w"))
        fputs(text, file)
        fclose(file)
    }

    // MARK: - Commands

    /// Those that every command has, which the page tells once.
    private static let common: Set = [
        "--config", "--state-dir", "--templates", "--verbose", "--output", "--version", "--help",
    ]

    @Test func everyOptionOfEveryCommandIsOnThePage() throws {
        let text = try page("cli.md")
        var count = 0
        for (words, command) in commands(Muster.self, []) {
            let isThere = text.contains("muster \(words.joined(separator: " "))") || isInAList(words, text)
            #expect(isThere, "\(words)")
            // Commands with many options have a section each.
            let section = text.components(between: "\n### \(words.joined(separator: " "))\n", and: "\n##").first
            for option in options(of: command).subtracting(PageTests.common) {
                count += 1
                let isTold = (section ?? text).contains(option)
                #expect(isTold, "\(words) has \(option)")
            }
        }
        #expect(count > 30, "an empty reading would pass everything")
    }

    @Test func everyTemplateCommandHasASection() throws {
        let text = try page("cli.md")
        for command in TemplateCommands.configuration.subcommands {
            let isThere = text.contains("\n### template \(command._commandName)\n")
            #expect(isThere, "\(command._commandName)")
        }
        let told = text.components(between: "\n### template ", and: "\n")
        #expect(told.count == TemplateCommands.configuration.subcommands.count)
    }

    private func commands(
        _ command: any ParsableCommand.Type, _ words: [String]
    ) -> [(words: [String], command: any ParsableCommand.Type)] {
        let subcommands = command.configuration.subcommands
        if subcommands.isEmpty { return [(words, command)] }
        return subcommands.flatMap { commands($0, words + [$0._commandName]) }
    }

    /// As in `muster machine list | show ID`.
    private func isInAList(_ words: [String], _ text: String) -> Bool {
        guard let noun = words.first, let verb = words.last else { return false }
        return text.split(separator: "\n").contains { line in
            line.hasPrefix("muster \(noun) ") && line.contains("| \(verb)")
        }
    }

    /// As its help lists them: the first thing on a line.
    private func options(of command: any ParsableCommand.Type) -> Set<String> {
        let lines = command.helpMessage().split(separator: "\n").drop { $0 != "OPTIONS:" }
        return Set(
            lines.compactMap { line in
                let words = line.split(separator: " ").prefix(2).map { $0.filter { $0 != "," } }
                guard line.hasPrefix("  -") else { return nil }
                return words.first { $0.hasPrefix("--") }
            })
    }
}

extension String {
    fileprivate func components(between start: String, and end: String) -> [String] {
        var found: [String] = []
        var rest = self[...]
        while let opening = rest.firstRange(of: start) {
            rest = rest[opening.upperBound...]
            guard let closing = rest.firstRange(of: end) else { break }
            found.append(String(rest[..<closing.lowerBound]))
            rest = rest[closing.lowerBound...]
        }
        return found
    }
}
