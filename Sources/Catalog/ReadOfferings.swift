import Documents
import Provisioning

/// Reads what machines may be: types by name or by requirements, in places, on markets.
func readOfferings(
    into template: inout Template, _ reader: inout FieldReader, at place: Place, _ circumstances: Circumstances
) {
    var zones = readZones(&reader, circumstances)
    var subnets = readNames(TemplateKeys.subnets, &reader)
    if zones.isEmpty, areZones(subnets, reader.field(TemplateKeys.subnets), circumstances) {
        (zones, subnets) = (subnets, [])
    }
    if !zones.isEmpty, !subnets.isEmpty, let clash = reader.field(TemplateKeys.zones) {
        reader.report(
            "field.clash", "`\(clash.writtenKey)` and `subnet_ids` cannot both be given: a subnet is in one zone",
            at: clash.keyPlace, hint: "clear the one that a layer below sets: `zones: null` or `subnet_ids: null`")
    }
    let types = readTypes(&reader, into: &template)
    template.requirements = readRequirements(&reader)
    let chosen = choose(types, &template, &reader, at: place, circumstances)
    let markets = readMarkets(&reader)
    // A bound, for two long lists make more offerings than there is memory.
    let places = max(1, zones.count, subnets.count)
    let (count, isBeyond) = (chosen.count * markets.count).multipliedReportingOverflow(by: places)
    if isBeyond || count > TemplateValues.offeringsMax {
        reader.report(
            "field.range",
            "\(chosen.count) machine types in \(places) places make more than the \(TemplateValues.offeringsMax) "
                + "offerings a template may have",
            at: place)
    } else {
        template.offerings = Offering.all(types: chosen, zones: zones, subnets: subnets, markets: markets)
    }
}

/// Other tools take subnets for `network_zones`, and their users write zones.
private func areZones(_ names: [String], _ field: Layered.Field?, _ circumstances: Circumstances) -> Bool {
    guard let key = field?.writtenKey, key == "network_zones" || key == "networkZones",
        let forms = circumstances.cloud?.rules.subnetForms, !forms.isEmpty
    else { return false }
    return !names.isEmpty && !names.contains { name in forms.contains { matches(name, $0) } }
}

/// The types' names, however they are said.
private func choose(
    _ named: [String]?, _ template: inout Template, _ reader: inout FieldReader, at place: Place,
    _ circumstances: Circumstances
) -> [String] {
    guard let requirements = template.requirements else {
        // Types of which every weight is wrong are told as that.
        let hasWeights = reader.field(TemplateKeys.types)?.value.fields?.isEmpty == false
        if !hasWeights, named?.isEmpty ?? !reader.has(TemplateKeys.types, unlessNull: true) {
            reader.report(
                "template.missing-type", "template `\(template.id)` has no machine type", at: place,
                hint: "give it a `machine_type`, several `machine_types` in order of preference, or `requirements`")
        }
        return named ?? []
    }
    let field = reader.field(TemplateKeys.requirements) ?? reader.field(TemplateKeys.abis)
    if named != nil {
        reader.report(
            "field.clash", "`\(field?.writtenKey ?? "requirements")` and `machine_types` cannot both be given",
            at: field?.keyPlace,
            hint: "clear the one that a layer below sets: `machine_types: null` or `requirements: null`")
        return named ?? []
    }
    guard let rules = circumstances.cloud?.rules else { return ["any"] }
    let met = rules.types.meeting(requirements).prefix(Requirements.typesMax).map(\.name)
    if met.isEmpty {
        if !rules.machineTypes.faults.isEmpty {
            for fault in rules.machineTypes.faults { reader.report(fault) }
            return []
        }
        reader.report(
            "template.no-type",
            "no machine type of `\(rules.cloud)` meets the requirements: \(rules.types.shortfall(of: requirements))",
            at: field?.keyPlace,
            hint: rules.types.meeting(requirements.withoutMaxima).first.map {
                "the nearest is `\($0.name)`: \($0.vcpus) vCPUs, \(sizeText(mebibytes: $0.memoryMiB))"
            })
    }
    return Array(met)
}

extension Requirements {
    fileprivate var withoutMaxima: Requirements {
        var wider = self
        wider.vcpus.max = nil
        wider.memoryMiB.max = nil
        wider.memoryPerVCPU = Bounds()
        wider.gpu?.count.max = nil
        return wider
    }
}

/// One type, a list, or a map of types to weights. Nil: it is not given, or wrong.
private func readTypes(_ reader: inout FieldReader, into template: inout Template) -> [String]? {
    guard let field = reader.field(TemplateKeys.types) else { return nil }
    guard field.value.kind == .map else {
        return reader.strings(in: field.value, of: field, splittingAt: ",").map { names($0, of: field, &reader) }
    }
    guard let weights = readWeights(TemplateKeys.types, &reader) else { return nil }
    // A weight of 1 for every type is what a list says.
    if weights.contains(where: { $0.weight != 1 }) {
        template.fleet = template.fleet ?? FleetOptions()
        template.fleet?.weights = Dictionary(weights.map { ($0.type, $0.weight) }, uniquingKeysWith: { $1 })
    }
    return weights.map(\.type).eachOnce
}

/// In order of preference; `all` is every zone of the account's region.
private func readZones(_ reader: inout FieldReader, _ circumstances: Circumstances) -> [String] {
    let named = readNames(TemplateKeys.zones, &reader)
    guard named.contains(TemplateValues.allZones) else { return named }
    if named.count > 1 {
        reader.report(
            "field.clash", "`all` stands for every zone, and is not given beside others",
            at: reader.field(TemplateKeys.zones)?.value.place)
    }
    guard let rules = circumstances.cloud?.rules, let region = circumstances.region else { return [] }
    if rules.zones[region] == nil {
        reader.report(
            "template.zone", "the zones of region `\(region)` are not known",
            at: reader.field(TemplateKeys.zones)?.value.place,
            hint: didYouMean(region, among: rules.zones.keys)
                ?? "name them, or list the region in `providers/\(rules.cloud)/regions.yaml`")
    }
    return rules.zones[region] ?? []
}

/// In order of preference.
private func readMarkets(_ reader: inout FieldReader) -> [Market] {
    switch reader.word(TemplateKeys.priceType, of: TemplateValues.priceTypes) {
    case "spot": [.spot]
    case "heterogeneous": [.spot, .onDemand]
    default: [.onDemand]
    }
}
