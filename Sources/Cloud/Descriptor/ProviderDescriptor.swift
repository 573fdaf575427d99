import Documents
import Provisioning

/// What a cloud's manuals print as tables, read from `providers/<cloud>/`.
package struct ProviderDescriptor: Sendable {
    package let name: CloudName
    package let title: String
    package let usualAPI: APIName
    package let pace: PaceTable
    package let refusals: RefusalTable
    package let apis: [APIName: APITraits]
    private let endpoints: [Service: String]
    private let partitions: [Partition]

    /// - Throws: `Rejected` with everything that is wrong in the cloud's files.
    package init(folder: String, apiFiles: [String]) throws {
        var diagnostics: [Diagnostic] = []
        func layered(_ file: String) -> Layered? {
            let (document, found) = Document.read("\(folder)/\(file)")
            diagnostics += found
            return document?.root.map { Layered($0, layer: "providers") }
        }
        let provider = layered("provider.yaml").map(Provider.init)
        let table = layered("errors.yaml").map(RefusalTable.read)
        let traits = apiFiles.compactMap { layered("apis/\($0)") }.map(APITraits.read)
        diagnostics += provider?.diagnostics ?? []
        diagnostics += table?.diagnostics ?? []
        diagnostics += traits.flatMap(\.diagnostics)
        try diagnostics.rejectErrors()
        guard let provider, let table, let usualAPI = provider.usualAPI, let pace = provider.pace else {
            throw Rejected(Diagnostic(.error, "file.missing", "`\(folder)` has no `provider.yaml` or no `errors.yaml`"))
        }
        name = CloudName(provider.name)
        title = provider.title
        self.usualAPI = usualAPI
        self.pace = pace
        refusals = table.table
        apis = Dictionary(traits.compactMap(\.traits), uniquingKeysWith: { first, _ in first }).mapValues {
            var traits = $0
            traits.quotaFamilies = provider.quotaFamilies
            return traits
        }
        endpoints = provider.endpoints
        partitions = provider.partitions
    }

    /// Where a service answers in a region; nil: this cloud has no such service, or not of this kind.
    package func endpoint(of service: Service, in region: String, as kind: EndpointKind = .plain) -> Endpoint? {
        let partition = partition(of: region)
        if let service = partition?.global[service] { return service.endpoints[kind] }
        let bare = kind == .plain ? Partition.Form(suffix: "", fips: "") : nil
        guard let form = partition == nil ? bare : partition?.forms[kind] else { return nil }
        return endpoints[service].flatMap {
            Endpoint(
                $0.replacing("{region}", with: region).replacing("{suffix}", with: form.suffix)
                    .replacing("{fips}", with: form.fips))
        }
    }

    /// Whether a region has endpoints of this kind at all.
    package func has(_ kind: EndpointKind, in region: String) -> Bool {
        partition(of: region).map { $0.forms[kind] != nil } ?? (kind == .plain)
    }

    /// The region that signatures for a service name.
    package func signingRegion(of service: Service, in region: String) -> String {
        partition(of: region)?.global[service]?.region ?? region
    }

    /// The partition a region belongs to.
    package func partition(of region: String) -> Partition? {
        partitions.first { $0.prefixes.contains { region.hasPrefix($0) } } ?? partitions.first { $0.prefixes.isEmpty }
    }
}

/// `provider.yaml`, as read.
private struct Provider {
    var name = ""
    var title = ""
    var usualAPI: APIName?
    var pace: PaceTable?
    var quotaFamilies = QuotaFamilies()
    var endpoints: [Service: String] = [:]
    var partitions: [ProviderDescriptor.Partition] = []
    var diagnostics: [Diagnostic] = []

