import Documents
import Provisioning

extension TemplateQuery {
    /// Whether a template is among what is looked for.
    func matches(_ resolved: ResolvedTemplate) -> Bool {
        let subject = Subject(resolved: resolved)
        return words.allSatisfy(subject.mentions) && (condition.map(subject.meets) ?? true)
    }
}

/// A template as questions are put to it.
private struct Subject {
    let resolved: ResolvedTemplate

    /// Whether a word stands anywhere in it, whatever its capitals.
    func mentions(_ word: String) -> Bool {
        let word = word.lowercased()
        return resolved.template.id.text.lowercased().contains(word)
            || resolved.template.offerings.contains { $0.type.lowercased().contains(word) }
            || resolved.fields.leaves().contains { $0.text.lowercased().contains(word) }
    }

    func meets(_ condition: TemplateQuery.Condition) -> Bool {
        switch condition {
        case .given(let path): return !values(of: path).isEmpty
        case .not(let inner): return !meets(inner)
        case .all(let parts): return parts.allSatisfy(meets)
        case .any(let parts): return parts.contains(where: meets)
        case .field(let path, .notEqual, let wanted):
            return !values(of: path).contains { $0.meets(.equal, wanted) }
        case .field(let path, let comparison, let wanted):
            return values(of: path).contains { $0.meets(comparison, wanted) }
        }
    }

    /// What a field comes to: as it is resolved where that says more than what is written.
    private func values(of path: String) -> [String] {
        let template = resolved.template
        switch path {
        case TemplateKeys.id.canonical: return [template.id.text]
        case TemplateKeys.cloud.canonical: return [template.cloud?.text].compactMap(\.self)
        case TemplateKeys.account.canonical: return [resolved.account?.text].compactMap(\.self)
        case TemplateKeys.api.canonical: return [resolved.api?.text].compactMap(\.self)
        case TemplateKeys.isActive.canonical: return ["\(template.isActive)"]
        case TemplateKeys.types.canonical: return template.offerings.map(\.type).eachOnce
        case TemplateKeys.zones.canonical: return template.offerings.compactMap(\.zone).eachOnce
        case TemplateKeys.priceType.canonical:
            return written(path).isEmpty ? [TemplateValues.priceTypes[0]] : written(path)
        case TemplateKeys.sourceFile.canonical: return [resolved.place.file]
        default: return written(path)
        }
    }

    private func written(_ path: String) -> [String] {
        // A tag's name may hold a dot, so what is left of the path is tried as one key first. Of a list one item is
        // enough, so each is looked into.
        func find(_ path: Substring, in value: Layered) -> [Layered] {
            if let items = value.items { return items.flatMap { find(path, in: $0) } }
            if let found = value[String(path)] { return [found] }
            guard let dot = path.firstIndex(of: ".") else { return [] }
            return value[String(path[..<dot])].map { find(path[path.index(after: dot)...], in: $0) } ?? []
        }
        return find(path[...], in: resolved.fields).filter { !$0.isNull }.flatMap(texts)
    }

    /// A map of names, as types with weights are, is found by its names.
    private func texts(of value: Layered) -> [String] {
        if let text = value.text { return [text] }
        if let items = value.items { return items.flatMap(texts) }
        return (value.fields ?? []).map(\.key)
    }
}

extension String {
    fileprivate func meets(_ comparison: TemplateQuery.Comparison, _ wanted: String) -> Bool {
        switch comparison {
        case .equal: equals(wanted)
        case .notEqual: !equals(wanted)
        case .holds: lowercased().contains(wanted.lowercased())
        case .less: isBefore(wanted)
        case .more: wanted.isBefore(self)
        case .atMost: !wanted.isBefore(self)
        case .atLeast: !isBefore(wanted)
        }
    }

    private func equals(_ wanted: String) -> Bool {
        if Provisioning.matches(self, wanted) { return true }
        guard let mine = amount, let theirs = wanted.amount else { return false }
        return mine == theirs
    }

    private func isBefore(_ other: String) -> Bool {
        if let mine = amount, let theirs = other.amount { return mine < theirs }
        return self < other
    }

    /// A number, a length of time in seconds, or a size in MiB, as a number; nil: it is a text.
    private var amount: Double? {
        if let number = Double(self) { return number }
        if let time = Duration(text: self) {
            return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        }
        return hasSuffix("iB") ? mebibytes(self).map(Double.init) : nil
    }
}

extension TemplateCatalog {
    /// The templates that are looked for, in the order of their ids, and what is wrong with those that cannot be
    /// looked at.
    package func search(_ query: TemplateQuery) -> (templates: [TemplateSummary], diagnostics: [Diagnostic]) {
        var found: [TemplateSummary] = []
        let diagnostics = all(of: cache.value()) { if query.matches($0) { found.append(TemplateSummary($0)) } }
        return (found, diagnostics)
    }
}
