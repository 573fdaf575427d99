import Engine
import Provisioning

/// Tells on standard error how far a request has come: on a terminal one line that is redrawn, elsewhere a line a
/// change.
final class Progress: Sendable {
    private struct State {
        var report: RequestReport?
        var hasEnded = false
    }

    let isLive: Bool
    private let output: StandardError
    private let start = ContinuousClock.now
    private let state = Lock(State())

    init(_ output: StandardError) {
        self.output = output
        isLive = output.isLive
    }

    /// Takes note of a change.
    func hear(_ report: RequestReport) {
        let isNews = state.withLock { state in
            defer { state.report = report }
            // A machine may have changed in something that the line does not tell.
            return state.report?.tally != report.tally || state.report?.request.state != report.request.state
        }
        if isLive {
            draw()
        } else if isNews {
            output.write(Progress.line(report, after: start.duration(to: .now)) + "\n")
        }
    }

    /// Shows the line as it is now, for the time goes on by itself.
    func draw() {
        state.withLock { state in
            guard let report = state.report, !state.hasEnded else { return }
            let line = Progress.line(report, after: start.duration(to: .now))
            output.show(String(line.prefix(output.columns)))
        }
    }

    /// Draws it anew until it is cancelled.
    func tick() async throws {
        while true {
            draw()
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    func end() {
        state.withLock { $0.hasEnded = true }
        if isLive { output.show(nil) }
    }

    /// `request req-06fz3k9q2m7w1c4d: 3 running, 2 pending (4.2s)`
    static func line(_ report: RequestReport, after time: Duration) -> String {
        let state = report.request.isSettled ? " \(report.request.state.rawValue)," : ""
        return "\(report.request.noun) \(report.request.id):\(state) \(report.tally) (\(time.text))"
    }
}
