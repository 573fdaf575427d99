extension ParameterTable {
    /// A template's parameters as they go over the wire.
    ///
    /// What the table does not know goes as it is written: the cloud will say that it does not know it either.
    package func raw(_ spec: RawValue) -> RawParameters {
        var raw = RawParameters(replaces: [], values: [])
        write(spec, as: .structure(root), named: within ?? "", into: &raw)
        return raw
    }

    private func write(_ value: RawValue, as kind: Kind?, named name: String, into raw: inout RawParameters) {
        switch value {
        case .null: break
        case .map(let fields):
            var structure: Structure?
            if case .structure(let of) = kind { structure = structures[of] }
            for field in fields {
                let member = structure?[field.key]
                let wire = member?.wire ?? field.key
                write(field.value, as: member?.kind, named: name.isEmpty ? wire : "\(name).\(wire)", into: &raw)
            }
        case .list(let list):
            var item: Kind?, mark: String?
            if case .list(let of, let after) = kind { (item, mark) = (of, after) }
            raw.replaces.append("\(name).")
            let name = mark.map { "\(name).\($0)" } ?? name
            // A number left out would be an error of its own.
            for (index, value) in list.filter({ $0 != .null }).enumerated() {
                write(value, as: item, named: "\(name).\(index + 1)", into: &raw)
            }
        case .text(let text): raw.values.append(.init(name, text))
        case .boolean(let value): raw.values.append(.init(name, value ? "true" : "false"))
        case .integer(let value): raw.values.append(.init(name, String(value)))
        case .number(let value): raw.values.append(.init(name, value.written))
        }
    }
}

extension Double {
    /// `1` for 1.0, which some readers of whole numbers would not take.
    fileprivate var written: String { Int64(exactly: self).map { String($0) } ?? String(self) }
}
