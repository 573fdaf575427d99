import Catalog
import Provisioning

/// One template as it resolves at one account, with the origin of every value if wanted.
struct TemplateSheet {
    let resolved: ResolvedTemplate
    let origins: [ValueLine]?

    private var template: Template { resolved.template }

    var view: View {
        View("template") {
            rendered
        } ids: {
            [template.id.text]
        } blocks: {
            blocks
        }
    }

    private var rendered: Rendered {
        let known = identity + whatItIs + howItIsBought + bookkeeping
        guard let origins else { return .object(known) }
        return .object(known + [.init(key: "origins", value: origins.rendered)])
    }

    private var identity: [Rendered.Field] {
        [
            .init(key: "id", value: .text(template.id.text)),
            .init(key: "name", value: .text(template.name)),
            .init(key: "description", value: .text(template.description)),
            .init(key: "cloud", value: .text(template.cloud?.text)),
            .init(key: "account", value: .text(resolved.account?.text)),
            .init(key: "api", value: .text(resolved.api?.text)),
            .init(key: "active", value: .boolean(template.isActive)),
            .init(key: "parameters", value: .list(resolved.parameters.map(\.rendered))),
        ]
    }

    private var whatItIs: [Rendered.Field] {
        [
            .init(key: "image", value: .text(template.image.isEmpty ? nil : template.image)),
            .init(key: "image_search", value: template.imageSearch?.rendered ?? .null),
            .init(key: "requirements", value: template.requirements?.rendered ?? .null),
            .init(key: "offerings", value: .list(template.offerings.map(\.rendered))),
            .init(key: "security_groups", value: .texts(template.securityGroups)),
            .init(key: "key_name", value: .text(template.keyName)),
            .init(key: "role", value: .text(template.role)),
            .init(key: "user_data", value: .text(template.userData)),
            .init(key: "public_address", value: .boolean(template.publicAddress)),
            .init(key: "root_disk", value: template.rootDisk?.rendered ?? .null),
            .init(key: "data_disks", value: .list((template.dataDisks ?? []).map(\.rendered))),
            .init(key: "monitoring", value: .boolean(template.monitoring)),
            .init(key: "placement", value: template.placement?.rendered ?? .null),
            .init(key: "metadata_options", value: template.metadataOptions?.rendered ?? .null),
            .init(key: "network_options", value: template.network?.rendered ?? .null),
            .init(key: "cpu_options", value: template.cpu?.rendered ?? .null),
            .init(key: "hibernation", value: .boolean(template.mayHibernate)),
            .init(key: "tags", value: .texts(template.tags)),
        ]
    }

    private var howItIsBought: [Rendered.Field] {
        [
            .init(key: "max_price", value: .text(template.maxPrice)),
            .init(key: "fleet", value: template.fleet?.rendered ?? .null),
            .init(key: "launch_template", value: template.launchTemplate?.rendered ?? .null),
            .init(key: "limit", value: .integer(template.limit)),
            .init(key: "lifetime", value: .text(template.lifetimeSeconds.map { Duration.seconds($0).text })),
            .init(key: "at_least", value: .text(template.atLeast?.text)),
        ]
    }

    /// Under the names that other tools have for them.
    private var bookkeeping: [Rendered.Field] {
        [
            .init(key: "template_id", value: .text(template.id.text)),
            .init(key: "provider_type", value: .text(template.cloud?.text)),
            .init(key: "provider_name", value: .text(resolved.account?.text)),
            .init(key: "provider_api", value: .text(resolved.api?.text)),
            .init(key: "configuration", value: RawValue(resolved.fields).rendered),
            .init(key: "attributes", value: template.attributes?.rendered ?? .null),
            .init(key: "metadata", value: template.metadata?.rendered ?? .null),
            .init(key: "is_active", value: .boolean(template.isActive)),
            .init(key: "version", value: .text(template.version)),
            .init(key: "created_at", value: .text(template.createdAt)),
            .init(key: "updated_at", value: .text(template.updatedAt)),
            .init(key: "source_file", value: .text(resolved.place.file)),
            .init(key: "file_priority", value: .integer(resolved.filePriority)),
        ]
    }
}

// MARK: - For people

extension TemplateSheet {
    private var blocks: [View.Block] {
        if let origins { return [.table(origins.table)] }
        return [.facts((who + what + amount).compactMap(\.self))] + parameters + [.table(offerings)]
    }

    /// A line for each type and market, with all the places it is tried in.
    private var offerings: Table {
        var rows: [(type: String, places: [String], market: Market)] = []
        for offering in template.offerings {
            let place = offering.subnet ?? offering.zone
            if let last = rows.last, last.type == offering.type, last.market == offering.market, let place {
                rows[rows.count - 1].places.append(place)
            } else {
                rows.append((offering.type, place.map { [$0] } ?? [], offering.market))
            }
        }
        let areSubnets = template.offerings.contains { $0.subnet != nil }
        return Table(
            "TYPE", areSubnets ? "SUBNETS" : "ZONES", "MARKET",
            rows: rows.map { row in
                [row.type, row.places.isEmpty ? "any" : row.places.joined(separator: ","), row.market.rawValue]
            })
    }

    private var who: [View.Fact?] {
        [
            .init("template", template.id.text),
            .init("name", template.name),
            .init("description", template.description),
            .init("account", resolved.account?.text ?? "none on \(template.cloud?.text ?? "its cloud")"),
            .init("cloud", template.cloud?.text),
            .init("api", resolved.api?.text),
            .init("active", template.isActive ? "yes" : "no"),
        ]
    }

    private var what: [View.Fact?] {
        [
            .init("image", template.imageSearch?.description ?? (template.image.isEmpty ? nil : template.image)),
            .init("launch template", template.launchTemplate?.text),
            .init("requirements", template.requirements?.text),
            .init("security groups", template.securityGroups.joined(separator: ", ")),
            .init("key name", template.keyName),
            .init("role", template.role),
            .init("user data", template.userData.map { "\($0.utf8.count) bytes" }),
            .init("public address", template.publicAddress.map { $0 ? "yes" : "no" }),
            .init("root disk", template.rootDisk?.text),
            .init("data disks", template.dataDisks?.map(\.text).joined(separator: "; ")),
            .init("monitoring", template.monitoring.map { $0 ? "yes" : "no" }),
            .init("placement", template.placement?.text),
            .init("metadata", template.metadataOptions?.text),
            .init("network", template.network?.text),
            .init("cpu", template.cpu?.text),
            .init("hibernation", template.mayHibernate.map { $0 ? "yes" : "no" }),
            .init("tags", template.tags.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ", ")),
        ]
    }

    private var amount: [View.Fact?] {
        [
            .init("max price", template.maxPrice.map { "\($0) USD an hour" }),
            .init("fleet", template.fleet?.text),
            .init("limit", template.limit.map { "\($0) machine\($0 == 1 ? "" : "s")" }),
            .init("lifetime", template.lifetimeSeconds.map { Duration.seconds($0).text }),
            .init("at least", template.atLeast?.text),
        ]
    }

    private var parameters: [View.Block] {
        if resolved.parameters.isEmpty { return [] }
        return [
            .table(
                Table(
                    "PARAMETER", "TYPE", "DEFAULT", "MEANING",
                    rows: resolved.parameters.map { parameter in
                        [
                            parameter.name,
                            parameter.choice, parameter.usual ?? "(to be given)",
                            parameter.description ?? Table.nothing,
                        ]
                    }))
        ]
    }
}
