/// How much of a settled request came, and why the rest did not.
package struct Shortfall: Hashable, Sendable {
    /// Some that did not come, for one reason.
    package struct Part: Hashable, Sendable {
        package var count: Int
        /// The cloud's own code, where it was the cloud that said no.
        package var code: String?
        package var meaning: Refusal.Meaning?
        /// In words, the code among them.
        package var reason: String
    }

    package var came: Int
    package var asked: Int
    /// They add up to what did not come; the most frequent reason first.
    package var missing: [Part]

    /// `37 of 50; 13 missing because InsufficientInstanceCapacity: We currently do not have …`
    package var text: String {
        let reasons = missing.map { "\($0.count) missing because \($0.reason)" }
        return (["\(came) of \(asked)"] + reasons).joined(separator: "; ")
    }
}

extension Request {
    /// Nil: nothing is missing, or it is not known yet, or was not wanted to the end.
    ///
    /// - Parameter machines: all of its own.
    package func shortfall(of machines: [Machine]) -> Shortfall? {
        guard case .launch(let order, _) = kind, state == .partial || state == .failed else { return nil }
        let came = machines.filter(\.wasOfUse).reduce(0) { $0 + $1.weight }
        let missing = order.count - came
        guard missing > 0 else { return nil }
        // A machine that was lost as it came up left its place to another; the last ones lost were not replaced.
        let others = machines.filter { !$0.wasOfUse }
            .sorted { ($0.state == .lost ? 1 : 0, $1.since, $0.id) < ($1.state == .lost ? 1 : 0, $0.since, $1.id) }
        var reasons: [Shortfall.Part] = []
        var left = missing
        for machine in others where left > 0 {
            let count = min(left, machine.weight)
            left -= count
            reasons.append(Shortfall.Part(machine.failure, count: count))
        }
        if left > 0 { reasons.append(Shortfall.Part(nil, count: left)) }
        return Shortfall(came: came, asked: order.count, missing: reasons.grouped)
    }
}

extension Machine {
    /// Whether whoever asked for it ever had it: too few are none.
    fileprivate var wasOfUse: Bool { ranAt != nil && failure?.cause != .tooFew }
}

extension Shortfall.Part {
    fileprivate init(_ failure: Failure?, count: Int) {
        self.init(
            count: count, code: failure?.code, meaning: failure?.meaning,
            reason: failure?.detail ?? "nobody said why")
    }
}

extension [Shortfall.Part] {
    /// One for each code, in the words that were heard most often; without a code one for each reason.
    fileprivate var grouped: [Shortfall.Part] {
        let groups = Dictionary(grouping: self) { $0.code ?? $0.reason }.values
        return groups.map { parts in
            let words = Dictionary(grouping: parts, by: \.reason).mapValues { $0.reduce(0) { $0 + $1.count } }
            let usual = words.max { ($0.value, $1.key) < ($1.value, $0.key) }!.key
            var part = parts.first { $0.reason == usual }!
            part.count = parts.reduce(0) { $0 + $1.count }
            return part
        }.sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
    }
}
