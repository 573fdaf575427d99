import Documents
import Provisioning

/// What only fleets know; nil if nothing of it is said.
func readFleet(_ reader: inout FieldReader) -> FleetOptions? {
    var fleet = FleetOptions()
    fleet.onDemandWeights = readWeights(TemplateKeys.typesOnDemand, &reader).map(weights)
    fleet.priorities = readWeights(TemplateKeys.typePriorities, &reader).map(weights)
    fleet.percentOnDemand = reader.integer(TemplateKeys.percentOnDemand, in: 0...100)
    fleet.allocation = readAllocation(TemplateKeys.allocation, &reader)
    fleet.onDemandAllocation = readAllocation(TemplateKeys.allocationOnDemand, &reader)
    fleet.kind = reader.word(TemplateKeys.fleetKind, of: FleetKind.allCases.map(\.rawValue)).flatMap {
        FleetKind(rawValue: $0)
    }
    fleet.role = reader.string(TemplateKeys.fleetRole)
    fleet.pools = reader.integer(TemplateKeys.spotPools, in: 1...1_000)
    fleet.expiryMinutes = reader.integer(TemplateKeys.spotExpiry, in: 1...TemplateValues.yearMinutes)
    fleet.context = reader.string(TemplateKeys.fleetContext)
    return fleet == FleetOptions() ? nil : fleet
}

private func weights(_ pairs: [(type: String, weight: Int)]) -> [String: Int] {
    Dictionary(pairs.map { ($0.type, $0.weight) }, uniquingKeysWith: { $1 })
}

/// A map of types to numbers, in order. Nil: it is not given, or wrong.
func readWeights(_ name: FieldName, _ reader: inout FieldReader) -> [(type: String, weight: Int)]? {
    guard let entries = reader.entries(name) else { return nil }
    var weights: [(type: String, weight: Int)] = []
    for entry in entries {
        guard let text = entry.value.text, let weight = Int(text), weight >= 0, weight <= 1_000 else {
            reader.report(
                "field.range", "`\(entry.writtenKey)` must have a weight from 0 to 1000, not \(entry.value.shown)",
                at: entry.value.place)
            continue
        }
        weights.append((entry.key, weight))
    }
    return weights
}

private func readAllocation(_ name: FieldName, _ reader: inout FieldReader) -> AllocationStrategy? {
    guard let text = reader.string(name), let field = reader.field(name) else { return nil }
    if let strategy = AllocationStrategy(anySpelling: text) { return strategy }
    let words = AllocationStrategy.allCases.map(\.rawValue)
    reader.report(
        "field.range",
        "`\(field.writtenKey)` must be \(words.map { "`\($0)`" }.joined(separator: ", ")), not `\(text)`",
        at: field.value.place, hint: didYouMean(text, among: words))
    return nil
}

func readLaunchTemplate(_ reader: inout FieldReader) -> LaunchTemplate? {
    let version = reader.string(TemplateKeys.launchTemplateVersion)
    if let id = reader.string(TemplateKeys.launchTemplateID) { return LaunchTemplate(id: id, version: version) }
    if version != nil, let field = reader.field(TemplateKeys.launchTemplateVersion) {
        reader.report(
            "field.missing", "`\(field.writtenKey)` needs a `launch_template_id`", at: field.keyPlace)
    }
    return nil
}

/// US dollars an hour, kept as written so that no digit is lost.
func readMaxPrice(_ reader: inout FieldReader) -> String? {
    guard let price = reader.number(TemplateKeys.maxPrice, in: 0...100_000),
        let text = reader.string(TemplateKeys.maxPrice)
    else { return nil }
    if price == 0, let field = reader.field(TemplateKeys.maxPrice) {
        reader.report("field.range", "`\(field.writtenKey)` must be more than 0", at: field.value.place)
    }
    return text
}
