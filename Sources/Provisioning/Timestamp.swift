#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A moment, in whole microseconds since 1970-01-01T00:00:00Z.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }
    package init(seconds: Int64) { self.init(microseconds: seconds * 1_000_000) }

    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

    package static func + (moment: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(microseconds: moment.microseconds + duration.wholeMicroseconds)
    }

    package static func - (a: Timestamp, b: Timestamp) -> Duration {
        .microseconds(a.microseconds - b.microseconds)
    }

    /// Reads the wall clock.
    static func systemClock() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}

extension Duration {
    package var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}

// MARK: - As text

extension Timestamp: CustomStringConvertible, Codable {
    /// RFC 3339 in UTC, to the millisecond: `2026-11-21T12:40:43.125Z`.
    package var description: String {
        let c = calendar
        let milliseconds = microseconds.modulo(1_000_000) / 1000
        return "\(c.year)-\(two(c.month))-\(two(c.day))T\(two(c.hour)):\(two(c.minute)):\(two(c.second))"
            + ".\(milliseconds < 100 ? "0" : "")\(two(Int(milliseconds)))Z"
    }

    /// The basic format of ISO 8601 to the second, as AWS signatures want it: `20261121T124043Z`.
    package var basic: String {
        let c = calendar
        return "\(c.year)\(two(c.month))\(two(c.day))T\(two(c.hour))\(two(c.minute))\(two(c.second))Z"
    }

    /// Reads RFC 3339 with `Z`, with or without a fraction; nil if the text is anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[range] {
                guard byte >= 48, byte <= 57 else { return nil }
                value = value * 10 + Int(byte - 48)
            }
            return value
        }
        func has(_ character: Character, at index: Int) -> Bool { bytes[index] == character.asciiValue }
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), has("T", at: 10), has("-", at: 4), has("-", at: 7),
            has(":", at: 13), has(":", at: 16), let year = number(0..<4), let month = number(5..<7),
            let day = number(8..<10), let hour = number(11..<13), let minute = number(14..<16),
            let second = number(17..<19), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second < 61
        else { return nil }
        var fraction: Int64 = 0
        if bytes.count > 20 {
            guard has(".", at: 19), bytes.count > 21 else { return nil }
            var weight: Int64 = 100_000
            for byte in bytes[20..<(bytes.count - 1)] {
                guard byte >= 48, byte <= 57 else { return nil }
                fraction += Int64(byte - 48) * weight
                weight /= 10
            }
        }
        let days = Timestamp.days(year: year, month: month, day: day)
        let seconds = Int64(days) * 86400 + Int64(hour * 3600 + minute * 60 + second)
        self.init(microseconds: seconds * 1_000_000 + fraction)
        // A day its month does not have would be read as one of the next month's.
        guard calendar.day == day || second == 60 else { return nil }
    }

    package init(from decoder: any Decoder) throws {
        self.init(microseconds: try decoder.singleValueContainer().decode(Int64.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(microseconds)
    }
}

// MARK: - The calendar

extension Timestamp {
    package struct Calendar: Equatable { package var year, month, day, hour, minute, second: Int }

    /// The proleptic Gregorian calendar in UTC, by Howard Hinnant's `civil_from_days`
    /// (https://howardhinnant.github.io/date_algorithms.html); no time zone data is needed.
    package var calendar: Calendar {
        let seconds = microseconds.floored(by: 1_000_000)
        let day = seconds.floored(by: 86400), rest = Int(seconds.modulo(86400))
        let z = day + 719_468
        let era = z.floored(by: 146_097), dayOfEra = z.modulo(146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = Int(shifted < 10 ? shifted + 3 : shifted - 9)
        return Calendar(
            year: Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), month: month,
            day: Int(dayOfYear - (153 * shifted + 2) / 5 + 1),
            hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60)
    }

    private static func days(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = Int(Int64(y).floored(by: 400)), yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

private func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

extension Int64 {
    fileprivate func floored(by divisor: Int64) -> Int64 {
        (self - modulo(divisor)) / divisor
    }

    fileprivate func modulo(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
