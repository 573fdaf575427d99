import Documents
import Provisioning

// What a template's fields come to at an account, lowest first:
//
//   1. the defaults of every file that speaks for the account, from the lowest layer to the highest,
//   2. the template it extends, and above it …
//   3. … the template itself: its entries from the lowest layer to the highest.
//
// So a default of a high layer is still below a template of a low one: what a template says of itself is meant
// more than what is said of all. A parent gives all it has but its id, its own parent and `is_active`: one that
// is only there to be extended is set inactive itself.
//
// Some fields are ways to say one thing: who says it one way above takes the other ways of those below back.
extension Snapshot {
    func mergeDefaults(at account: CatalogAccount) -> Merged {
        var merged = Merged(fields: Layered(fields: [], origin: Origin(layer: "defaults")), diagnostics: [])
        for file in files where file.rank.reach.includes(account) {
            guard let defaults = file.defaults else { continue }
            let (fields, diagnostics) = underOwnNames(defaults)
            merged.fields = fields.laid(over: merged.fields)
            merged.diagnostics += diagnostics
            if let id = fields[TemplateKeys.id] ?? fields[TemplateKeys.extends] {
                merged.diagnostics.append(
                    Diagnostic(.error, "field.clash", "defaults cannot name a template or extend one", at: id.place))
            }
        }
        return merged
    }

    func merge(_ id: String, at account: CatalogAccount) -> Merged {
        let base = defaults(at: account)
        var result = mergeEntries(id, at: account)
        result.diagnostics = base.diagnostics + result.diagnostics
        var line = Line(ids: [id])
        var youngest = result
        while let parent = youngest.fields[TemplateKeys.extends], !parent.isNull {
            if let trouble = trouble(with: parent, line, at: account) {
                result.diagnostics.append(trouble)
                break
            }
            let name = parent.text ?? ""
            line.ids.append(name)
            line.places.append(parent.place)
            youngest = mergeEntries(name, at: account)
            result.diagnostics += youngest.diagnostics
            let inherited = youngest.fields.without(
                TemplateKeys.id.canonical, TemplateKeys.extends.canonical, TemplateKeys.isActive.canonical)
            result.fields = result.fields.laid(over: inherited)
        }
        result.fields = result.fields.laid(over: base.fields)
        return result
    }

    /// One template's own entries.
    private func mergeEntries(_ id: String, at account: CatalogAccount) -> Merged {
        var merged: Merged?
        for reference in entries[id] ?? [] where files[reference.file].rank.reach.includes(account) {
            let entry = entry(reference)
            let (fields, diagnostics) = underOwnNames(entry.fields)
            merged = Merged(
                fields: merged.map { fields.laid(over: $0.fields) } ?? fields, place: entry.place,
                diagnostics: (merged?.diagnostics ?? []) + diagnostics)
        }
        var result = merged ?? Merged(fields: Layered(fields: [], origin: Origin(layer: "none")), diagnostics: [])
        if let twins = duplicates[id] { result.diagnostics += twins }
        return result
    }

    private func underOwnNames(_ written: Layered) -> (fields: Layered, diagnostics: [Diagnostic]) {
        var (named, clashes) = written.underOwnNames(TemplateKeys.all)
        if let configuration = named[TemplateKeys.configuration], !configuration.isNull {
            clashes += mistakes(inConfiguration: configuration)
            let (more, moreClashes) = configuration.underOwnNames(TemplateKeys.all)
            clashes += moreClashes + more.clashes(with: named)
            named = named.without(TemplateKeys.configuration.canonical).merged(over: more)
        }
        let (fields, mistakes) = spellOutTags(named)
        return (fields, clashes.isEmpty && mistakes.isEmpty ? [] : clashes + mistakes)
    }

    /// What would otherwise be passed over.
    private func mistakes(inConfiguration map: Layered) -> [Diagnostic] {
        guard let fields = map.fields else {
            return [
                Diagnostic(
                    .error, "field.type", "`configuration` must be a map of more keys, not \(map.shown)", at: map.place)
            ]
        }
        let own = [TemplateKeys.id, TemplateKeys.extends, TemplateKeys.configuration].flatMap(\.all)
        return fields.filter { own.contains($0.key) }.map {
            Diagnostic(
                .error, "field.clash", "`\($0.writtenKey)` cannot stand in a `configuration`", at: $0.keyPlace,
                hint: "it belongs to the template itself")
        }
    }

    /// A template and those it extends, each by the next.
    private struct Line {
        var ids: [String]
        /// Where each says whom it extends; the last one's is not in it yet.
        var places: [Place?] = []

        static let lengthMax = 1_000

        /// The circle that closes at a name. It is told alike whichever of its templates was asked for, so that it
        /// is one mistake and not as many as it has templates.
        func circle(to name: String, _ last: Place?) -> Diagnostic? {
            guard let start = ids.firstIndex(of: name) else { return nil }
            let members = start..<ids.endIndex
            guard let first = members.min(by: { ids[$0] < ids[$1] }) else { return nil }
            let turned = Array(first..<ids.endIndex) + Array(start..<first)
            let path = (turned + [first]).map { "`\(ids[$0])`" }.joined(separator: " extends ")
            return Diagnostic(
                .error, "template.cycle", "templates extend each other: \(path)",
                at: (places + [last])[turned[turned.count - 1]])
        }
    }

    private func trouble(with parent: Layered, _ line: Line, at account: CatalogAccount) -> Diagnostic? {
        guard let name = parent.text else {
            return Diagnostic(
                .error, "field.type", "`extends` names one template, not \(parent.shown)", at: parent.place)
        }
        if let circle = line.circle(to: name, parent.place) { return circle }
        if line.ids.count >= Line.lengthMax {
            return Diagnostic(
                .error, "template.extends-depth",
                "`\(line.ids[0])` extends a line of more than \(Line.lengthMax) templates", at: parent.place)
        }
        if knows(name, at: account) { return nil }
        let hint = entries[name].map { _ in "it is in a file that does not speak for every account this one is for" }
        return Diagnostic(
            .error, "template.unknown-parent", "there is no template `\(name.shortened)` to extend", at: parent.place,
            hint: hint ?? meant(by: name))
    }
}

extension Layered {
    /// Ways to say one thing.
    private static let alternatives: [[FieldName]] = [
        [TemplateKeys.zones, TemplateKeys.subnets],
        [TemplateKeys.types, TemplateKeys.requirements, TemplateKeys.abis],
        [TemplateKeys.userData, TemplateKeys.userDataFile],
        [TemplateKeys.launchTemplateSpec, TemplateKeys.launchTemplateSpecFile],
        [TemplateKeys.providerAPISpec, TemplateKeys.providerAPISpecFile],
    ]

    fileprivate func laid(over lower: Layered) -> Layered {
        var replaced: [String] = []
        for ways in Layered.alternatives {
            // The lower one is mostly a handful of defaults, and quicker to look through.
            for way in ways where lower[way].map({ !$0.isNull }) ?? false {
                let isSaidOtherwise = ways.contains { other in
                    other.canonical != way.canonical && self[other].map { !$0.isNull } ?? false
                }
                if isSaidOtherwise, self[way] == nil { replaced.append(way.canonical) }
            }
        }
        return merged(over: replaced.isEmpty ? lower : lower.without(replaced))
    }
}
