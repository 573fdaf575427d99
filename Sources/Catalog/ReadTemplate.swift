import Documents
import Provisioning

/// What is known of the account that a template is read for.
struct Circumstances: Sendable {
    /// Nil: nothing is known of its cloud, and nothing checked by it.
    var cloud: KnownCloud?
    /// Nil: any.
    var region: String?
    var references = References()
    /// Of any cloud, to tell whose a name is.
    var rulesOf: @Sendable (CloudName) -> CloudRules? = { _ in nil }
}

/// What a cloud's manuals say, passed around with every template as one reference and not as the dozen it is.
final class KnownCloud: Sendable {
    let rules: CloudRules

    init(_ rules: CloudRules) { self.rules = rules }
}

/// Reads resolved fields into a template: nil if anything is wrong with them.
///
/// `place` is where the template is named, for what is wrong with it as a whole. What is wrong with a value at one
/// of the `unknowns`, which an order is yet to give, is not told.
func readTemplate(
    _ id: Template.ID, _ fields: Layered, at place: Place, _ circumstances: Circumstances, unknowns: Set<Place> = []
) -> (template: Template?, diagnostics: [Diagnostic]) {
    var reader = FieldReader(fields, what: "template", among: TemplateKeys.supported, isUnderOwnNames: true)
    var template = readTemplate(id, &reader, at: place, circumstances)
    var diagnostics = reader.finish()
    if let cloud = circumstances.cloud {
        diagnostics += check(&template, fields, at: place, against: cloud, circumstances)
    }
    if !unknowns.isEmpty { diagnostics.removeAll { $0.place.map { unknowns.contains($0) } ?? false } }
    return (diagnostics.hasErrors ? nil : template, diagnostics)
}

/// The same from a reader, which then knows every key that a template may have.
func readTemplate(
    _ id: Template.ID, _ reader: inout FieldReader, at place: Place, _ circumstances: Circumstances
) -> Template {
    reader.accept(TemplateKeys.id, TemplateKeys.extends, TemplateKeys.parameters, TemplateKeys.configuration)
    reader.accept(TemplateKeys.kept)

    var template = Template(id: id, image: "", offerings: [])
    template.name = reader.string(TemplateKeys.name)
    template.description = reader.string(TemplateKeys.description)
    template.isActive = reader.boolean(TemplateKeys.isActive) ?? true
    template.cloud = readCloud(&reader)
    template.account = reader.string(TemplateKeys.account).map { AccountName($0) }
    template.fallbackAccounts = reader.strings(TemplateKeys.fallbackAccounts)?.map { AccountName($0) }
    template.api = readAPI(&reader)
    template.fleet = readFleet(&reader)
    template.launchTemplate = readLaunchTemplate(&reader)
    readImage(into: &template, &reader, at: place)
    readOfferings(into: &template, &reader, at: place, circumstances)
    template.securityGroups = readNames(TemplateKeys.securityGroups, &reader)
    template.keyName = reader.string(TemplateKeys.keyName)
    template.role = reader.string(TemplateKeys.role)
    template.userData = readUserData(&reader, circumstances.references)
    template.publicAddress = reader.boolean(TemplateKeys.publicAddress)
    template.rootDisk = readRootDisk(&reader)
    template.dataDisks = readDataDisks(&reader, beside: template.rootDisk)
    template.monitoring = reader.boolean(TemplateKeys.monitoring)
    template.placement = readPlacement(&reader)
    template.metadataOptions = readMetadataOptions(&reader)
    template.network = readNetwork(&reader)
    template.cpu = readCPU(&reader)
    template.mayHibernate = reader.boolean(TemplateKeys.hibernation)
    template.tags = readTags(&reader)
    template.maxPrice = readMaxPrice(&reader)
    template.launchTemplateSpec = readSpec(
        TemplateKeys.launchTemplateSpec, orFile: TemplateKeys.launchTemplateSpecFile, &reader,
        circumstances.references)
    template.providerAPISpec = readSpec(
        TemplateKeys.providerAPISpec, orFile: TemplateKeys.providerAPISpecFile, &reader, circumstances.references)
    template.limit = readLimit(&reader)
    template.lifetimeSeconds = readLifetime(&reader)
    template.atLeast = readAtLeast(&reader)
    template.attributes = reader.field(TemplateKeys.attributes).map { RawValue($0.value) }
    template.metadata = reader.field(TemplateKeys.metadata).map { RawValue($0.value) }
    template.createdAt = reader.string(TemplateKeys.createdAt)
    template.updatedAt = reader.string(TemplateKeys.updatedAt)
    template.version = reader.string(TemplateKeys.version)

    for field in reader.unread where TemplateKeys.notYetNames.contains(field.key) {
        reader.accept([field.key])
        if field.value.isNull { continue }
        reader.report("template.not-yet", "`\(field.writtenKey)` is not supported yet", at: field.keyPlace)
    }
    return template
}
