import Documents
import Provisioning

extension Snapshot {
    /// Entries of a template that say nothing in the end: wherever they are read, every field is set again above.
    func unreachable(_ id: String, at accounts: [CatalogAccount]) -> [Diagnostic] {
        guard let references = entries[id], references.count > 1, duplicates[id] == nil else { return [] }
        return references.dropLast().compactMap { reference in
            let file = files[reference.file], entry = entry(reference)
            var own: Set<Place> = []
            entry.fields.without(TemplateKeys.id.canonical).visitLeaves {
                if let place = $0.place { own.insert(place) }
            }
            let reached = accounts.filter { file.rank.reach.includes($0) }
            guard !own.isEmpty, !reached.isEmpty else { return nil }
            let isUsed = reached.contains { account in
                var isUsed = false
                merge(id, at: account).fields.visitLeaves { isUsed = isUsed || $0.place.map(own.contains) ?? false }
                return isUsed
            }
            if isUsed { return nil }
            return Diagnostic(
                .warning, "template.unreachable", "nothing that `\(id)` says here is used", at: entry.place,
                hint: "every field is set again above it: take this one out")
        }
    }
}
