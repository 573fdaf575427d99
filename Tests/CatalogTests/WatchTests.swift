import Catalog
import Glibc
import Provisioning
import Testing

struct WatchTests {
    private let directory: ScratchDirectory
    private let watch: Watch

    init() throws {
        directory = try ScratchDirectory()
        try directory.write("here/templates.yaml", "templates: {}")
        watch = Watch(["\(directory.path)/here"])
    }

    @Test func nothingIsToldBeforeTheFirstLoad() {
        #expect(watch.mark() == nil)
    }

    @Test func aMarkStaysWhileNothingChanges() throws {
        let mark = try #require(watch.renew())
        #expect(watch.mark() == mark)
        try directory.write("here/.templates.yaml.swp", "an editor's")
        try directory.write("here/notes.txt", "nobody reads it")
        #expect(watch.mark() == mark)
        #expect(watch.renew() == mark)
    }

    @Test func everyKindOfChangeIsToldAtOnce() throws {
        func tells(_ change: () throws -> Void) throws -> Bool {
            let before = try #require(watch.renew())
            try change()
            return watch.mark() != before
        }
        #expect(try tells { try directory.write("here/templates.yaml", "templates: {x: 1}") })
        #expect(try tells { try directory.write("here/templates.yaml", "templates: {x: 2}") })
        #expect(try tells { directory.touch("here/templates.yaml", second: 1_600_000_000) })
        #expect(try tells { chmod("\(directory.path)/here/templates.yaml", 0o600) })
        #expect(try tells { try directory.write("here/new.yml", "") })
        #expect(try tells { try directory.rename("here/new.yml", to: "here/newer.yml") })
        #expect(try tells { directory.remove("here/newer.yml") })
        #expect(try tells { mkdir("\(directory.path)/here/sub", 0o755) })
        #expect(try tells { try directory.write("here/sub/templates.json", "{}") })
        #expect(try tells { try directory.rename("here/sub", to: "here/other") })
        #expect(try tells { try directory.write("here/other/deep/down/templates.yaml", "") })
        #expect(try tells { try directory.write("here/other/deep/down/templates.yaml", "1") })
        #expect(try tells { try directory.rename("here/other/deep", to: "away") })
    }

    @Test func directoriesThatAreGoneOrOthersAreToldOf() throws {
        _ = try #require(watch.renew())
        try directory.rename("here", to: "there")
        #expect(watch.mark() == nil)
        #expect(watch.renew() == nil)
        try directory.rename("there", to: "here")
        let mark = try #require(watch.renew())
        #expect(watch.mark() == mark)
    }

    @Test func aDirectoryMovedWithWhatItIsInIsToldOf() throws {
        try directory.write("outer/inner/templates.yaml", "")
        let watch = Watch(["\(directory.path)/outer/inner"])
        _ = try #require(watch.renew())
        try directory.rename("outer", to: "former")
        try directory.write("outer/inner/templates.yaml", "other")
        #expect(watch.mark() == nil)
        #expect(watch.renew() != nil)
    }

    @Test func lostEventsAreAChange() throws {
        let before = try #require(watch.renew())
        // More than the kernel keeps (/proc/sys/fs/inotify/max_queued_events), none of them worth a word.
        let room = try #require(
            fopen("/proc/sys/fs/inotify/max_queued_events", "r").flatMap { file -> Int? in
                defer { fclose(file) }
                var line = [CChar](repeating: 0, count: 32)
                return fgets(&line, 32, file).flatMap { Int(String(cString: $0).prefix { $0.isNumber }) }
            })
        try #require(room <= 1_000_000)
        for number in 0...(room / 2) {
            let path = "\(directory.path)/here/.\(number % 2)"
            close(open(path, O_CREAT | O_WRONLY, 0o600))
            unlink(path)
        }
        #expect(watch.mark() != before)
        #expect(watch.renew() != nil)
    }

    @Test func whatMayChangeElsewhereIsNotRelied() throws {
        try directory.write("outside.yaml", "")
        symlink("\(directory.path)/outside.yaml", "\(directory.path)/here/linked.yaml")
        #expect(watch.renew() == nil)
        directory.remove("here/linked.yaml")
        #expect(watch.renew() != nil)
        link("\(directory.path)/outside.yaml", "\(directory.path)/here/second.yaml")
        #expect(watch.mark() == nil)
        #expect(watch.renew() == nil)
        directory.remove("here/second.yaml")
        #expect(watch.renew() != nil)
        mkdir("\(directory.path)/elsewhere", 0o755)
        symlink("\(directory.path)/elsewhere", "\(directory.path)/here/sub")
        #expect(watch.mark() == nil)
        #expect(watch.renew() == nil)
    }
}

