import Documents
import Provisioning

/// Reads resolved fields into a template: nil if anything is wrong with them.
///
/// `place` is where the template is named, for what is wrong with it as a whole.
func readTemplate(
    _ id: Template.ID, _ fields: Layered, at place: Place, apis: [APIName]?
) -> (template: Template?, diagnostics: [Diagnostic]) {
    var reader = FieldReader(fields, what: "template")
    let template = readTemplate(id, &reader, at: place, apis: apis)
    let diagnostics = reader.finish()
    return (diagnostics.hasErrors ? nil : template, diagnostics)
}

/// The same from a reader, which then knows every key that a template may have.
func readTemplate(_ id: Template.ID, _ reader: inout FieldReader, at place: Place, apis: [APIName]?) -> Template {
    reader.accept(TemplateKeys.id, TemplateKeys.extends)
    for name in TemplateKeys.kept { reader.accept(name) }

    let image = reader.string(TemplateKeys.image)
    let types = readTypes(&reader)
    let zones = readNames(TemplateKeys.zones, &reader)
    let subnets = readNames(TemplateKeys.subnets, &reader)
    let markets = readMarkets(&reader)
    if !zones.isEmpty, !subnets.isEmpty, let clash = reader.field(TemplateKeys.zones) {
        reader.report(
            "field.clash", "`\(clash.writtenKey)` and `subnet_ids` cannot both be given: a subnet is in one zone",
            at: clash.keyPlace, hint: "clear the one that a layer below sets: `zones: null` or `subnet_ids: null`")
    }
    if image?.isEmpty ?? !reader.has(TemplateKeys.image, unlessNull: true) {
        reader.report(
            "template.missing-image", "template `\(id)` has no image", at: place,
            hint: "give it a `machine_image`, or one to `defaults:`")
    }
    if types?.isEmpty ?? !reader.has(TemplateKeys.types, unlessNull: true) {
        reader.report(
            "template.missing-type", "template `\(id)` has no machine type", at: place,
            hint: "give it a `machine_type`, or several `machine_types` in order of preference")
    }

    var template = Template(
        id: id, image: image ?? "",
        offerings: Offering.all(types: types ?? [], zones: zones, subnets: subnets, markets: markets))
    template.name = reader.string(TemplateKeys.name)
    template.description = reader.string(TemplateKeys.description)
    template.isActive = reader.boolean(TemplateKeys.isActive) ?? true
    template.cloud = readCloud(&reader)
    template.account = reader.string(TemplateKeys.account).map { AccountName($0) }
    template.api = readAPI(&reader, among: apis)
    template.securityGroups = readNames(TemplateKeys.securityGroups, &reader)
    template.keyName = reader.string(TemplateKeys.keyName)
    template.role = reader.string(TemplateKeys.role)
    template.userData = readUserData(&reader)
    template.publicAddress = reader.boolean(TemplateKeys.publicAddress)
    template.rootDisk = readDisk(&reader)
    template.monitoring = reader.boolean(TemplateKeys.monitoring)
    template.tags = readTags(&reader)
    template.limit = readLimit(&reader)
    template.lifetimeSeconds = readLifetime(&reader)

    for field in reader.unread where TemplateKeys.notYetNames.contains(field.key) {
        reader.accept([field.key])
        if field.value.isNull || saysWhatHappensAnyway(field, markets) { continue }
        reader.report("template.not-yet", "`\(field.writtenKey)` is not supported yet", at: field.keyPlace)
    }
    return template
}

/// Whether a field asks for no more than what is done without it.
private func saysWhatHappensAnyway(_ field: Layered.Field, _ markets: [Market]) -> Bool {
    guard let text = field.value.text, TemplateKeys.happensAnyway[field.key]?.contains(text) == true else {
        return false
    }
    if field.key != TemplateKeys.percentOnDemand.canonical { return true }
    return markets == (text == "0" ? [.spot] : [.onDemand])
}
