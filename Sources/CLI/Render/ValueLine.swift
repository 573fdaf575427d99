/// A value of a layered document with who set it.
struct ValueLine: Equatable {
    /// `tags.team`
    let path: String
    let value: String
    /// `templates/awsprov_templates.yaml:4:3 (provider)`
    let origin: String
}

extension [ValueLine] {
    var rendered: Rendered {
        .list(map { ["path": .text($0.path), "value": .text($0.value), "origin": .text($0.origin)] })
    }

    var table: Table { Table("KEY", "VALUE", "ORIGIN", rows: map { [$0.path, $0.value, $0.origin] }) }
}
