import Catalog
import Provisioning
import Testing

struct CacheTests {
    private let clock = Lock(Timestamp(seconds: 1_700_000_000))
    private let identity = Lock(1)
    private let made = Lock(0)

    private func cache() -> TimedCache<Int, String> {
        let (clock, identity, made) = (clock, identity, made)
        return TimedCache(timeToLive: .seconds(60), now: { clock.withLock { $0 } }) {
            identity.withLock { $0 }
        } make: { identity, last in
            let count = made.withLock {
                $0 += 1; return $0
            }
            return "\(count) of \(identity) after \(last ?? "nothing")"
        }
    }

    private func turnClock(by duration: Duration) { clock.withLock { $0 = $0 + duration } }

    @Test func aValueIsKeptForItsTime() {
        let cache = cache()
        #expect(cache.value() == "1 of 1 after nothing")
        turnClock(by: .milliseconds(59_999))
        #expect(cache.value() == "1 of 1 after nothing")
        turnClock(by: .milliseconds(1))
        #expect(cache.value() == "2 of 1 after 1 of 1 after nothing")
    }

    @Test func aClockSetBackKeepsNothingLonger() {
        let cache = cache()
        _ = cache.value()
        turnClock(by: .seconds(-3600))
        _ = cache.value()
        #expect(made.withLock { $0 } == 2)
    }

    @Test func aChangeIsSeenAtOnce() {
        let cache = cache()
        _ = cache.value()
        identity.withLock { $0 = 2 }
        #expect(cache.value().hasPrefix("2 of 2"))
        #expect(cache.value().hasPrefix("2 of 2"))
    }

    @Test func anEntryTellsOfItself() {
        let cache = cache()
        #expect(cache.status.cachedAt == nil)
        #expect(cache.status.isExpired)
        for _ in 1...3 { _ = cache.value() }
        turnClock(by: .seconds(20))
        #expect(cache.status.cachedAt == Timestamp(seconds: 1_700_000_000))
        #expect(cache.status.age == .seconds(20))
        #expect(cache.status.timeToLive == .seconds(60))
        #expect(!cache.status.isExpired)
        #expect(cache.status.hits == 2)
        #expect(cache.status.loads == 1)
        turnClock(by: .seconds(40))
        #expect(cache.status.isExpired)
        identity.withLock { $0 = 2 }
        _ = cache.value()
        #expect(cache.status.loads == 2)
        #expect(cache.status.changes == 1)
    }
}

struct ReloadTests {
    private let good = "templates: {x: {image: i, machine_type: t, limit: 1}}"

    @Test func anEditIsSeenAtOnce() throws {
        let setting = try Setting(["templates.yaml": good])
        #expect(try setting.catalog.resolve("x").template.limit == 1)
        try setting.directory.write("templates.yaml", "templates: {x: {image: i, machine_type: t, limit: 22}}")
        #expect(try setting.catalog.resolve("x").template.limit == 22)
        try setting.directory.write("demoinst_templates.yaml", "templates: {x: {limit: 3}}")
        #expect(try setting.catalog.resolve("x").template.limit == 3)
        setting.directory.remove("demoinst_templates.yaml")
        #expect(try setting.catalog.resolve("x").template.limit == 22)
    }

    @Test func anEditThatKeepsSizeAndTimeIsSeenToo() throws {
        let setting = try Setting(["templates.yaml": good])
        setting.directory.touch("templates.yaml", second: 1_600_000_000)
        #expect(try setting.catalog.resolve("x").template.limit == 1)
        try setting.directory.writeLater("templates.yaml", "templates: {x: {image: i, machine_type: t, limit: 9}}")
        setting.directory.touch("templates.yaml", second: 1_600_000_000)
        #expect(try setting.catalog.resolve("x").template.limit == 9)
    }

    @Test func aBrokenReloadKeepsTheLastGoodValueAndSaysSo() throws {
        let setting = try Setting(["templates.yaml": good, "awsprov_templates.yaml": "templates: {y: {extends: x}}"])
        #expect(try setting.catalog.resolve("y").template.limit == 1)
        try setting.directory.write("templates.yaml", "templates: {x: {image: i, limit: 5")
        // All or nothing: a good change beside a broken file waits too.
        try setting.directory.write("awsprov_templates.yaml", "templates: {y: {extends: x, limit: 8}}")
        let kept = try setting.catalog.resolve("y")
        #expect(kept.template.limit == 1)
        #expect(kept.warnings.map(\.code) == ["yaml.syntax"])
        #expect(kept.warnings.map(\.severity) == [.warning])
        #expect(setting.catalog.all().templates.map(\.id) == ["x", "y"])
        #expect(setting.codes(setting.catalog.all().diagnostics) == ["yaml.syntax@templates.yaml:1:35"])
        #expect(setting.catalog.check().hasErrors)

        try setting.directory.write("templates.yaml", good)
        #expect(try setting.catalog.resolve("y").template.limit == 8)
        #expect(setting.catalog.check().isEmpty)
    }

    @Test func aDirectoryThatVanishesKeepsTheLastGoodValueToo() throws {
        let setting = try Setting(["here/templates.yaml": good], directories: ["here"])
        _ = try setting.catalog.resolve("x")
        setting.directory.remove("here/templates.yaml")
        #expect(setting.refusal("x") == ["template.unknown"])
        try setting.directory.write("here/templates.yaml", good)
        #expect(setting.refusal("x").isEmpty)
        try setting.directory.rename("here", to: "elsewhere")
        #expect(setting.refusal("x").isEmpty)
        #expect(setting.catalog.check().map(\.code) == ["file.unreadable"])
    }

    @Test func aFileBrokenFromTheStartStopsOnlyThoseItSpeaksFor() throws {
        let setting = try Setting([
            "templates.yaml": good, "gcpprov_templates.yaml": "templates: {x: 1, x: 2}",
            "prodinst_templates.yaml": "defalts: {limit: 1}",
        ])
        #expect(setting.refusal("x", at: "demo").isEmpty)
        #expect(
            setting.refusal("x", at: "research") == [
                "yaml.duplicate-key@gcpprov_templates.yaml:1:19", "field.type@gcpprov_templates.yaml:1:16",
            ])
        #expect(setting.refusal("x", at: "prod") == ["catalog.unknown-key@prodinst_templates.yaml:1:1"])
        #expect(setting.catalog.all().templates.map(\.id) == ["x"])
        #expect(setting.catalog.all().diagnostics.count == 3)
    }

    @Test func aHundredReadersOfAChangedCatalogAgree() async throws {
        let setting = try Setting(["templates.yaml": good])
        let catalog = setting.catalog
        for round in 1...5 {
            try setting.directory.write(
                "templates.yaml", "templates: {x: {image: i, machine_type: t, limit: \(round * 1111)}}")
            let limits = await withTaskGroup(of: Int?.self) { group in
                for _ in 0..<100 { group.addTask { try? catalog.resolve("x").template.limit } }
                return await group.reduce(into: Set<Int?>()) { $0.insert($1) }
            }
            #expect(limits == [round * 1111])
            setting.directory.touch("templates.yaml", second: round)
        }
    }
}
