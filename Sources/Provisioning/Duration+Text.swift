extension Duration {
    /// Reads a length of time as people write it: `90s`, `15m`, `1h30m`, `2d`, `250ms`; a bare number is
    /// not one, for nobody can tell its unit. Nil if the text is anything else, is zero or more than a century.
    package init?(text: String) {
        var total: Duration = .zero
        // Bytes, for to tell where one character ends and the next begins takes ten times as long.
        var rest = text.utf8[...]
        while !rest.isEmpty {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard digits.count <= 9, let amount = Int(Substring(digits)) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !(0x30...0x39).contains($0) }
            rest = rest.dropFirst(unit.count)
            switch Substring(unit) {
            case "ms": total += .milliseconds(amount)
            case "s": total += .seconds(amount)
            case "m": total += .seconds(amount * 60)
            case "h": total += .seconds(amount * 3600)
            case "d": total += .seconds(amount * 86400)
            default: return nil
            }
        }
        guard total > .zero, total <= .seconds(Duration.centurySeconds) else { return nil }
        self = total
    }

    /// Longer than anything here can mean, and far from where sums of moments overflow.
    package static let centurySeconds = 100 * 366 * 86400

    /// The two largest units, as a person would say it: `1h30m`, `2.5s`, `40ms`.
    package var text: String {
        let milliseconds = wholeMicroseconds / 1000
        let seconds = milliseconds / 1000
        switch seconds {
        case ..<1: return "\(milliseconds)ms"
        case ..<60:
            let tenths = milliseconds % 1000 / 100
            return tenths == 0 ? "\(seconds)s" : "\(seconds).\(tenths)s"
        case ..<3600: return "\(seconds / 60)m" + (seconds % 60 == 0 ? "" : "\(seconds % 60)s")
        case ..<86400: return "\(seconds / 3600)h" + (seconds / 60 % 60 == 0 ? "" : "\(seconds / 60 % 60)m")
        default: return "\(seconds / 86400)d" + (seconds / 3600 % 24 == 0 ? "" : "\(seconds / 3600 % 24)h")
        }
    }
}
