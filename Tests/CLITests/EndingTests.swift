import Glibc
import Logging
import Provisioning
import Store
import Testing

@testable import CLI
@testable import Engine

/// What is said, and the exit code, when a command does not do what was asked for.
struct EndingTests {
    @Test func whatCannotBeAcceptedEndsWithTwoAndEveryDiagnostic() throws {
        let ending = Ending(
            Rejected([
                Diagnostic(
                    .error, "template.unknown-key", "`instance_typ` is not a template key",
                    at: Place(file: "templates/aws/gpu/a100.yaml", line: 7, column: 3),
                    hint: "did you mean `instance_type`?"),
                Diagnostic(.error, "order.count", "`0` machines cannot be asked for", hint: "ask for at least 1"),
                Diagnostic(.warning, "catalog.unknown-file", "`x.yaml` is left out"),
            ]))
        #expect(ending.code == 2)
        try expectGolden(ending.text, "diagnostics.txt")
    }

    @Test func colourAddsNothingButColour() {
        let diagnostic = Diagnostic(.error, "a.b", "it is wrong")
        #expect(DiagnosticText.text([diagnostic], ink: .ansi) == "\u{1b}[1;31merror\u{1b}[0m: it is wrong [a.b]\n")
    }

    @Test func colourIsForTerminalsThatWereNotToldOtherwise() {
        func ink(_ isTerminal: Bool, _ variables: [String: String]) -> Ink {
            Ink(isTerminal: isTerminal) { variables[$0] }
        }
        #expect(ink(true, ["TERM": "xterm"]) == .ansi)
        #expect(ink(true, ["NO_COLOR": ""]) == .ansi)
        #expect(ink(true, ["NO_COLOR": "1"]) == .none)
        #expect(ink(true, ["TERM": "dumb"]) == .none)
        #expect(ink(false, [:]) == .none)
    }

    @Test(arguments: [
        (Refusal.Meaning.credentials, "AuthFailure: no such key (credentials: environment)"),
        (.unreachable, "Unreachable: could not connect to 127.0.0.1:9"),
        (.invalid, "InvalidAMIID.NotFound: no such image"), (.unclassified, "Odd: what is this"),
    ])
    func aStuckRequestEndsWithOneAndSaysWhatToDo(_ meaning: Refusal.Meaning, _ words: String) throws {
        let parts = words.split(separator: ": ", maxSplits: 1).map(String.init)
        let stuck = Stuck(report: Sample.report(), refusal: Refusal(meaning, code: parts[0], message: parts[1]))
        let ending = Ending(stuck)
        #expect(ending.code == 1)
        try expectGolden(ending.text, "stuck-\(meaning.rawValue).txt")
    }

    @Test func anOrderThatNobodyCanPromiseEndsWithOneAndSaysWhoseCredentials() {
        let refusal = Refusal(.credentials, code: "AuthFailure", message: "no such key (credentials: environment)")
        let ending = Ending(NotPromised(account: "prod", refusal: refusal))
        #expect(ending.code == 1)
        let first = "error: account `prod` did not accept the credentials: \(refusal.text)\nnothing was stored\n"
        #expect(ending.text.hasPrefix("\(first)hint: correct the credentials"))
        #expect(ending.text.contains("(credentials: environment)"))
    }

    @Test func aReturnThatIsStuckIsNotToBeCancelled() {
        let stuck = Stuck(report: Sample.returned(), refusal: Refusal(.invalid, code: "Bad", message: "no"))
        #expect(!Ending(stuck).text.contains("cancel"))
    }

    @Test func fulfilledIsWhatWasAskedFor() {
        #expect(NotReached(Sample.report(.fulfilled)) == nil)
        #expect(NotReached(Sample.returned(.fulfilled)) == nil)
    }

    @Test func partialIsEnoughOnlyIfALeastCountWasGiven() {
        #expect(NotReached(Sample.report(.partial)) == nil)
        var order = Sample.order()
        order.atLeast = nil
        #expect(NotReached(Sample.report(.partial, order)) != nil)
    }

