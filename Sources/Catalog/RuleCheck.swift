import Documents
import Provisioning

/// Holds a template that is sound in itself to what its cloud's manuals say, and settles which API launches it.
func check(
    _ template: inout Template, _ fields: Layered, at place: Place, against cloud: KnownCloud,
    _ circumstances: Circumstances
) -> [Diagnostic] {
    // Whom it is for is another's question: of another cloud's template everything would be wrong here.
    if let own = template.cloud, own != cloud.rules.cloud { return [] }
    let check = RuleCheck(cloud: cloud, fields: fields, place: place, circumstances: circumstances)
    var found = check.api(&template)
    found += checkSpecs(of: &template, fields, cloud, circumstances.references)
    found += check.places(template)
    found += check.types(template)
    found += check.zones(template)
    found += check.subnets(template)
    found += check.image(template)
    found += check.securityGroups(template)
    found += check.userData(template)
    found += check.tags(template)
    found += check.price(template)
    found += check.share(template)
    return found
}

private struct RuleCheck {
    let cloud: KnownCloud
    let fields: Layered
    let place: Place
    let circumstances: Circumstances

    private var rules: CloudRules { cloud.rules }

    // MARK: - The API

    func api(_ template: inout Template) -> [Diagnostic] {
        let wishes = Wish.all(in: fields, of: template)
        guard let named = template.api else {
            let needed = Set(wishes.filter { !$0.happensAnyway }.map(\.feature))
            guard let api = rules.api(doing: needed) else { return [] }
            if api == rules.apis.first { return lacking(wishes, api) }
            template.api = api
            // Nobody named that API: what asks for it is.
            let usual = rules.apis.first.flatMap { rules.features[$0] } ?? []
            let asking = wishes.first { !usual.contains($0.feature) && !$0.happensAnyway }
            return lacking(wishes, api) + notBuilt(api, at: asking?.place ?? place, for: asking?.key)
        }
        let written = fields[TemplateKeys.api.canonical]?.place
        guard rules.features[named] != nil else {
            return [
                Diagnostic(
                    .error, "template.api", "`\(named)` is no API of `\(rules.cloud)`", at: written,
                    hint: didYouMean(named.text, among: rules.apis.map(\.text))
                        ?? "it has " + rules.apis.map { "`\($0)`" }.joined(separator: ", "))
            ]
        }
        return lacking(wishes, named) + notBuilt(named, at: written)
    }

    private func lacking(_ wishes: [Wish], _ api: APIName) -> [Diagnostic] {
        let features = rules.features[api] ?? []
        return wishes.filter { !features.contains($0.feature) && !$0.happensAnyway }.map { wish in
            let able = rules.apis(with: wish.feature).map { "`\($0)`" }
            var hint = able.isEmpty ? "no API of `\(rules.cloud)` has it" : ""
            if !able.isEmpty { hint = "\(able.joined(separator: ", ")) can: say so in `provider_api`" }
            if wish.feature == .launchTemplateSpec, features.contains(.providerAPISpec) {
                hint = "it makes no launch template: write them under `provider_api_spec`; \(hint)"
            }
            return Diagnostic(
                .error, "template.api-lacks",
                "`\(wish.key)` asks for \(wish.feature.rawValue), which `\(api)` does not have", at: wish.place,
                hint: hint)
        }
    }

    private func notBuilt(_ api: APIName, at place: Place?, for key: String? = nil) -> [Diagnostic] {
        // Of a cloud that has none yet there are no accounts, and nothing to order.
        if rules.builtAPIs.isEmpty || rules.builtAPIs.contains(api) { return [] }
        return [
            Diagnostic(
                .warning, "template.not-yet",
                (key.map { "`\($0)` needs `\(api)`, and " } ?? "")
                    + "machines cannot be launched by `\(api)` yet, so this template cannot be ordered", at: place)
        ]
    }

    func places(_ template: Template) -> [Diagnostic] {
        guard let api = template.api, rules.needingPlaces.contains(api),
            template.offerings.contains(where: { $0.zone == nil && $0.subnet == nil })
        else { return [] }
        return [
            Diagnostic(
                .error, "template.needs-place",
                "`\(api)` launches in zones or subnets that are named, and this template names none",
                at: fields[TemplateKeys.api.canonical]?.place ?? place,
                hint: "name `subnet_ids`, or `zones`, of which `all` stands for those of the account's region")
        ]
    }

