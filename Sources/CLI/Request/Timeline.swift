import Provisioning
import Store

/// The history of a request as a person reads it: when, counted from its beginning, who, what became of it and why.
struct Timeline {
    let events: [History.Event]

    var view: View {
        View("history") {
            .list(events.map(\.rendered))
        } ids: {
            events.map(\.subject).eachOnce
        } blocks: {
            [.table(table)]
        }
    }

    /// Machines that took the same step at the same moment, for the same reason, share a line.
    private var table: Table {
        guard let start = events.first?.at else { return Table("TIME", rows: []) }
        var groups: [(event: History.Event, count: Int)] = []
        for event in events {
            if let last = groups.last, last.event.tellsTheSame(as: event) {
                groups[groups.count - 1].count += 1
            } else {
                groups.append((event, 1))
            }
        }
        return Table(
            "AFTER", "WHO", "CHANGE", "CAUSE",
            rows: groups.map { event, count in
                let change = event.was.map { "\($0) → \(event.became)" } ?? event.became
                return [
                    Timeline.offset(event.at - start), count == 1 ? event.subject : "\(count) machines", change,
                    event.cause,
                ]
            })
    }

    /// `+0.025s`, and in larger units after a minute.
    static func offset(_ time: Duration) -> String {
        let milliseconds = max(0, time.wholeMicroseconds / 1000)
        if milliseconds >= 60_000 { return "+\(Duration.milliseconds(milliseconds).text)" }
        let fraction = String(1000 + milliseconds % 1000).dropFirst()
        return "+\(milliseconds / 1000).\(fraction)s"
    }
}

extension History.Event {
    fileprivate var rendered: Rendered {
        [
            "at": .text(at.description), "subject": .text(subject), "was": .text(was), "became": .text(became),
            "cause": .text(cause),
        ]
    }

    fileprivate func tellsTheSame(as other: History.Event) -> Bool {
        subject.hasPrefix("mch-") && other.subject.hasPrefix("mch-") && at == other.at && was == other.was
            && became == other.became && cause == other.cause
    }
}
