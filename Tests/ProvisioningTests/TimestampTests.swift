import Provisioning
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400, "2000-02-29T00:00:00.000Z"),
        (951_868_799, "2000-02-29T23:59:59.000Z"), (1_078_012_800, "2004-02-29T00:00:00.000Z"),
        (1_709_164_800, "2024-02-29T00:00:00.000Z"), (1_709_251_200, "2024-03-01T00:00:00.000Z"),
        (4_107_456_000, "2100-02-28T00:00:00.000Z"), (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        (1_732_192_843, "2024-11-21T12:40:43.000Z"), (253_402_300_799, "9999-12-31T23:59:59.000Z"),
    ])
    func aKnownMomentIsWrittenAndReadInRFC3339(seconds: Int64, text: String) {
        #expect(Timestamp(seconds: seconds).description == text)
        #expect(Timestamp(text) == Timestamp(seconds: seconds))
    }

    /// Counts the days one by one, as a child would, and never divides by 146097.
    @Test func everyDayFrom1970To2400IsTheOneThatCountingArrivesAt() {
        var wrong: [String] = []
        var day: Int64 = 0
        for year in 1970...2400 {
            for month in 1...12 {
                for dayOfMonth in 1...length(of: month, in: year) {
                    let calendar = Timestamp(seconds: day * 86400 + 86399).calendar
                    if (calendar.year, calendar.month, calendar.day) != (year, month, dayOfMonth)
                        || (calendar.hour, calendar.minute, calendar.second) != (23, 59, 59)
                    {
                        wrong.append("\(year)-\(month)-\(dayOfMonth) is \(calendar)")
                    }
                    day += 1
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(5))")
        #expect(day == 157_420)
    }

    @Test func aMomentIsReadBackAsItWasWritten() {
        var chance = SeededGenerator(seed: 4)
        let end: Int64 = 13_601_088_000_000
        for _ in 0..<2000 {
            let moment = Timestamp(microseconds: Int64.random(in: 0..<end, using: &chance) * 1000)
            #expect(Timestamp(moment.description) == moment)
        }
    }

    @Test func textAndMomentsSortAlike() {
        var chance = SeededGenerator(seed: 5)
        let moments = (0..<500).map { _ in
            Timestamp(microseconds: Int64.random(in: 0..<4_000_000_000_000, using: &chance) * 1000)
        }
        #expect(moments.sorted().map(\.description) == moments.map(\.description).sorted())
    }

    @Test func theBasicFormHasNoSeparatorsAndNoFraction() {
        #expect(Timestamp(microseconds: 1_732_192_843_987_654).basic == "20241121T124043Z")
        #expect(Timestamp(seconds: 951_782_401).basic == "20000229T000001Z")
    }

    @Test(arguments: [
        ("40.5Z", 500_000), ("40.125Z", 125_000), ("40.000001Z", 1), ("40.1234569Z", 123_456), ("40Z", 0),
    ])
    func aFractionIsReadToTheMicrosecond(end: String, microseconds: Int64) {
        #expect(Timestamp("1970-01-01T00:00:\(end)") == Timestamp(microseconds: 40_000_000 + microseconds))
    }

    @Test(arguments: [0, 1, 9, 10, 99, 100, 999] as [Int64])
    func millisecondsHaveThreeDigits(milliseconds: Int64) {
        let digits = String(String(1000 + milliseconds).dropFirst())
        #expect(Timestamp(microseconds: milliseconds * 1000).description == "1970-01-01T00:00:00.\(digits)Z")
    }

    @Test func aMomentBefore1970IsWrittenToo() {
        #expect(Timestamp(microseconds: -1000).description == "1969-12-31T23:59:59.999Z")
        #expect(Timestamp(seconds: -86400).description == "1969-12-31T00:00:00.000Z")
    }

    @Test(arguments: [
        "", "Z", "2024-11-21", "2024-11-21T12:40:43", "2024-11-21T12:40:43+00:00", "2024-11-21 12:40:43Z",
        "2024-13-21T12:40:43Z", "2024-00-21T12:40:43Z", "2024-11-00T12:40:43Z", "2024-11-32T12:40:43Z",
        "2024-11-21T24:00:00Z", "2024-11-21T12:60:43Z", "2024-11-21T12:40:61Z", "2024-11-21T12:40:4aZ",
        "2024-11-21T12:40:43,5Z", "2024-11-21T12:40:43.5", "2024-11-21T12:40:43.5aZ", "-024-11-21T12:40:43Z",
        "2024/11/21T12:40:43Z", "2024-11-21T12.40.43Z", "2024-11-21T12:40:43.Z", "２024-11-21T12:40:43Z",
        "2023-02-29T00:00:00Z", "2024-02-30T00:00:00Z", "2100-02-29T00:00:00Z", "2024-04-31T00:00:00Z",
    ])
    func whatIsNoRFC3339InUTCIsNotRead(text: String) {
        #expect(Timestamp(text) == nil)
    }

    private func length(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
