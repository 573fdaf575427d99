import Documents
import Provisioning

/// Holds what a template says in its cloud's own words to what the calls of its API take.
///
/// Afterwards the template says it under the cloud's own names.
func checkSpecs(
    of template: inout Template, _ fields: Layered, _ cloud: KnownCloud, _ references: References
) -> [Diagnostic] {
    guard template.providerAPISpec != nil || template.launchTemplateSpec != nil,
        let api = template.api ?? cloud.rules.apis.first, let features = cloud.rules.features[api]
    else { return [] }
    let tables = cloud.rules.parameters
    var found: [Diagnostic] = []
    do throws(Rejected) {
        if features.contains(.providerAPISpec), let table = try tables.call(of: api),
            let spec = spec(TemplateKeys.providerAPISpec, orFile: TemplateKeys.providerAPISpecFile, fields, references)
        {
            // Tables of others are read for a mistake only.
            var check = SpecCheck(table) { name in
                cloud.rules.apis(with: .providerAPISpec).filter { other in
                    let table = other == api ? nil : (try? tables.call(of: other)).flatMap(\.self)
                    return table?.structures[table?.root ?? ""]?[name] != nil
                }
            }
            template.providerAPISpec = check.read(spec)
            found += check.diagnostics
        }
        if features.contains(.launchTemplateSpec), let table = try tables.launchTemplate(for: api),
            let spec = spec(
                TemplateKeys.launchTemplateSpec, orFile: TemplateKeys.launchTemplateSpecFile, fields, references)
        {
            var check = SpecCheck(table) { _ in [] }
            template.launchTemplateSpec = check.read(spec)
            found += check.diagnostics
        }
    } catch {
        found += error.diagnostics
    }
    return found
}

/// The map that a template has, or the file that it names; nil: neither, or what is wrong with it is told already.
private func spec(_ name: FieldName, orFile file: FieldName, _ fields: Layered, _ references: References) -> Layered? {
    if let map = fields[name.canonical], !map.isNull { return map.kind == .map ? map : nil }
    guard let path = fields[file.canonical], let text = path.text, !path.isNull,
        let found = try? references.file(text, from: path.place)
    else { return nil }
    return references.map(in: found).map
}