    @Test func failuresAreGroupedMostFirst() throws {
        let gone = Failure(.gone, "Server.SpotInstanceTermination: taken back")
        let machines =
            [Sample.machine(1, .lost, failure: gone)]
            + (2...4).map { Sample.machine($0, .failed, failure: Sample.noRoom) } + [Sample.machine(5, .failed)]
        let ending = Ending(NotReached(RequestReport(request: Sample.request(.failed), machines: machines))!)
        #expect(ending.code == 1)
        try expectGolden(ending.text, "failed.txt")
    }

    @Test func whatAGroupDidNotBringInTimeIsToldTheReasonOf() {
        let late = Sample.machine(
            4, .terminated, failure: Failure(.deadline, "the deadline passed; until then: NoRoom: full"))
        var order = Sample.order(count: 4)
        order.atLeast = nil
        let report = RequestReport(
            request: Sample.request(.partial, order), machines: (1...3).map { Sample.machine($0, .running) } + [late])
        let line = "  3 of 4; 1 missing because the deadline passed; until then: NoRoom: full"
        #expect(NotReached(report)?.message.split(separator: "\n").last.map(String.init) == line)
    }

    @Test func aFailureOfTheAccountPointsToTheAccount() {
        let refused = Failure(.refused, "AuthFailure: who are you", meaning: .credentials)
        let report = RequestReport(
            request: Sample.request(.failed), machines: [Sample.machine(1, .failed, failure: refused)])
        #expect(NotReached(report)?.hint?.contains("`muster provider check demo`") == true)
    }

    @Test func aCancelledRequestWasNotReached() {
        #expect(
            NotReached(Sample.report(.cancelled))?.message.hasPrefix("request req-06fz3k9q2m7w1c4d is cancelled")
                == true)
    }

    @Test func anythingElseEndsWithOneAndOneLine() {
        struct Odd: Error, CustomStringConvertible { let description = "what nobody\nthought of" }
        #expect(Ending(Odd()) == Ending(code: 1, text: "error: what nobody thought of\n"))
    }

    @Test func aLedgerThatCannotBeUsedEndsWithTwoAndAWayOn() {
        let ending = Ending(LedgerError.failed("disk I/O error"))
        #expect(ending.code == 2)
        #expect(ending.text.hasPrefix("error: the ledger could not be used: disk I/O error [ledger.unusable]\n"))
        #expect(ending.text.contains("hint: `muster doctor`"))
    }

    static let mistyped: [([String], String?)] = [
        (["request", "creat", "cpu-small", "5"], "create"), (["requst", "list"], "request"),
        (["machine", "retrun"], "return"), (["template", "frobnicate"], nil), (["doctor", "now"], nil),
    ]

    @Test(arguments: mistyped)
    func aMistypedVerbIsToldWhatItMeant(words: [String], meant: String?) {
        let ending = Muster.run(words)
        #expect(ending.code == 2)
        #expect(ending.text.contains("hint: did you mean") == (meant != nil))
        if let meant { #expect(ending.text.hasSuffix("hint: did you mean `\(meant)`?\n")) }
    }

    @Test func aSignalGivesItsNumber() {
        #expect(Ending(Interrupted(signal: SIGINT)) == Ending(code: 130, text: ""))
        #expect(Ending(Interrupted(signal: SIGTERM)) == Ending(code: 143, text: ""))
    }

    @Test(arguments: [
        [], ["request"], ["template", "list", "--nope"], ["request", "create", "cpu-small"],
        ["request", "create", "cpu-small", "five"], ["template", "list", "--output", "xml"], ["machine", "return"],
        ["request", "create", "cpu-small", "1", "--deadline", "5"], ["request", "create", "x", "1", "--tag", "=v"],
        ["request", "create", "x", "1", "--ask-cloud"], ["request", "create", "x", "1", "--dry-run", "--wait"],
        ["machine", "list", "--state", "happy"], ["emulator", "run", "--port", "65536"], ["bogus"],
    ])
    func wrongUsageEndsWithTwoAndTheUsage(_ arguments: [String]) {
        let ending = Muster.run(arguments)
        #expect(ending.code == 2)
        #expect(ending.text.contains("usage:") || ending.text.contains("Usage:") || ending.text.contains("USAGE:"))
        #expect(ending.text.hasPrefix("error: ") || ending.text.hasPrefix("OVERVIEW: "))
    }
}
