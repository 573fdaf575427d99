import Engine
import Provisioning

extension RequestReport {
    /// A request with its machines, or a return with those it is to give back.
    var rendered: Rendered {
        [
            "id": .text(request.id.text),
            "kind": .text(request.kind.name),
            "key": .text(request.key),
            "state": .text(request.state.rawValue),
            "template": .text(request.template?.id.text),
            "account": .text(request.account?.text),
            "count": .integer(request.count),
            "at_least": .integer(request.atLeast),
            "parameters": .texts(request.order?.parameters ?? [:]),
            "created_at": .text(request.createdAt.description),
            "deadline": .text(request.deadline.description),
            "cancelled_at": .text(request.cancelledAt?.description),
            "settled_at": .text(request.settledAt?.description),
            "missing": .list((shortfall?.missing ?? []).map(\.rendered)),
            "machines": .list(machines.map(\.rendered)),
        ]
    }

    var view: View {
        View("request") {
            rendered
        } ids: {
            [request.id.text]
        } blocks: {
            [.facts(facts), .table(Machine.table(machines))]
        }
    }

    private var facts: [View.Fact] {
        [
            .init(request.noun, request.id.text),
            .init("state", request.state.rawValue),
            .init("template", request.template?.id.text),
            // All that it may be served by; a return says none.
            .init("account", request.account.map { _ in request.accounts.map(\.text).joined(separator: ", then ") }),
            .init(isInUnits ? "units" : "machines", asked),
            .init("missing", shortfall?.text),
            .init("at least", request.atLeast.map(String.init)),
            .init(
                "parameters",
                request.order?.parameters?.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ", ")),
            .init("key", request.key),
            .init("created", request.createdAt.description),
            .init("deadline", request.deadline.description),
            .init("cancelled", request.cancelledAt?.description),
            .init("settled", request.settledAt?.description),
        ].compactMap(\.self)
    }

    /// Whether what was asked for is counted in something else than machines; what is given back is machines.
    private var isInUnits: Bool { request.template != nil && machines.contains { $0.weight != 1 } }

    /// `5 (3 running, 2 pending)`
    private var asked: String { "\(request.count)" + (tally.isEmpty ? "" : " (\(tally))") }

    /// `3 running, 2 pending`, in the order of a machine's life.
    var tally: String {
        let counts = counts
        return Machine.State.allCases.compactMap { state in
            counts[state].map { "\($0) \(state.rawValue)" }
        }.joined(separator: ", ")
    }
}

extension Shortfall.Part {
    fileprivate var rendered: Rendered {
        [
            "count": .integer(count), "code": .text(code), "meaning": .text(meaning?.rawValue), "reason": .text(reason),
        ]
    }
}

extension [RequestReport] {
    var view: View {
        View("requests") {
            .list(map(\.rendered))
        } ids: {
            map(\.request.id.text)
        } blocks: {
            [
                .table(
                    Table(
                        "ID", "STATE", "TEMPLATE", "ACCOUNT", "COUNT", "MACHINES", "CREATED",
                        rows: map { report in
                            [
                                report.request.id.text, report.request.state.rawValue,
                                report.request.template?.id.text ?? Table.nothing,
                                report.request.account?.text ?? Table.nothing, "\(report.request.count)",
                                report.tally, report.request.createdAt.description,
                            ]
                        }))
            ]
        }
    }
}

extension Request.Kind {
    var name: String {
        switch self {
        case .launch: "launch"
        case .giveBack: "return"
        }
    }
}

extension Request {
    /// What a sentence calls it.
    var noun: String {
        switch kind {
        case .launch: "request"
        case .giveBack: "return"
        }
    }
}
