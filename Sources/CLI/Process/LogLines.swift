import Logging
import Provisioning

/// Writes log entries to standard error, one a line:
/// `2026-11-21T12:40:43.125Z info machines launched machines=3 request.id=req-06fz…`.
struct LogLines: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level

    init(level: Logger.Level) { logLevel = level }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, own in own }
        StandardError.shared.write(
            LogLines.line(at: Surroundings.system.now(), event.level, "\(event.message)", all))
    }

    static func line(
        at now: Timestamp, _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata
    ) -> String {
        let pairs = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\(quoted("\($0.value)"))" }
        return "\(now) \(level.rawValue) \(message)\(pairs.joined())\n"
    }

    /// As it is where it is one word, else as a JSON string: an entry stays on its line whatever is in it.
    private static func quoted(_ value: String) -> String {
        let isWord = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x3d }
        if isWord { return value }
        var text = ""
        JSONText.quote(value, to: &text)
        return text
    }
}
