import Provisioning

extension Machine {
    var rendered: Rendered {
        [
            "id": .text(id.text),
            "request": .text(request.text),
            "account": .text(account.text),
            "state": .text(state.rawValue),
            "since": .text(since.description),
            "instance": .text(instance?.text),
            "type": .text(offering?.type),
            "zone": .text(offering?.zone),
            "subnet": .text(offering?.subnet),
            "market": .text(offering?.market.rawValue),
            "weight": .integer(weight),
            "group": .text(group?.text),
            "private_ip": .text(privateIP),
            "public_ip": .text(publicIP),
            "launched_at": .text(launchedAt?.description),
            "ran_at": .text(ranAt?.description),
            "expires_at": .text(expiresAt?.description),
            "attempt": .integer(attempt),
            "failure": failure?.rendered ?? .null,
        ]
    }

    var view: View {
        View("machine") {
            rendered
        } ids: {
            [id.text]
        } blocks: {
            [.facts(facts)]
        }
    }

    private var facts: [View.Fact] {
        [
            .init("machine", id.text),
            .init("state", state.rawValue),
            .init("since", since.description),
            .init("request", request.text),
            .init("account", account.text),
            .init("instance", instance?.text),
            .init("offering", offering?.description),
            .init("counts for", weight == 1 ? nil : "\(weight)"),
            .init("group", group?.text),
            .init("private ip", privateIP),
            .init("public ip", publicIP),
            .init("launched", launchedAt?.description),
            .init("running", ranAt?.description),
            .init("expires", expiresAt?.description),
            .init("attempts", "\(attempt)"),
            .init("failure", failure?.text),
        ].compactMap(\.self)
    }

    /// Which columns there are does not depend on what is in them.
    static func table(_ machines: [Machine]) -> Table {
        Table(
            "ID", "STATE", "INSTANCE", "TYPE", "ZONE", "MARKET", "PRIVATE IP", "PUBLIC IP", "FAILURE",
            rows: machines.map { machine in
                [
                    machine.id.text, machine.state.rawValue, machine.instance?.text ?? Table.nothing,
                    machine.offering.flatMap { $0.type.isEmpty ? nil : $0.type } ?? Table.nothing,
                    machine.offering?.zone ?? Table.nothing,
                    machine.offering?.market.rawValue ?? Table.nothing, machine.privateIP ?? Table.nothing,
                    machine.publicIP ?? Table.nothing, machine.failure?.text ?? Table.nothing,
                ]
            })
    }
}

extension [Machine] {
    var view: View {
        View("machines") {
            .list(map(\.rendered))
        } ids: {
            map(\.id.text)
        } blocks: {
            [.table(Machine.table(self))]
        }
    }
}

extension Failure {
    var rendered: Rendered {
        ["cause": .text(cause.rawValue), "meaning": .text(meaning?.rawValue), "detail": .text(detail)]
    }

    var text: String { detail.isEmpty ? cause.rawValue : detail }
}
