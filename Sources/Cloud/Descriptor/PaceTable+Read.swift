import Documents
import Provisioning

extension PaceTable {
    /// `pace` of `provider.yaml`: two rates for whatever no family names, and the families.
    init(_ reader: inout FieldReader) {
        let none = Rate(perSecond: 1, burst: 1)
        self.init(
            reading: reader.required("reading") { Rate($1, of: &$0) } ?? none,
            changing: reader.required("changing") { Rate($1, of: &$0) } ?? none)
        for entry in reader.entries("families") ?? [] {
            var fields = FieldReader(entry.value, what: "pace")
            let service = fields.required("service") { $0.string($1) }
            let actions = fields.required("actions") { $0.strings($1) }
            let calls = fields.required("calls") { Rate($1, of: &$0) }
            let machines = Rate("machines", of: &fields)
            if let service, let actions, let calls {
                families.append(
                    Family(
                        name: entry.key, service: Service(service), actions: actions, calls: calls, machines: machines))
            }
            fields.finish().forEach { reader.report($0) }
        }
    }
}

extension PaceTable.Rate {
    fileprivate init?(_ name: FieldName, of reader: inout FieldReader) {
        let rate = reader.nested(name, what: "rate") { rate in
            PaceTable.Rate(
                perSecond: rate.required("per_second") { $0.number($1, in: 0.01...100_000) } ?? 1,
                burst: rate.required("burst") { $0.number($1, in: 1...100_000) } ?? 1)
        }
        guard let rate else { return nil }
        self = rate
    }
}
