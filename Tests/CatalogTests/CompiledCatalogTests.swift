import Catalog
import Documents
import Glibc
import Provisioning
import Testing

/// A catalog and the folder it is kept in; each question is a process of its own.
struct KeptSetting {
    let directory: ScratchDirectory
    let state: ScratchDirectory
    /// Later than the files were written by more than a file system's clock may lag.
    let clock = Lock(Surroundings.system.now() + .seconds(10))
    var accounts = Setting.accounts
    var rules = TemplateRules()
    var program = "one"

    init(_ files: [String: String]) throws {
        directory = try ScratchDirectory()
        state = try ScratchDirectory()
        for (name, text) in files { try directory.write("t/\(name)", text) }
    }

    /// As the next process has it. Without a store it reads files.
    func catalog(kept: Bool = true) -> TemplateCatalog {
        let store = kept ? CompiledStore(stateDirectory: state.path, program: program) : nil
        return TemplateCatalog(
            directories: ["\(directory.path)/t"], accounts: accounts, rules: rules,
            surroundings: Surroundings(
                now: { [clock] in clock.withLock { $0 } }, sleep: { _ in }, random: { 0 }),
            store: store)
    }

    func turnClock(by duration: Duration) { clock.withLock { $0 = $0 + duration } }

    func compile() -> Unkept? {
        catalog().compile { [("ids", $0.map(\.id.text).joined(separator: "\n"))] }
    }

    /// Whether the compiled catalog answers at all.
    var isUsed: Bool {
        let catalog = catalog()
        _ = catalog.all()
        return catalog.cacheStatus.loads == 0
    }

