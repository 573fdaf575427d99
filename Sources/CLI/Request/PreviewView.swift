import Engine
import Provisioning

extension Preview {
    var view: View {
        // The ids are only made for the calls to be complete; what is created later has others.
        View("preview", value: { rendered }, ids: nil, blocks: { blocks })
    }

    private var rendered: Rendered {
        [
            "template": .text(template.id.text),
            "account": .text(account.text),
            "region": .text(region),
            "machines": .integer(machines.count),
            "at_least": .integer(least?.count),
            "at_least_from": .text(least?.source.rawValue),
            "image": .text(template.image),
            "image_alias": .text(imageAlias),
            "image_confidence": .text(imageConfidence?.name),
            "image_answer": .text(imageConfidence?.answer),
            "types_from": .text(types?.name),
            "types_listed_at": .text(types?.listedAt),
            "types_answer": .text(types?.answer),
            "offering": launches.first?.offerings.first?.rendered ?? .null,
            "offerings": .list(launches.first?.offerings.map(\.rendered) ?? []),
            "preparations": .list(preparations.map(\.rendered)),
            "calls": .list(launches.map(\.rendered)),
            "fallbacks": .list(fallbacks.map(\.rendered)),
            "elsewhere": .list(
                elsewhere.map {
                    ["account": .text($0.account.text), "offerings": .list($0.offerings.map(\.rendered))]
                }),
        ]
    }

    /// Only where it is not written in the call below as the template says it.
    private var image: String? {
        guard let imageAlias, let imageConfidence else { return nil }
        let said = imageConfidence == .verified ? "\(template.image), which is \(imageAlias)" : imageAlias
        return "\(said) (\(imageConfidence.text))"
    }

    private var leastText: String? { least.map { "\($0.count) (says the \($0.source.rawValue))" } }

    private var asked: [Offering] { launches.first?.offerings ?? [] }

    /// The first few: types in places on markets come to hundreds.
    private func listed(_ offerings: [Offering], between word: String) -> String? {
        if offerings.isEmpty { return nil }
        let offerings = (types == .attributes ? offerings.map(\.withoutType) : offerings.map(\.description)).eachOnce
        let shown = offerings.count > 5 ? offerings.prefix(4) : offerings[...]
        let rest = offerings.count - shown.count
        return shown.joined(separator: word) + (rest > 0 ? "\(word)\(rest) more" : "")
    }

    /// Whether what is asked for is counted in something else than machines.
    private var isInUnits: Bool { asked.contains { template.weight(of: $0.type, in: $0.market) != 1 } }

    private var blocks: [View.Block] {
        let facts: [View.Fact?] =
            [
                .init("template", template.id.text), .init("account", "\(account) (\(region))"),
                .init("image", image),
                .init(isInUnits ? "units" : "machines", "\(machines.count)"), .init("at least", leastText),
                .init(asked.count > 1 ? "any of" : "offering", listed(asked, between: ", ")),
                .init("then", listed(fallbacks, between: ", then ")),
            ] + elsewhere.map { .init("then at \($0.account)", listed($0.offerings, between: ", then ")) } + [
                .init("types", types?.text)
            ]
        let preparations = preparations.map { made in
            Self.block("\(made.action), unless it is there already", made.method, made.url, made.parameters)
        }
        let calls = launches.flatMap { launch in
            [
                Self.block(
                    "\(launch.action) for \(launch.share) (\(launch.confidence.text))", launch.method,
                    launch.url, launch.parameters), launch.answers,
            ].compactMap(\.self)
        }
        return [.facts(facts.compactMap(\.self))] + preparations + calls
            + [.lines(["Nothing was stored, and nothing that changes anything was sent."])]
    }

    /// A call: what it is for, where it goes, and each of its parameters.
    private static func block(
        _ purpose: String, _ method: String, _ url: String, _ parameters: [(name: String, value: String)]
    ) -> View.Block {
        .lines([purpose] + Table.lines([["  \(method)", url]] + parameters.map { ["  \($0.name)", $0.value] }))
    }
}

extension Preview.Launch {
    /// A line for each thing that the cloud was asked about.
    fileprivate var answers: View.Block? {
        if findings.isEmpty { return nil }
        let rows = findings.map { ["  \($0.subject.rawValue)", $0.name, $0.confidence, $0.detail] }
        return .lines(["what the cloud says of it"] + Table.lines(rows))
    }

    /// `5`, or `1, and 4 more calls like it` where each machine takes a call of its own.
    fileprivate var share: String {
        if calls == 1 { return "\(machines.count)" }
        return "\(machines.count / calls), and \(calls - 1) more like it"
    }

    fileprivate var rendered: Rendered {
        [
            "api": .text(api.text),
            "action": .text(action),
            "method": .text(method),
            "url": .text(url),
            "machines": .integer(machines.count),
            "calls": .integer(calls),
            "offering": offerings[0].rendered,
            "offerings": .list(offerings.map(\.rendered)),
            "confidence": .text(confidence.name),
            "answer": .text(confidence.answer),
            "findings": .list(
                findings.map {
                    [
                        "subject": .text($0.subject.rawValue), "name": .text($0.name),
                        "confidence": .text($0.confidence), "detail": .text($0.detail),
                    ]
                }),
            "parameters": .object(parameters.map { .init(key: $0.name, value: .text($0.value)) }),
        ]
    }
}

extension Preview.Preparation {
    fileprivate var rendered: Rendered {
        [
            "kind": .text(kind.text),
            "action": .text(action),
            "method": .text(method),
            "url": .text(url),
            "parameters": .object(parameters.map { .init(key: $0.name, value: .text($0.value)) }),
        ]
    }
}

extension Preview.Confidence {
    fileprivate var name: String {
        switch self {
        case .verified: "verified"
        case .predicted: "predicted"
        case .refused: "refused"
        case .unknown: "unknown"
        }
    }

    /// What the cloud said when it was asked.
    var answer: String? {
        switch self {
        case .verified, .predicted: nil
        case .refused(let refusal): refusal.text
        case .unknown(let why): why
        }
    }

    fileprivate var text: String { answer.map { "\(name): \($0)" } ?? name }
}

extension Finding {
    /// In the words of a preview.
    fileprivate var confidence: String { isAbsent ? "refused" : word }
}

extension Offering {
    /// Where the cloud chooses the type by itself.
    fileprivate var withoutType: String {
        var any = self
        any.type = "any type"
        return any.description
    }

    var rendered: Rendered {
        [
            "type": .text(type), "zone": .text(zone), "subnet": .text(subnet), "market": .text(market.rawValue),
        ]
    }
}
