import Provisioning
import Testing

@testable import Cloud

@Suite(.timeLimit(.minutes(1))) struct AWSProcessLinkTests {
    private let good =
        #"{"Version": 1, "AccessKeyId": "AKPROC", "SecretAccessKey": "proc-secret", "SessionToken": "t","#
        + #" "Expiration": "2026-11-21T15:00:00+01:00"}"#

    private func world(_ line: String, _ end: @escaping @Sendable ([String]) -> ProgramEnd) -> CredentialWorld {
        var world = CredentialWorld(config: "[default]\ncredential_process = \(line)\n")
        world.run = { words, _ in end(words) }
        return world
    }

    private func report(_ printed: String) async -> String {
        await world("/opt/keys --token hidden") { _ in .done(Array(printed.utf8)) }.failure()
    }

    @Test func whatAProgramPrintsIsUsed() async throws {
        let world = world(#""/opt/my keys" --user 'ada l' a\ b"#) { [good] words in
            words == ["/opt/my keys", "--user", "ada l", "a b"] ? .done(Array(good.utf8)) : .failed("\(words)")
        }
        let found = try await world.resolve()
        #expect(found.accessKeyID == "AKPROC")
        #expect(found.secretAccessKey.revealed == "proc-secret")
        #expect(found.sessionToken?.revealed == "t")
        #expect(found.expiresAt == Timestamp("2026-11-21T14:00:00Z"))
        #expect(found.source == "the credential process of profile `default`")
    }

    @Test func whatIsNotAsDocumentedIsToldWithoutWhatItHolds() async {
        let cases = [
            "": "is not JSON",
            "hidden": "is not JSON: line 1, column 1",
            "{\"Version\": 1,\n \"AccessKeyId\": hidden}": "is not JSON: line 2, column 17",
            "[\"hidden\"]": "is no JSON object",
            #"{"AccessKeyId": "hidden", "SecretAccessKey": "hidden"}"#: "has no `Version` 1",
            #"{"Version": 2, "AccessKeyId": "hidden"}"#: "has no `Version` 1",
            #"{"Version": 1, "AccessKeyId": "hidden"}"#: "has no `SecretAccessKey`",
            #"{"Version": 1, "AccessKeyId": "a", "SecretAccessKey": {"hidden": 1}}"#: "has no `SecretAccessKey`",
            #"{"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "hidden", "Expiration": "hidden"}"#:
                "has an `Expiration` that is no moment",
        ]
        for (printed, flaw) in cases {
            let report = await report(printed)
            #expect(report.hasSuffix("a credential process: what `/opt/keys` printed \(flaw)"), "\(report)")
            #expect(!report.contains("hidden"))
        }
    }

    @Test func aLineThatCannotBeSplitIsNotRun() async {
        let report = await world(#"/opt/keys "hidden"#) { _ in .done([]) }.failure()
        #expect(
            report.hasSuffix("`credential_process` in profile `default` has a quote that is not closed, or no name"))
    }

    @Test(arguments: [
        ("a b", ["a", "b"]), ("  a\t b  ", ["a", "b"]), (#"a "" ''"#, ["a", "", ""]),
        (#""a \"b\" \c" 'd\e'"#, [#"a "b" \c"#, #"d\e"#]), (#"a'b'"c"d"#, ["abcd"]),
        ("a $HOME ~ | b > c", ["a", "$HOME", "~", "|", "b", ">", "c"]), ("", []),
    ])
    func wordsAreToldApartByQuotesAlone(_ line: String, _ words: [String]) {
        #expect(CommandWords.split(line) == words)
    }

    @Test(arguments: [#"a "b"#, "a 'b", #"a \"#, #"a "b\"#])
    func aQuoteThatIsNotClosedIsNoLine(_ line: String) { #expect(CommandWords.split(line) == nil) }

    // MARK: Real programs

    private func run(
        _ script: String, _ environment: [String: String] = [:], within limit: Duration = .seconds(30)
    ) async -> String {
        switch await Program.run(["/bin/sh", "-c", script], in: environment, within: limit) {
        case .done(let bytes): String(decoding: bytes, as: UTF8.self)
        case .failed(let why): "it \(why)"
        }
    }

    @Test func aProgramSeesTheEnvironmentAndNoInput() async {
        #expect(await run("echo $WHO; cat; echo end", ["WHO": "ada"]) == "ada\nend\n")
    }

    @Test func aProgramThatFailsIsToldByItsEndAndNotByItsWords() async {
        #expect(await run("echo hidden; echo hidden >&2; exit 3") == "it ended with 3")
        #expect(await run("kill -9 $$") == "it was ended by signal 9")
        let missing = await Program.run(["/no/such/program"], in: [:])
        guard case .failed(let why) = missing else {
            Issue.record("a program that is not there has run")
            return
        }
        #expect(why == "was not started: no such file")
    }

    @Test func aProgramThatDoesNotEndIsEnded() async {
        #expect(await run("echo $$; exec sleep 600", within: .seconds(1)) == "it did not end within 1 s")
        // It has closed its output, and goes on.
        #expect(await run("exec >&-; exec sleep 600", within: .seconds(1)) == "it did not end within 1 s")
    }

    @Test func aProgramThatPrintsWithoutEndIsEnded() async {
        #expect(await run("exec yes") == "it printed more than 64 KiB")
    }

    @Test func manyProgramsAtOnceKeepTheirOutputsApart() async {
        let words = await withTaskGroup(of: (Int, String).self) { group in
            for number in 0..<20 { group.addTask { (number, await self.run("echo \(number)")) } }
            return await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
        }
        #expect(words == Dictionary(uniqueKeysWithValues: (0..<20).map { ($0, "\($0)\n") }))
    }
}
