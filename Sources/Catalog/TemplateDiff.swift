import Documents
import Provisioning

/// What two templates differ in, field by field.
package struct TemplateDiff: Sendable {
    /// A path whose values differ; at least one side says something.
    package struct Change: Sendable, Hashable {
        /// `tags.team`
        package var path: String
        /// Nil: it is not said there.
        package var from: Value?
        package var to: Value?
    }

    package struct Value: Sendable, Hashable {
        /// Nil: it is cleared.
        package var text: String?
        /// `templates/awsprov_templates.yaml:4:3 (provider)`
        package var origin: String
    }

    package var from: Template.ID
    package var to: Template.ID
    /// In the order of their paths; empty: the two come to the same.
    package var changes: [Change]

    package init(from: ResolvedTemplate, to: ResolvedTemplate) {
        self.from = from.template.id
        self.to = to.template.id
        changes = TemplateDiff.changes(from: from.fields, to: to.fields)
    }

    /// A field that is cleared differs from a value, but not from a field that nobody gave.
    static func changes(from: Layered, to: Layered) -> [Change] {
        let before = comparable(from), after = comparable(to)
        return Set(before.keys).union(after.keys).sorted().compactMap { path in
            let old = before[path].map { Value($0) }, new = after[path].map { Value($0) }
            return old?.text == new?.text ? nil : Change(path: path, from: old, to: new)
        }
    }

    /// All but the id, which says which template it is, not what it comes to.
    private static func comparable(_ fields: Layered) -> [String: Leaf] {
        Dictionary(
            fields.without(TemplateKeys.id.canonical).leaves().map { ($0.path, $0) },
            uniquingKeysWith: { first, _ in first })
    }
}

extension TemplateDiff.Value {
    fileprivate init(_ leaf: Leaf) { self.init(text: leaf.isNull ? nil : leaf.text, origin: leaf.origin.description) }
}

extension TemplateCatalog {
    /// What two templates differ in at an account; without one, each at the account it would be asked of.
    ///
    /// - Throws: `Rejected` with all that is wrong with either.
    package func diff(
        _ from: Template.ID, _ to: Template.ID, at account: AccountName? = nil
    ) throws(Rejected) -> (diff: TemplateDiff, warnings: [Diagnostic]) {
        var resolved: [ResolvedTemplate] = []
        var mistakes: [Diagnostic] = []
        for id in [from, to] {
            do throws(Rejected) {
                resolved.append(try resolve(id, at: account))
            } catch {
                mistakes += error.diagnostics
            }
        }
        guard resolved.count == 2 else { throw Rejected(mistakes.tidied) }
        return (TemplateDiff(from: resolved[0], to: resolved[1]), resolved.flatMap(\.warnings).tidied)
    }
}
