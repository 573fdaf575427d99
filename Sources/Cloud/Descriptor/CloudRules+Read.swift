import Documents
import Provisioning

extension CloudRules {
    /// Reads `rules.yaml`, `regions.yaml` and what `apis/` says of features, all in a cloud's folder; `types.yaml` and
    /// `parameters/` when they are first needed.
    ///
    /// - Throws: `Rejected` with everything that is wrong in them.
    package init(_ cloud: CloudName, folder: String) throws(Rejected) {
        self.init(cloud: cloud)
        machineTypes = MachineTypes { MachineTypes.read("\(folder)/types.yaml") }
        parameters = ParameterTables(folder: folder)
        var diagnostics: [Diagnostic] = []
        func layered(_ file: String) -> Layered? {
            let (document, found) = Document.read("\(folder)/\(file)")
            diagnostics += found
            return document?.root.map { Layered($0, layer: "providers") }
        }
        if let rules = layered("rules.yaml") { diagnostics += takeRules(rules) }
        if let regions = layered("regions.yaml") {
            var reader = FieldReader(regions, what: "provider")
            zones = readZones(&reader)
            diagnostics += reader.finish()
        }
        for api in apis {
            let file = "apis/\(api.text.split(separator: "/").last ?? "").yaml"
            guard let map = layered(file) else { continue }
            let (traits, found) = APITraits.read(map)
            diagnostics += found
            features[api] = traits?.1.features ?? []
            if traits?.1.needsPlace ?? false { needingPlaces.insert(api) }
        }
        if diagnostics.hasErrors { throw Rejected(diagnostics) }
    }

    private mutating func takeRules(_ map: Layered) -> [Diagnostic] {
        var reader = FieldReader(map, what: "provider")
        apis = (reader.required("apis") { $0.strings($1) } ?? []).map { APIName($0) }
        typeForms = reader.strings("type_forms") ?? []
        imageForms = reader.strings("image_forms") ?? []
        subnetForms = reader.strings("subnet_forms") ?? []
        securityGroupsMax = reader.integer("security_groups_max", in: 1...Int.max) ?? .max
        uncountedSecurityGroups = reader.strings("security_groups_uncounted") ?? []
        userDataMax = reader.integer("user_data_max", in: 0...Int.max) ?? .max
        tags =
            reader.nested("tags", what: "provider") { tags in
                var rules = TagRules()
                rules.countMax = tags.integer("count_max", in: 1...Int.max) ?? .max
                rules.keyMax = tags.integer("key_max", in: 1...Int.max) ?? .max
                rules.valueMax = tags.integer("value_max", in: 1...Int.max) ?? .max
                rules.isLowerCase = tags.boolean("lower_case") ?? false
                rules.keyForbids = tags.string("key_forbids") ?? ""
                return rules
            } ?? TagRules()
        return reader.finish()
    }
}

private func readZones(_ reader: inout FieldReader) -> [String: [String]] {
    var zones: [String: [String]] = [:]
    for region in reader.entries("regions") ?? [] {
        zones[region.key] = region.value.items?.compactMap(\.text) ?? []
        if region.value.items == nil { reader.wrongType(region, "a list of zones") }
    }
    return zones
}