    var status: CompiledStatus { get throws { try #require(catalog().compiledStatus()) } }

    /// All that a catalog says, as text.
    func answers(kept: Bool) -> [String] {
        let listing = catalog(kept: kept).all()
        if let kept = catalog(kept: kept).keptListing("ids") {
            kept.withBytes { #expect($0.elementsEqual(ids(listing).utf8)) }
        }
        var answers = listing.templates.map { "\($0)" } + listing.diagnostics.map { "\($0)" }
        for summary in listing.templates {
            for account in [nil, summary.account, "prod", "nobody"] {
                answers.append(answer(summary.id, at: account, kept: kept))
            }
        }
        return answers + [answer("nothing-of-that-name", at: nil, kept: kept)]
    }

    private func ids(_ listing: (templates: [TemplateSummary], diagnostics: [Diagnostic])) -> String {
        listing.templates.map(\.id.text).joined(separator: "\n")
    }

    private func answer(_ id: Template.ID, at account: AccountName?, kept: Bool) -> String {
        do throws(Rejected) {
            let resolved = try catalog(kept: kept).resolve(id, at: account)
            // A set has no order of its own.
            var template = resolved.template
            let tags = template.tags.sorted { $0.key < $1.key }
            template.tags = [:]
            return
                "\(template) \(tags) \(String(describing: resolved.account)) \(String(describing: resolved.api)) \(resolved.filePriority) \(RawValue(resolved.fields)) \(resolved.place) \(resolved.warnings) \(resolved.parameters) "
                + "\(resolved.fields.leaves())"
        } catch {
            return "\(error.diagnostics)"
        }
    }
}

@Suite(.timeLimit(.minutes(3))) struct CompiledCatalogTests {
    private static let small = ["awsprov_templates.yaml": "templates: {x: {image: i, machine_type: t, limit: 1}}"]

    private static let varied = [
        "templates.yaml": """
        defaults: {machine_image: ami-1, tags: {team: "grün", cost: '007'}, zones: null}
        templates:
          base: {machine_types: [m6i.large, m6a.large], description: "The “base” of all"}
          fast: {extends: base, price_type: heterogeneous, subnet_ids: [], attributes: {a: [x, {y: ~}], b: {}}}
          script: {extends: fast, user_data: "#!/bin/sh\\necho 1\\n", tags: {team: null, more: ""}}
          idle: {extends: base, is_active: false, max_machines: -1, lifetime: 1h30m}
        """,
        "awsprov_templates.yaml": "templates: {fast: {machine_disk_size_gb: 20, zones: [a, b], limit: 7}}",
        "research/gcpprov_templates.yaml": "templates: {elsewhere: {machine_types: n2, cloud: gcp}}",
        "prodinst_templates.yaml": "templates: {ours: {extends: base, provider_name: prod, limit: 3}}",
        "left-out.yaml": "no: matter",
        "nobodyinst_templates.yaml": "templates: {}",
    ]

    @Test func whatIsTemplatedIsKeptIfAnOrderNeedSayNoMore() throws {
        let text = """
            defaults: {machine_image: ami-1, machine_type: m6i.large}
            templates:
              free:
                parameters:
                  size: {type: enum, values: [s, m], default: m, description: How large}
                  disk: {type: integer, min: 20, max: 1000.5, default: 30}
                  spread: {type: list, default: [a, b]}
                machine_type: "m6i.${size}"
                zones: ${spread}
              bound: {parameters: {team: {}}, tags: {team: "${team}"}}
            """
        let setting = try KeptSetting(["templates.yaml": text])
        let answers = setting.answers(kept: false)
        #expect(setting.compile() == nil)
        #expect(setting.answers(kept: true) == answers)
        for (id, isKept) in [("free", true), ("bound", false)] {
            let catalog = setting.catalog()
            let found = try catalog.resolve(Template.ID(id), given: isKept ? [:] : nil)
            #expect((catalog.cacheStatus.loads == 0) == isKept)
            #expect(try found.parameters == setting.catalog(kept: false).resolve(Template.ID(id)).parameters)
        }
        // What an order chooses, and that it has to choose, is in no catalog.
        #expect(throws: Rejected.self) { try setting.catalog().resolve("bound", given: [:]) }
        #expect(throws: Rejected.self) { try setting.catalog().resolve("free", given: ["size": "xl"]) }
        let chosen = try setting.catalog().resolve("free", given: ["size": "s"])
        #expect(chosen.template.offerings.map(\.type) == ["m6i.s", "m6i.s"])
    }

    @Test func itGivesTheSameAnswersAsTheFiles() throws {
        let setting = try KeptSetting(Self.varied)
        let answers = setting.answers(kept: false)
        #expect(answers.count > 20)
        #expect(setting.compile() == nil)
        #expect(setting.isUsed)
        #expect(setting.answers(kept: true) == answers)
        let diff = try setting.catalog().diff("base", "script").diff
        #expect(try diff.changes == setting.catalog(kept: false).diff("base", "script").diff.changes)
    }

    @Test func itTellsOfItself() throws {
        let setting = try KeptSetting(Self.varied)
        #expect(try setting.status.contents == nil)
        #expect(try setting.status.why == "there is none")
        #expect(setting.compile() == nil)
        for _ in 1...3 { _ = setting.catalog().all() }
        setting.turnClock(by: .seconds(5))
        let contents = try #require(try setting.status.contents)
        #expect(contents.templates == 6)
        #expect(contents.hits == 3)
        #expect(contents.age == .seconds(5))
        #expect(try setting.status.why == nil)
        #expect(try setting.status.files == 6)
    }

    @Test func contentsAreComparedWhenItsTimeIsOver() throws {
        let setting = try KeptSetting(Self.varied)
        #expect(setting.compile() == nil)
        setting.turnClock(by: .seconds(60))
        #expect(try setting.status.isExpired)
        #expect(setting.isUsed)
        let contents = try #require(try setting.status.contents)
        #expect(contents.checkedAt - contents.compiledAt == .seconds(60))
        #expect(try !setting.status.isExpired)
        // A clock that was set back to before it was made leaves nothing to rely on.
        setting.turnClock(by: .seconds(-61))
        #expect(!setting.isUsed)
    }

    // MARK: - Whatever differs

    private func expectOutdated(
        _ files: [String: String] = small, because why: String, _ change: (inout KeptSetting) throws -> Void
    ) throws {
        var setting = try KeptSetting(files)
        #expect(setting.compile() == nil)
        #expect(setting.isUsed)
        try change(&setting)
        let found = try setting.status.why ?? "nothing"
        #expect(found.contains(why))
        #expect(!setting.isUsed)
        #expect(setting.answers(kept: true) == setting.answers(kept: false))
    }

    @Test func anEditOfTheSameSizeAndTimeIsSeen() throws {
        try expectOutdated(because: "awsprov_templates.yaml` changed") { setting in
            let name = "t/awsprov_templates.yaml"
            setting.directory.touch(name, second: 1_600_000_000)
            #expect(setting.compile() == nil)
            try setting.directory.writeLater(name, "templates: {x: {image: i, machine_type: t, limit: 9}}")
            setting.directory.touch(name, second: 1_600_000_000)
            #expect(try setting.catalog().resolve("x").template.limit == 9)
        }
    }

    @Test func aTouchIsSeen() throws {
        try expectOutdated(because: "changed") { $0.directory.touch("t/awsprov_templates.yaml", second: 1_600_000_000) }
    }

    @Test func aFileMovedOverAnotherIsSeen() throws {
        try expectOutdated(because: "changed") { setting in
            try setting.directory.write("draft", "templates: {x: {image: i, machine_type: t, limit: 2}}")
            try setting.directory.rename("draft", to: "t/awsprov_templates.yaml")
        }
    }

    @Test func anotherNameIsSeen() throws {
        try expectOutdated(because: "is new") {
            try $0.directory.rename("t/awsprov_templates.yaml", to: "t/awstype_templates.yaml")
        }
    }

    @Test func aNewFileIsSeenEvenIfItIsLeftOut() throws {
        try expectOutdated(because: "is new") { try $0.directory.write("t/sub/templates.yml", "templates: {}") }
        try expectOutdated(because: "is new") { try $0.directory.write("t/anything.yaml", "") }
    }

    @Test func aFileThatIsGoneIsSeen() throws {
        try expectOutdated(Self.varied, because: "is gone") { $0.directory.remove("t/left-out.yaml") }
    }

    @Test func aDirectoryThatIsAnotherIsSeen() throws {
        try expectOutdated(because: "is new") { setting in
            try setting.directory.rename("t", to: "former")
            try setting.directory.write("t/gcpprov_templates.yaml", "templates: {}")
        }
        try expectOutdated(because: "cannot be read") { try $0.directory.rename("t", to: "former") }
    }

    @Test func anotherProgramIsSeen() throws {
        try expectOutdated(because: "another program") { $0.program = "two" }
    }

    @Test func otherSettingsAreSeen() throws {
        try expectOutdated(because: "there is none") { $0.accounts.reverse() }
        try expectOutdated(because: "there is none") { $0.accounts[0].isEmulated = false }
        try expectOutdated(because: "there is none") { $0.rules.references.environment = ["TEAM": "risk"] }
    }

    @Test func aFileThatOthersMayWriteIsNotUsed() throws {
        try expectOutdated(because: "others may have written it") { setting in
            chmod(try setting.status.path, 0o666)
        }
    }

    // MARK: - Damage

    @Test func aFileCutShortAnywhereGivesNoWrongAnswer() throws {
        try expectSoundAnswers { whole in (0..<whole.count).map { Array(whole[..<$0]) } }
    }

    @Test func aByteThatIsAnotherGivesNoWrongAnswer() throws {
        try expectSoundAnswers { whole in
            whole.indices.map { index in
                var damaged = whole
                damaged[index] ^= 1 << UInt8(index % 8)
                return damaged
            }
        }
    }

    @Test func aHoleOfZerosGivesNoWrongAnswer() throws {
        try expectSoundAnswers { whole in
            stride(from: 0, to: whole.count, by: 64).map { start in
                var damaged = whole
                for index in start..<min(whole.count, start + 512) { damaged[index] = 0 }
                return damaged
            }
        }
    }

    private func expectSoundAnswers(_ damages: ([UInt8]) -> [[UInt8]]) throws {
        let setting = try KeptSetting(Self.small)
        let truth = setting.answers(kept: false)
        #expect(setting.compile() == nil)
        let path = try setting.status.path
        let whole = try bytes(of: path)
        #expect(whole.count > 500)
        var outvoted = 0
        for damaged in damages(whole) {
            try write(damaged, to: path)
            let answers = setting.answers(kept: true)
            if answers != truth { outvoted += 1 }
            _ = try setting.status
        }
        #expect(outvoted == 0)
        // The file itself was good all along.
        try write(whole, to: path)
        #expect(setting.isUsed)
    }

    private func bytes(of path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    // MARK: - What is not kept

    @Test func whatWasJustWrittenIsNotReliedUpon() throws {
        let setting = try KeptSetting(Self.small)
        setting.turnClock(by: .seconds(-10))
        #expect(setting.compile()?.why.contains("a file changed less than two seconds") == true)
        setting.turnClock(by: .seconds(10))
        #expect(setting.compile() == nil)
        setting.directory.touch("t/awsprov_templates.yaml", second: 4_000_000_000)
        #expect(setting.compile()?.why.contains("has a time to come") == true)
    }

    @Test func mistakesAreNotKept() throws {
        let setting = try KeptSetting(["templates.yaml": "templates: {x: {image: i}}"])
        #expect(setting.compile()?.why == "there are mistakes in it")
        try setting.directory.write("t/templates.yaml", "templates: {x: {")
        #expect(setting.compile()?.why == "there are mistakes in it")
        #expect(try setting.status.contents == nil)
    }

    @Test func whatWasReadForAnAnswerIsKeptForTheNext() throws {
        let setting = try KeptSetting(Self.small)
        let catalog = setting.catalog()
        catalog.keep { _ in [] }
        #expect(try setting.status.contents == nil, "nothing was asked yet")
        _ = try catalog.resolve("x")
        catalog.keep { _ in [] }
        #expect(setting.isUsed)
    }

    @Test func aStateFolderThatIsNotThereIsNotMade() throws {
        let setting = try KeptSetting(Self.small)
        let missing = CompiledStore(stateDirectory: "\(setting.state.path)/missing")
        let catalog = TemplateCatalog(
            directories: ["\(setting.directory.path)/t"], accounts: setting.accounts,
            surroundings: Surroundings(
                now: { Surroundings.system.now() + .seconds(10) }, sleep: { _ in }, random: { 0 }),
            store: missing)
        #expect(catalog.compile()?.why.contains("cannot be written") == true)
        #expect(access("\(setting.state.path)/missing", F_OK) != 0)
        #expect(catalog.all().templates.count == 1)
    }

    @Test func aFolderOfManySettingsIsTidied() throws {
        var setting = try KeptSetting(Self.small)
        for number in 0..<12 {
            setting.rules.references.environment = ["TEAM": "\(number)"]
            #expect(setting.compile() == nil)
            #expect(setting.isUsed)
        }
        let count = try #require(opendir("\(setting.state.path)/catalog"))
        defer { closedir(count) }
        var files = 0
        while readdir(count) != nil { files += 1 }
        #expect(files == 8 + 3, "8 catalogs, the lock, and the two that every folder has")
        setting.catalog().clearCompiled()
        #expect(access("\(setting.state.path)/catalog", F_OK) != 0)
    }
}