    // MARK: - Names in the cloud's forms

    func types(_ template: Template) -> [Diagnostic] {
        guard template.requirements == nil, let field = fields[TemplateKeys.types.canonical] else { return [] }
        // A name in its cloud's form that names no family is right whatever the table says, so that of most clouds
        // need not be read.
        guard template.offerings.contains(where: { $0.type.contains(".") || !$0.type.fits(rules.typeForms) })
        else { return [] }
        if !rules.machineTypes.faults.isEmpty { return rules.machineTypes.faults }
        var found: [Diagnostic] = []
        for type in template.offerings.types where !rules.typeNames.contains(type) {
            if !type.fits(rules.typeForms) {
                let other = FileNaming.clouds.first { cloud in
                    cloud != rules.cloud && type.fits(circumstances.rulesOf(cloud)?.typeForms ?? ["!"])
                }
                found.append(
                    Diagnostic(
                        .error, "template.type",
                        "`\(type)` is no machine type of `\(rules.cloud)`" + (other.map { ", but of `\($0)`" } ?? ""),
                        at: place(of: type, in: field), hint: nearest(to: type)))
            } else if let family = family(of: type) {
                found.append(
                    Diagnostic(
                        .warning, "template.type", "`\(type)` is no size of `\(family)` that is known here",
                        at: place(of: type, in: field), hint: nearest(to: type)))
            }
        }
        return found
    }

    private func nearest(to type: String) -> String? { didYouMean(type, among: rules.types.map(\.name)) }

    /// The family whose sizes are all known, if the type's name says that it is of one.
    private func family(of type: String) -> String? {
        guard let dot = type.firstIndex(of: ".") else { return nil }
        let family = String(type[..<dot])
        return rules.families.contains(family) ? family : nil
    }

    func zones(_ template: Template) -> [Diagnostic] {
        guard let field = fields[TemplateKeys.zones.canonical] ?? fields[TemplateKeys.subnets.canonical],
            let region = circumstances.region,
            let known = rules.zones[region]
        else { return [] }
        return template.offerings.places.compactMap(\.zone).compactMap { zone in
            // Local zones are many, and named after their region.
            if known.contains(zone) || (zone.hasPrefix("\(region)-") && known.allSatisfy { $0.hasPrefix(region) }) {
                return nil
            }
            let home = rules.zones.first { $0.value.contains(zone) && $0.key != region }?.key
            return Diagnostic(
                .error, "template.zone",
                "zone `\(zone)` is not in region `\(region)`"
                    + (home.map { ", but in `\($0)`" } ?? ""),
                at: place(of: zone, in: field),
                hint: didYouMean(zone, among: known)
                    ?? (known.isEmpty
                        ? "this region has no zones: clear them with `zones: null`"
                        : "it has " + known.map { "`\($0)`" }.joined(separator: ", ")
                            + "; `all` stands for all of them"))
        }
    }

    func subnets(_ template: Template) -> [Diagnostic] {
        guard let field = fields[TemplateKeys.subnets.canonical], !rules.subnetForms.isEmpty else { return [] }
        return template.offerings.places.compactMap(\.subnet).filter { !$0.fits(rules.subnetForms) }.map { subnet in
            Diagnostic(
                .error, "template.subnet", "`\(subnet)` is no subnet of `\(rules.cloud)`",
                at: place(of: subnet, in: field),
                hint: "it is written as \(rules.subnetForms.map { "`\($0)`" }.joined(separator: " or "))")
        }
    }

    func image(_ template: Template) -> [Diagnostic] {
        guard !template.image.isEmpty, !template.image.fits(rules.imageForms) else { return [] }
        return [
            Diagnostic(
                .error, "template.image", "`\(template.image)` is no image of `\(rules.cloud)`",
                at: fields[TemplateKeys.image.canonical]?.place,
                hint: "it is written as \(rules.imageForms.map { "`\($0)`" }.joined(separator: " or "))")
        ]
    }

    // MARK: - Limits

