import Provisioning
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("250ms", 250), ("90s", 90_000), ("15m", 900_000), ("1h30m", 5_400_000), ("2d", 172_800_000),
        ("1d2h3m4s5ms", 93_784_005), ("30m1h", 5_400_000), ("007s", 7000),
    ])
    func aLengthOfTimeIsReadAsPeopleWriteIt(text: String, milliseconds: Int) {
        #expect(Duration(text: text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "", "90", "s", "0s", "0h0m", "-5s", "+5s", "1.5h", "1 h", " 1h", "1h ", "1H", "1w", "1y", "1min", "h1", "1h30",
        "1hh", "９s", "1000000000s", "99999999999999999999s",
    ])
    func anythingElseIsNoLengthOfTime(text: String) {
        #expect(Duration(text: text) == nil)
    }

    /// Whatever is accepted will be added to a moment, which must not overflow.
    @Test(arguments: ["999999999d", "999999999h", "106751991d23h"])
    func aLengthBeyondEveryCalendarIsNotRead(text: String) {
        #expect(Duration(text: text) == nil)
    }

    @Test(arguments: [
        (0, "0ms"), (40, "40ms"), (999, "999ms"), (1000, "1s"), (2500, "2.5s"), (2549, "2.5s"), (59_999, "59.9s"),
        (60_000, "1m"), (90_000, "1m30s"), (3_600_000, "1h"), (5_400_000, "1h30m"), (5_430_000, "1h30m"),
        (86_400_000, "1d"), (93_600_000, "1d2h"), (172_800_000, "2d"),
    ])
    func aLengthIsSaidInItsTwoLargestUnits(milliseconds: Int, text: String) {
        #expect(Duration.milliseconds(milliseconds).text == text)
    }

    @Test func wholeSecondsMinutesAndHoursAreReadBackAsTheyWereSaid() {
        for seconds in Array(1..<3600) + stride(from: 3600, to: 86400, by: 60)
            + stride(from: 86400, to: 40 * 86400, by: 3600)
        {
            #expect(Duration(text: Duration.seconds(seconds).text) == .seconds(seconds))
        }
    }
}