    init(_ map: Layered) {
        var reader = FieldReader(map, what: "provider")
        name = reader.required("name") { $0.string($1) } ?? ""
        title = reader.string("title") ?? name
        usualAPI = reader.required("usual_api") { $0.string($1) }.map { APIName($0) }
        for (service, pattern) in reader.texts("endpoints") ?? [:] { endpoints[Service(service)] = pattern }
        for entry in reader.entries("partitions") ?? [] {
            var fields = FieldReader(entry.value, what: "partition")
            partitions.append(.init(named: entry.key, &fields))
            fields.finish().forEach { reader.report($0) }
        }
        pace = reader.nested("pace", what: "pace") { PaceTable(&$0) }
        quotaFamilies = QuotaFamilies(readQuotaFamilies(&reader), prefixes: reader.strings("quota_prefixes") ?? [])
        diagnostics = reader.finish()
    }
}

/// The families by the name they are counted under; one that is counted twice is a mistake.
private func readQuotaFamilies(_ reader: inout FieldReader) -> [String: [String]] {
    var groups: [String: [String]] = [:]
    var seen: Set<String> = []
    for entry in reader.entries("quota_families") ?? [] {
        groups[entry.key] = reader.strings(in: entry.value, of: entry) ?? []
        for family in groups[entry.key] ?? [] where !seen.insert(family).inserted {
            reader.report("provider.family-twice", "`\(family)` is counted already", at: entry.keyPlace)
        }
    }
    return groups
}

extension APITraits {
    static func read(_ map: Layered) -> (traits: (APIName, APITraits)?, diagnostics: [Diagnostic]) {
        var reader = FieldReader(map, what: "api")
        let name = reader.required("api") { $0.string($1) }
        let launch = reader.required("launch_batch") { $0.integer($1, in: 1...100_000) }
        let terminate = reader.required("terminate_batch") { $0.integer($1, in: 1...100_000) }
        let memory = reader.required("token_memory") { $0.duration($1) }
        let visibility = reader.required("visibility") { $0.duration($1) }
        let deadline = reader.required("call_deadline") { $0.duration($1) }
        let takesMany = reader.boolean("takes_many_offerings") ?? false
        let needsPlace = reader.boolean("needs_place") ?? false
        let namesMachines = reader.boolean("names_machines") ?? false
        let vanishes = reader.boolean("vanishes") ?? false
        let features = readFeatures(&reader)
        let diagnostics = reader.finish()
        guard let name, let launch, let terminate, let memory, let visibility, let deadline else {
            return (nil, diagnostics)
        }
        let traits = APITraits(
            launchBatch: launch, terminateBatch: terminate, tokenMemory: memory, visibility: visibility,
            callDeadline: deadline, takesManyOfferings: takesMany, needsPlace: needsPlace,
            namesMachines: namesMachines, vanishes: vanishes, features: features)
        return ((APIName(name), traits), diagnostics)
    }

    private static func readFeatures(_ reader: inout FieldReader) -> Set<Feature> {
        guard let field = reader.field("features") else { return [] }
        var features: Set<Feature> = []
        for name in reader.strings("features") ?? [] {
            if let feature = Feature(rawValue: name) {
                features.insert(feature)
            } else {
                reader.report(
                    "field.range", "`\(name)` is no feature of an API", at: field.value.place,
                    hint: didYouMean(name, among: Feature.allCases.map(\.rawValue)))
            }
        }
        return features
    }
}

extension String {
    func replacing(_ mark: String, with text: String) -> String { pieces(around: mark).joined(separator: text) }

    /// What stands before, between and after a mark, which is of ASCII.
    func pieces(around mark: String) -> [String] {
        var pieces: [String] = []
        var start = startIndex, at = startIndex
        // By bytes: going by characters takes longer than reading the table that has the text.
        while let found = utf8[at...].firstIndex(of: mark.utf8.first!) {
            if utf8[found...].starts(with: mark.utf8) {
                pieces.append(String(self[start..<found]))
                at = utf8.index(found, offsetBy: mark.utf8.count)
                start = at
            } else {
                at = utf8.index(after: found)
            }
        }
        return pieces + [String(self[start...])]
    }
}
