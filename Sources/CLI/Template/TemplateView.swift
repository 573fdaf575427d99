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
                                template.types.joined(separator: ","), template.limit.map(String.init) ?? Table.nothing,
                                (template.isActive ? "" : "(inactive) ")
                                    + (template.description ?? template.name ?? Table.nothing),
                            ]
                        }))
            ]
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
