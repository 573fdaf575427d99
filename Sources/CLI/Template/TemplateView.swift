import Catalog
import Provisioning

extension [TemplateSummary] {
    var view: View {
        View("templates") {
            .list(map(\.rendered))
        } ids: {
            map(\.id.text)
        } blocks: {
            [
                .table(
                    Table(
                        "ID", "CLOUD", "ACCOUNT", "TYPES", "LIMIT", "DESCRIPTION",
                        rows: map { template in
                            [
                                template.id.text, template.cloud.text, template.account?.text ?? Table.nothing,
                                shortened(template.types), template.limit.map(String.init) ?? Table.nothing,
                                (template.isActive ? "" : "(inactive) ")
                                    + (template.description ?? template.name ?? Table.nothing),
                            ]
                        }))
            ]
        }
    }
}

/// The first few: requirements can come to twenty.
private func shortened(_ types: [String]) -> String {
    let shown = types.count > 5 ? types.prefix(3) : types[...]
    let rest = types.count - shown.count
    return shown.joined(separator: ",") + (rest > 0 ? ",+\(rest)" : "")
}

extension [TemplateSummary] {
    /// The listing as it is written, by format, for a catalog to keep: to lay a long one out takes longer than
    /// to look whether it is still true.
    var texts: [(name: String, text: String)] {
        [OutputFormat.table, .json, .ids].compactMap { format in
            (try? format.text(of: view)).map { (format.rawValue, $0) }
        }
    }
}

extension TemplateSummary {
    fileprivate var rendered: Rendered {
        [
            "id": .text(id.text),
            "name": .text(name),
            "description": .text(description),
            "cloud": .text(cloud.text),
            "account": .text(account?.text),
            "api": .text(api?.text),
            "types": .texts(types),
            "limit": .integer(limit),
            "active": .boolean(isActive),
            "file": .text(place.file),
            "line": .integer(place.line),
        ]
    }
}
