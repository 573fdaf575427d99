import Catalog
import Provisioning
import Testing

/// Templates that take something from files beside them, compiled.
@Suite(.timeLimit(.minutes(3))) struct CompiledBesideTests {
    /// One file is named by a template, one stands in a value, one is asked for on the way to another account only.
    private static let files = [
        "templates.yaml": """
        defaults: {image: i, machine_type: t}
        templates:
          plain: {}
          script: {machine_bootstrap_file: scripts/run.sh}
          value: {description: "${file:notes.txt}"}
          chosen: {parameters: {name: {default: run}}, machine_bootstrap_file: "scripts/${name}.sh"}
          elsewhere: {cloud: gcp}
        """,
        "awsprov_templates.yaml": "templates: {elsewhere: {machine_bootstrap_file: aws.sh}}",
        "scripts/run.sh": "echo 1\n", "notes.txt": "for all\n", "aws.sh": "echo aws\n",
    ]

    private func setting() throws -> KeptSetting { try KeptSetting(Self.files) }

    private func expectOutdated(
        because why: String, _ change: (inout KeptSetting) throws -> Void
    ) throws {
        var setting = try setting()
        #expect(setting.compile() == nil)
        #expect(setting.isUsed)
        try change(&setting)
        let found = try setting.status.why ?? "nothing"
        #expect(found.contains(why))
        #expect(!setting.isUsed)
        #expect(setting.answers(kept: true) == setting.answers(kept: false))
    }

    @Test func itGivesTheSameAnswersAsTheFiles() throws {
        let setting = try setting()
        let answers = setting.answers(kept: false)
        #expect(answers.count > 20)
        #expect(setting.compile() == nil)
        #expect(setting.isUsed)
        #expect(setting.answers(kept: true) == answers)
        let catalog = setting.catalog()
        #expect(try catalog.resolve("script").template.userData == "echo 1\n")
        #expect(try catalog.resolve("chosen").template.userData == "echo 1\n")
        #expect(try catalog.resolve("value").template.description == "for all")
        #expect(catalog.cacheStatus.loads == 0)
    }

    @Test func anEditOfTheSameSizeAndTimeIsSeen() throws {
        try expectOutdated(because: "scripts/run.sh` changed") { setting in
            setting.directory.touch("t/scripts/run.sh", second: 1_600_000_000)
            #expect(setting.compile() == nil)
            try setting.directory.writeLater("t/scripts/run.sh", "echo 2\n")
            setting.directory.touch("t/scripts/run.sh", second: 1_600_000_000)
            #expect(try setting.catalog().resolve("script").template.userData == "echo 2\n")
        }
    }

    @Test func aTouchIsSeen() throws {
        try expectOutdated(because: "notes.txt` changed") {
            $0.directory.touch("t/notes.txt", second: 1_600_000_000)
        }
    }

    @Test func anotherFileInItsPlaceIsSeen() throws {
        try expectOutdated(because: "scripts/run.sh` changed") { setting in
            try setting.directory.write("draft", "echo 3\n")
            try setting.directory.rename("draft", to: "t/scripts/run.sh")
        }
    }

    @Test func aFileThatIsGoneIsSeen() throws {
        try expectOutdated(because: "notes.txt` is gone") { $0.directory.remove("t/notes.txt") }
    }

    /// It is read at an account that the template turns out not to be for.
    @Test func aFileThatLedToNothingIsMissedAllTheSame() throws {
        try expectOutdated(because: "aws.sh` is gone") { $0.directory.remove("t/aws.sh") }
    }

    @Test func aLinkThatLeadsElsewhereIsSeen() throws {
        try expectOutdated(because: "scripts/run.sh` changed") { setting in
            try setting.directory.write("t/scripts/one.sh", "echo 1\n")
            try setting.directory.write("t/scripts/two.sh", "echo 2\n")
            setting.directory.remove("t/scripts/run.sh")
            try setting.directory.link("t/scripts/run.sh", to: "one.sh")
            #expect(setting.compile() == nil)
            #expect(setting.isUsed)
            setting.directory.remove("t/scripts/run.sh")
            try setting.directory.link("t/scripts/run.sh", to: "two.sh")
        }
    }

    /// The very file is there still, but no longer where templates may read.
    @Test func aFolderThatNowLiesElsewhereIsSeen() throws {
        try expectOutdated(because: "scripts/run.sh` changed") { setting in
            try setting.directory.rename("t/scripts", to: "scripts")
            try setting.directory.link("t/scripts", to: "../scripts")
            #expect(throws: Rejected.self) { try setting.catalog().resolve("script") }
        }
    }

    @Test func aDirectoryThatMayBeReadAndLeadsElsewhereIsSeen() throws {
        var setting = try KeptSetting(["templates.yaml": "templates: {}"])
        let path = setting.directory.path
        try setting.directory.write("one/run.sh", "echo 1\n")
        try setting.directory.write("two/run.sh", "echo 2\n")
        try setting.directory.link("allowed", to: "one")
        try setting.directory.write(
            "t/templates.yaml", "templates: {x: {image: i, vmType: t, machine_bootstrap_file: \(path)/one/run.sh}}")
        setting.rules.references = References(directories: ["\(path)/allowed"])
        #expect(setting.compile() == nil)
        #expect(setting.isUsed)
        setting.directory.remove("allowed")
        try setting.directory.link("allowed", to: "two")
        #expect(!setting.isUsed)
        #expect(try setting.status.why == "the directories that templates may read from are others")
        #expect(throws: Rejected.self) { try setting.catalog().resolve("x") }
    }

    @Test func itIsReadAgainWhenItsTimeIsOver() throws {
        let setting = try setting()
        #expect(setting.compile() == nil)
        setting.turnClock(by: .seconds(60))
        #expect(setting.isUsed)
        let contents = try #require(try setting.status.contents)
        #expect(contents.checkedAt - contents.compiledAt == .seconds(60))
    }

    @Test func whatWasJustWrittenIsNotReliedUpon() throws {
        let setting = try setting()
        setting.directory.touch("t/scripts/run.sh", second: 4_000_000_000)
        #expect(setting.compile()?.why.contains("has a time to come") == true)
        setting.directory.touch("t/scripts/run.sh", second: 1_600_000_000)
        #expect(setting.compile() == nil)
    }

    @Test func oneThatIsNotThereIsAMistake() throws {
        let setting = try setting()
        setting.directory.remove("t/scripts/run.sh")
        #expect(setting.compile()?.why == "there are mistakes in it")
    }
}
