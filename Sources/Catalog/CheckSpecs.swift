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
        let call = features.contains(.providerAPISpec) ? try tables.call(of: api) : nil
        let launchTemplate = features.contains(.launchTemplateSpec) ? try tables.launchTemplate(for: api) : nil
        if let call,
            let spec = spec(TemplateKeys.providerAPISpec, orFile: TemplateKeys.providerAPISpecFile, fields, references)
        {
            var check = SpecCheck(call) { name in
                if launchTemplate?.has(name) ?? false { return "write it under `launch_template_spec`" }
                // Read for a mistake only.
                let able = cloud.rules.apis(with: .providerAPISpec).filter { other in
                    other != api && (try? tables.call(of: other))??.has(name) ?? false
                }
                if able.isEmpty { return nil }
                return "\(able.map { "`\($0)`" }.joined(separator: ", ")) can: say so in `provider_api`"
            }
            template.providerAPISpec = check.read(spec)
            found += check.diagnostics
        }
        if let launchTemplate,
            let spec = spec(
                TemplateKeys.launchTemplateSpec, orFile: TemplateKeys.launchTemplateSpecFile, fields, references)
        {
            var check = SpecCheck(launchTemplate) { name in
                call?.has(name) ?? false ? "write it under `provider_api_spec`" : nil
            }
            template.launchTemplateSpec = check.read(spec)
            found += check.diagnostics
        }
    } catch {
        found += error.diagnostics
    }
    return found
}

extension ParameterTable {
    fileprivate func has(_ name: String) -> Bool { structures[root]?[name] != nil }
}

/// The map that a template has, or the file that it names; nil: neither, or what is wrong with it is told already.
private func spec(_ name: FieldName, orFile file: FieldName, _ fields: Layered, _ references: References) -> Layered? {
    if let map = fields[name.canonical], !map.isNull { return map.kind == .map ? map : nil }
    guard let path = fields[file.canonical], let text = path.text, !path.isNull,
        let found = try? references.file(text, from: path.place)
    else { return nil }
    return references.map(in: found).map
}