struct FreshnessTests {
    private func template(_ limit: Int) -> String { "templates: {x: {image: i, machine_type: t, limit: \(limit)}}" }

    /// Keeps a catalog fresh while each wait runs one step of a script; what it tells, step by step.
    private func news(of directory: ScratchDirectory, script: [@Sendable () throws -> Void]) async -> [CatalogNews] {
        let step = Lock(0), told = Lock<[CatalogNews]>([])
        let catalog = TemplateCatalog(
            directories: [directory.path], accounts: Setting.accounts,
            surroundings: Surroundings(
                now: { Timestamp(seconds: 1_700_000_000) },
                sleep: { _ in
                    let number = step.withLock {
                        $0 += 1; return $0
                    }
                    if number > script.count { throw CancellationError() }
                    try script[number - 1]()
                }, random: { 0 }))
        await catalog.keepFresh { news in told.withLock { $0.append(news) } }
        return told.withLock { $0 }
    }

    @Test func aChangeIsReadOnceItIsComplete() async throws {
        let directory = try ScratchDirectory()
        try directory.write("templates.yaml", template(1))
        let news = await news(
            of: directory,
            script: [
                {}, { try directory.write("a.yaml", "") }, { try directory.write("templates.yaml", template(2)) },
                { try directory.write("awsprov_templates.yaml", "templates: {y: {extends: x}}") }, {}, {}, {},
            ])
        #expect(news.map(\.templates) == [2])
        #expect(news.map(\.files) == [2])
        #expect(news.map { $0.diagnostics.map(\.code) } == [["catalog.unknown-file"]])
    }

    @Test func aBrokenFileIsToldOfAndWhatWasIsKept() async throws {
        let directory = try ScratchDirectory()
        try directory.write("templates.yaml", template(1))
        let news = await news(
            of: directory,
            script: [
                { try directory.write("templates.yaml", "templates: {x: {") }, {}, {},
                { try directory.write("templates.yaml", template(2)) }, {}, {},
            ])
        #expect(news.map(\.isKept) == [true, false])
        #expect(news.map(\.templates) == [1, 1])
        #expect(news.first?.diagnostics.map(\.code) == ["yaml.syntax"])
        #expect(news.last?.diagnostics == [])
    }

    @Test func aTemplatesMistakesAreToldOfToo() async throws {
        let directory = try ScratchDirectory()
        try directory.write("templates.yaml", template(1))
        let news = await news(
            of: directory,
            script: [
                { try directory.write("templates.yaml", "templates: {x: {image: i, machine_type: t, limitt: 1}}") }, {},
                {},
            ])
        #expect(news.map(\.isKept) == [false])
        #expect(news.first?.diagnostics.map(\.code) == ["template.unknown-key"])
    }

    @Test func aProcessWithOneAnswerLooksOnce() throws {
        let directory = try ScratchDirectory()
        try directory.write("templates.yaml", template(1))
        let catalog = TemplateCatalog(
            directories: [directory.path], accounts: Setting.accounts,
            surroundings: Surroundings(
                now: { Timestamp(seconds: 1_700_000_000) }, sleep: { _ in }, random: { 0 }))
        // Also where it had been read before.
        #expect(try catalog.resolve("x").template.limit == 1)
        catalog.answerFromOneLook()
        #expect(catalog.check(["x"]).isEmpty)
        try directory.write("templates.yaml", template(2))
        #expect(try catalog.resolve("x").template.limit == 1)
        #expect(catalog.cacheStatus.loads == 2)
    }

    @Test func whoNeverStopsWritingIsNotWaitedForForEver() async throws {
        let directory = try ScratchDirectory()
        try directory.write("templates.yaml", template(1))
        let news = await news(
            of: directory,
            script: (1...60).map { number in { try directory.write("templates.yaml", template(number)) } })
        #expect(news.count >= 2)
    }
}