    func securityGroups(_ template: Template) -> [Diagnostic] {
        let counted = template.securityGroups.filter { group in
            !rules.uncountedSecurityGroups.contains { matches(group, $0) }
        }
        guard counted.count > rules.securityGroupsMax, let field = fields[TemplateKeys.securityGroups.canonical] else {
            return []
        }
        let extra = counted[rules.securityGroupsMax]
        return [
            Diagnostic(
                .error, "template.security-group",
                "`\(extra)` is one security group too many: a machine at `\(rules.cloud)` has at most "
                    + "\(rules.securityGroupsMax)", at: place(of: extra, in: field),
                hint: "put the rules of both into one"
                    + (rules.uncountedSecurityGroups.first.map { ", or name groups such as `\($0)`" } ?? ""))
        ]
    }

    func userData(_ template: Template) -> [Diagnostic] {
        let size = template.userData?.utf8.count ?? 0
        guard size > rules.userDataMax else { return [] }
        let field = fields[TemplateKeys.userData.canonical] ?? fields[TemplateKeys.userDataFile.canonical]
        return [
            Diagnostic(
                .error, "template.user-data",
                "the script has \(size) bytes, and `\(rules.cloud)` takes at most \(rules.userDataMax)",
                at: field?.place,
                hint: "let a short script fetch the long one")
        ]
    }

    func tags(_ template: Template) -> [Diagnostic] {
        let rules = cloud.rules.tags
        let faults = template.tags.compactMap { tag in
            rules.fault(in: tag.key, tag.value).map { (key: tag.key, fault: $0) }
        }
        if faults.isEmpty { return [] }
        let field = fields[TemplateKeys.tags.canonical]
        return faults.sorted { $0.key < $1.key }.map { key, fault in
            Diagnostic(
                .error, "template.tag", "tag `\(key)` \(fault), which `\(cloud.rules.cloud)` does not take",
                at: field?[key]?.place ?? field?.place)
        }
    }

    /// Whoever says a share means two markets, and would otherwise pay for one without knowing.
    func share(_ template: Template) -> [Diagnostic] {
        guard let percent = template.fleet?.percentOnDemand, let market = template.offerings.first?.market,
            template.offerings.allSatisfy({ $0.market == market }), percent != (market == .onDemand ? 100 : 0)
        else { return [] }
        return [
            Diagnostic(
                .warning, "field.clash",
                "`percent_on_demand` is for templates of two markets, and all machines of this one are "
                    + (market == .onDemand ? "on-demand" : "spot machines"),
                at: fields[TemplateKeys.percentOnDemand.canonical]?.place,
                hint: "set `price_type: heterogeneous`, or leave it out")
        ]
    }

    func price(_ template: Template) -> [Diagnostic] {
        guard template.maxPrice != nil, !template.offerings.contains(where: { $0.market == .spot }) else { return [] }
        return [
            Diagnostic(
                .warning, "field.clash", "`max_price` is for spot machines, and this template asks for none",
                at: fields[TemplateKeys.maxPrice.canonical]?.place, hint: "set `price_type: spot`, or leave it out")
        ]
    }

    private func place(of name: String, in field: Layered) -> Place? {
        (field.items?.first { $0.text == name } ?? field[name] ?? field).place
    }
}

extension CloudRules.TagRules {
    fileprivate func fault(in key: String, _ value: String) -> String? {
        // A text has no more characters than bytes, and those are counted already.
        if key.utf8.count > keyMax, key.count > keyMax { return "has a key of more than \(keyMax) characters" }
        if value.utf8.count > valueMax, value.count > valueMax {
            return "has a value of more than \(valueMax) characters"
        }
        if !keyForbids.isEmpty, let letter = key.first(where: { keyForbids.contains($0) }) {
            return "has a `\(letter)` in its key"
        }
        if isLowerCase, !(key.isPlainLabel && value.isPlainLabel) {
            return "has more than lower-case letters, digits, `-` and `_`"
        }
        return nil
    }
}

extension String {
    /// Of lower-case letters, those of any script among them, digits, `-` and `_`.
    fileprivate var isPlainLabel: Bool {
        utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x61...0x7A, 0x2D, 0x5F, 0x80...: true
            default: false
            }
        }
    }

    /// Whether it has one of some forms; no form at all lets everything through.
    fileprivate func fits(_ forms: [String]) -> Bool {
        if forms.isEmpty { return true }
        if contains(where: \.isWhitespace) { return false }
        return forms.contains { form in
            // Paths are theirs who wrote them; what begins like an id begins as it does.
            let start = form.prefix { $0 != "*" }
            return (start.hasPrefix("/") || hasPrefix(start)) && Provisioning.matches(self, form)
        }
    }
}
