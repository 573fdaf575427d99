import Documents
import Provisioning

/// Which of a service's endpoints are meant.
package struct EndpointKind: Sendable, Hashable {
    /// Its cryptography is validated after FIPS 140.
    package var isFIPS = false
    /// It answers over IPv4 and IPv6.
    package var isDualStack = false

    package static let plain = EndpointKind()

    package init(isFIPS: Bool = false, isDualStack: Bool = false) {
        self.isFIPS = isFIPS
        self.isDualStack = isDualStack
    }

    package static let all = [false, true].flatMap { dual in
        [false, true].map { EndpointKind(isFIPS: $0, isDualStack: dual) }
    }
}

extension EndpointKind: CustomStringConvertible {
    /// `FIPS dual-stack`; empty where nothing is special.
    package var description: String {
        [isFIPS ? "FIPS" : nil, isDualStack ? "dual-stack" : nil].compactMap { $0 }.joined(separator: " ")
    }
}

extension ProviderDescriptor {
    /// Regions whose addresses are made alike.
    package struct Partition: Sendable, Hashable {
        package let name: String
        /// How the names of its regions begin; empty: it takes those that no other claims.
        package let prefixes: [String]
        /// How addresses are made; a kind that is not here does not exist.
        package let forms: [EndpointKind: Form]
        /// Where its tokens are had; nil: its requests are signed.
        package let authority: Endpoint?
        /// Where services answer that have no region.
        package let global: [Service: GlobalService]

        package struct Form: Sendable, Hashable {
            package let suffix: String
            package let fips: String
        }
    }

    package struct GlobalService: Sendable, Hashable {
        package let endpoints: [EndpointKind: Endpoint]
        /// What signatures name in place of a region of its own.
        package let region: String
    }
}

extension ProviderDescriptor.Partition {
    init(named name: String, _ fields: inout FieldReader) {
        self.name = name
        prefixes = fields.strings("prefixes") ?? []
        var forms: [EndpointKind: Form] = [:]
        ProviderDescriptor.Partition.forms(&fields).forEach { forms[EndpointKind(isFIPS: $0)] = $1 }
        let dual = fields.nested("dualstack", what: "partition") { ProviderDescriptor.Partition.forms(&$0) }
        dual?.forEach { forms[EndpointKind(isFIPS: $0, isDualStack: true)] = $1 }
        self.forms = forms
        authority = fields.endpoint("authority")
        var global: [Service: ProviderDescriptor.GlobalService] = [:]
        for entry in fields.entries("global") ?? [] {
            var service = FieldReader(entry.value, what: "service")
            global[Service(entry.key)] = ProviderDescriptor.GlobalService(&service)
            service.finish().forEach { fields.report($0) }
        }
        self.global = global
    }

    /// Plain and, if there is one, of FIPS.
    private static func forms(_ fields: inout FieldReader) -> [Bool: Form] {
        let suffix = fields.required("suffix") { $0.string($1) } ?? ""
        var forms = [false: Form(suffix: suffix, fips: "")]
        if let fips = fields.field("fips")?.value.text { forms[true] = Form(suffix: suffix, fips: fips) }
        return forms
    }
}

extension ProviderDescriptor.GlobalService {
    fileprivate init(_ fields: inout FieldReader) {
        region = fields.required("region") { $0.string($1) } ?? ""
        let rows: [(FieldName, EndpointKind)] = [
            ("endpoint", .plain), ("fips", EndpointKind(isFIPS: true)), ("dualstack", EndpointKind(isDualStack: true)),
            ("fips_dualstack", EndpointKind(isFIPS: true, isDualStack: true)),
        ]
        var endpoints: [EndpointKind: Endpoint] = [:]
        for (name, kind) in rows {
            endpoints[kind] = kind == .plain ? fields.required(name) { $0.endpoint($1) } : fields.endpoint(name)
        }
        self.endpoints = endpoints
    }
}

extension FieldReader {
    /// Nil: it is not there, or no endpoint, which is reported.
    fileprivate mutating func endpoint(_ name: FieldName) -> Endpoint? {
        guard let text = string(name) else { return nil }
        let endpoint = Endpoint(text)
        if endpoint == nil {
            report(
                "field.range", "`\(text)` is no endpoint", at: field(name)?.value.place, hint: "as in `https://host`")
        }
        return endpoint
    }
}
