/// Whether words are coloured. Everything reads the same without.
enum Ink: Sendable {
    case none, ansi

    enum Colour: Int {
        case red = 31
        case green = 32
        case yellow = 33
        case cyan = 36
    }

    /// Colour is for terminals that know it, and for people who did not say no to it (https://no-color.org).
    init(isTerminal: Bool, environment: (String) -> String?) {
        let isRefused = environment("NO_COLOR").map { !$0.isEmpty } ?? false
        self = isTerminal && !isRefused && environment("TERM") != "dumb" ? .ansi : .none
    }

    func paint(_ word: String, _ colour: Colour) -> String {
        switch self {
        case .none: word
        case .ansi: "\u{1b}[1;\(colour.rawValue)m\(word)\u{1b}[0m"
        }
    }
}
