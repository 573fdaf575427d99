import Provisioning

extension DocumentEditor {
    /// How far a path leads: the containers on the way, each with the entry that the path takes.
    struct Trail {
        var stops: [(container: Extent, entry: Int)] = []
        /// Where it ends; nil: there is no value at all.
        var end: Extent?
        /// What of the path is not there.
        var missing: ArraySlice<Step>

        var last: (container: Extent, entry: Int)? { stops.last }
    }

    /// - Throws: `Rejected` where the path leads through an alias or a merge key, or through what holds nothing.
    func trail(_ path: [Step]) throws(Rejected) -> Trail {
        var trail = Trail(end: root, missing: path[...])
        while let step = trail.missing.first, let here = trail.end {
            let done = Array(path.prefix(path.count - trail.missing.count))
            if here.kind == .alias { throw alias(path, at: done) }
            switch (step, here.kind) {
            case (.key(let key), .map):
                guard let entry = here.index(ofKey: key) else {
                    if here.hasMergeKey, node(at: done + [step]) != nil { throw alias(path, at: done) }
                    return trail
                }
                trail.stops.append((here, entry))
            case (.item(let number), .list):
                guard here.entries.indices.contains(number) else { return trail }
                trail.stops.append((here, number))
            default:
                if here.isNull { return trail }
                throw Rejected(
                    Diagnostic(
                        .error, "edit.kind", "\(shown(done)) is \(here.kind.shown), so it has no \(shown([step]))",
                        at: placeNear(done), hint: "set it as a whole"))
            }
            trail.end = trail.stops.last.map { $0.container.entries[$0.entry].value }
            trail.missing.removeFirst()
        }
        return trail
    }

    func alias(_ path: [Step], at written: [Step]) -> Rejected {
        Rejected(
            Diagnostic(
                .error, "edit.alias", "\(shown(path)) comes through an alias, so that others would change with it",
                at: placeNear(written), hint: "write it out where the alias stands, with an editor"))
    }

    /// Refuses to take away an anchor that something else still names.
    func rejectLoss(of extent: Extent, _ path: [Step]) throws(Rejected) {
        let anchors = extent.anchors
        if anchors.isEmpty { return }
        var isNamed = false
        root?.visitAliases { name, range in
            if anchors.contains(name), !extent.range.contains(range.lowerBound) { isNamed = true }
        }
        if isNamed {
            throw Rejected(
                Diagnostic(
                    .error, "edit.alias", "\(shown(path)) has an anchor that other values of the file refer to",
                    at: placeNear(path), hint: "move the anchor with an editor"))
        }
    }
}

extension Extent.Kind {
    fileprivate var shown: String {
        switch self {
        case .scalar: "text"
        case .alias: "an alias"
        case .list: "a list"
        case .map: "a map"
        }
    }
}
