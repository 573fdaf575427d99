import Documents
import Provisioning

extension TemplateCatalog {
    /// Changes a template file, so that nothing but what was asked for is different, in the text and in what the
    /// catalog comes to.
    ///
    /// The file is held from reading to writing, so that changes made at once all come about. Should the change
    /// bring an error that was not there before, the file stays as it is.
    ///
    /// - Parameter isRehearsal: all is done but the writing.
    /// - Throws: `Rejected` with all that stands against the change.
    package func perform(_ change: TemplateChange, isRehearsal: Bool = false) throws(Rejected) -> TemplateEdit {
        let fields = try change.fields.map { field throws(Rejected) in try FieldEdit(field) }
        let rank = try target(of: change, in: read())
        let held = try HeldFile(rank.path)
        // Only what is read from here on is as it will be when we write.
        let base = read()
        let before = held.bytes ?? []
        var text = try TemplateText(before, file: rank.path)
        try apply(change, fields, to: &text, rank, in: base)
        let after = text.editor.bytes

        let old = snapshot(base, with: held.bytes, at: rank), new = snapshot(base, with: after, at: rank)
        let (errors, warnings) = news(from: old, to: new, at: rank)
        var against = errors
        if case .delete = change.verb, let orphans = orphaned(by: change.id, old, new) {
            against.insert(orphans, at: 0)
        }
        if !against.isEmpty { throw Rejected(against) }
        if !isRehearsal, before != after || held.bytes == nil { try held.replace(with: after) }
        return TemplateEdit(
            id: change.id, file: rank.path, layer: rank.layer, before: String(decoding: before, as: UTF8.self),
            after: String(decoding: after, as: UTF8.self), warnings: warnings,
            others: (new.entries[change.id.text] ?? []).map { new.files[$0.file].path }.filter { $0 != rank.path })
    }

    /// The files as they are now, whatever the cache has.
    private func read() -> Snapshot { TemplateCatalog.read(Directories(directories), accounts, rules) }

    private func apply(
        _ change: TemplateChange, _ fields: [FieldEdit], to text: inout TemplateText, _ rank: Rank, in base: Snapshot
    ) throws(Rejected) {
        switch change.verb {
        case .create(let source):
            try rejectTaken(change, text, in: base)
            if let source { try text.add(change.id, from: source) } else { try text.add(change.id) }
        case .copy(let other):
            try rejectTaken(change, text, in: base)
            let origin = try highest(other, for: change.account, in: base)
            let source =
                origin.path == rank.path
                ? text : try TemplateText(TemplateChange.SourceOfFields(path: origin.path).text, file: origin.path)
            try text.add(change.id, copyOf: other, in: source)
        case .update:
            if text.path(of: change.id) == nil {
                // A layer above may say something of a template that it did not speak of before.
                if base.entries[change.id.text] == nil { throw Rejected(unknown(change.id, in: base)) }
                try text.add(change.id)
            }
        case .delete: return try text.remove(change.id)
        }
        try text.apply(fields, to: change.id)
    }

    private func rejectTaken(_ change: TemplateChange, _ text: TemplateText, in base: Snapshot) throws(Rejected) {
        var place = text.path(of: change.id).flatMap { text.editor.node(at: $0)?.place }
        // Where a layer is named, to say more of a template there is what is wanted.
        if place == nil, case .usual = change.target {
            place = base.entries[change.id.text]?.last.map { base.entry($0).place }
        }
        if let place {
            throw Rejected(
                Diagnostic(
                    .error, "template.exists", "there is a template `\(change.id)` already", at: place,
                    hint: "change it with `muster template update`, or choose another id"))
        }
    }
}

// MARK: - Checking

extension TemplateCatalog {
    /// The catalog with one file as it would be; nil: without it.
    private func snapshot(_ base: Snapshot, with bytes: [UInt8]?, at rank: Rank) -> Snapshot {
        // A file from elsewhere stands in for those of its name.
        let isElsewhere = rank.directory == directories.count
        let name = HeldFile.name(of: rank.path)
        var files = base.files.filter { file in
            file.path != rank.path && !(isElsewhere && HeldFile.name(of: file.path) == name)
        }
        if let bytes { files.append(TemplateFile(bytes, rank)) }
        return Snapshot(files: files, accounts: accounts, rules: rules, diagnostics: [])
    }

    /// What is wrong with a changed catalog that was not before.
    private func news(
        from old: Snapshot, to new: Snapshot, at rank: Rank
    ) -> (errors: [Diagnostic], warnings: [Diagnostic]) {
        var known: [Diagnostic: Int] = [:]
        for diagnostic in problems(in: old) { known[diagnostic.withoutLine, default: 0] += 1 }
        let news = problems(in: new).filter { diagnostic in
            let count = known[diagnostic.withoutLine, default: 0]
            known[diagnostic.withoutLine] = count - 1
            return count <= 0
        }.map { diagnostic in
            // The line is one of the new text, and who looks for it in the file as it is would be misled.
            guard diagnostic.place?.file == rank.path else { return diagnostic }
            var moved = diagnostic
            moved.place?.file += " (as changed)"
            return moved
        }
        return (news.filter { $0.severity == .error }, news.filter { $0.severity != .error })
    }

    private func problems(in snapshot: Snapshot) -> [Diagnostic] {
        (snapshot.diagnostics + snapshot.ids.flatMap { problems(with: $0, in: snapshot) }).tidied
    }

    /// Names who extends a template that is there no longer.
    private func orphaned(by id: Template.ID, _ old: Snapshot, _ new: Snapshot) -> Diagnostic? {
        if new.entries[id.text] != nil { return nil }
        let children = new.ids.filter { child in
            new.entries[child]!.contains { reference in
                TemplateKeys.extends.all.contains { new.entry(reference).fields[$0]?.text == id.text }
            }
        }
        if children.isEmpty { return nil }
        return Diagnostic(
            .error, "template.extended",
            "template `\(id)` is extended by \(children.map { "`\($0)`" }.joined(separator: ", "))",
            at: old.entries[id.text]?.last.map { old.entry($0).place },
            hint: "let them extend another, or delete them first")
    }
}

extension Diagnostic {
    /// Lines move when a file is changed.
    fileprivate var withoutLine: Diagnostic {
        Diagnostic(severity, code, message, at: place.map { Place(file: $0.file, line: 0, column: 0) })
    }
}
