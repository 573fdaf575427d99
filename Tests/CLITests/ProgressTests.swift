import CloudEmulator
import Logging
import Provisioning
import Testing

@testable import CLI
@testable import Engine

struct ProgressTests {
    @Test func aLineCountsMachinesInTheOrderOfTheirLives() {
        #expect(
            Progress.line(Sample.report(), after: .milliseconds(4250))
                == "request req-06fz3k9q2m7w1c4d: 1 pending, 3 running, 1 failed (4.2s)")
        #expect(
            Progress.line(Sample.report(.partial), after: .seconds(64))
                == "request req-06fz3k9q2m7w1c4d: partial, 1 pending, 3 running, 1 failed (1m4s)")
        #expect(
            Progress.line(Sample.returned(), after: .zero) == "return ret-06fz3m0000000000: 1 terminating (0ms)")
    }

    @Test func anInterruptedWaitTellsHowToGoOn() {
        #expect(
            Follow.farewell(Sample.request()) == """
                stopped waiting; request req-06fz3k9q2m7w1c4d stays open
                hint: carry on with `muster request show req-06fz3k9q2m7w1c4d --wait`, or end it with `muster request \
                cancel req-06fz3k9q2m7w1c4d`

                """)
        #expect(!Follow.farewell(Sample.returned().request).contains("cancel"))
    }

    @Test func theOffsetOfAnEventIsExactForAMinute() {
        #expect(Timeline.offset(.zero) == "+0.000s")
        #expect(Timeline.offset(.milliseconds(59_999)) == "+59.999s")
        #expect(Timeline.offset(.seconds(90)) == "+1m30s")
        #expect(Timeline.offset(.milliseconds(-5)) == "+0.000s")
    }

    @Test func aLogEntryIsOneLineWhateverIsInIt() {
        let line = LogLines.line(
            at: Sample.start, .warning, "intent stays open",
            ["request.id": "req-1", "reason": "timed out\nafter 30 s", "attempts": "2", "empty": ""])
        #expect(
            line == "2026-11-21T12:00:00.125Z warning intent stays open attempts=2 empty=\"\" "
                + "reason=\"timed out\\nafter 30 s\" request.id=req-1\n")
    }

    @Test func theEmulatorTellsHowToReachIt() {
        let hint = EmulatorRun.hint(port: 4566, .demo)
        #expect(hint.contains("AWS_ENDPOINT_URL=http://127.0.0.1:4566"))
        #expect(hint.contains("AWS_ACCESS_KEY_ID=\(EmulatorCredential.demo.accessKeyID) "))
    }

    @Test func livingMachinesOfARequestAreGivenBack() {
        let running = Sample.machine(1, .running), failed = Sample.machine(2, .failed)
        #expect(MachineReturn.living([running, failed]) == [running.id])
        // Giving back twice is no mistake.
        #expect(MachineReturn.living([failed]) == [failed.id])
    }

    @Test func theVerdictCountsWhatWasChecked() {
        #expect(TemplateValidate.verdict(templates: 12, files: 0) == "12 templates are valid\n")
        #expect(TemplateValidate.verdict(templates: 1, files: 0) == "1 template is valid\n")
        #expect(TemplateValidate.verdict(templates: 0, files: 0) == "0 templates are valid\n")
        #expect(TemplateValidate.verdict(templates: 2, files: 1) == "2 templates and 1 file are valid\n")
        #expect(TemplateValidate.verdict(templates: 0, files: 1) == "1 file is valid\n")
    }

    @Test func argumentsAreReadAsPeopleWriteThem() {
        #expect(Span(argument: "1h30m")?.seconds == 5400)
        #expect(Span(argument: "15") == nil)
        #expect(TagArgument(argument: "team=a=b").map { [$0.key, $0.value] } == ["team", "a=b"])
        #expect(TagArgument(argument: "team=")?.value == "")
        #expect(TagArgument(argument: "team") == nil)
        #expect(TagArgument(argument: "=x") == nil)
    }
}
