import Catalog
import Provisioning

extension [TemplateSummary] {
    var view: View {
        View("templates") {
            .list(map(\.rendered))
        } ids: {
            map(\.id.text)
        } blocks: {
            [
                .table(
                    Table(
                        "ID", "CLOUD", "ACCOUNT", "TYPES", "LIMIT", "DESCRIPTION",
                        rows: map { template in
                            [
                                template.id.text, template.cloud.text, template.account.text,
                                template.types.joined(separator: ","), template.limit.map(String.init) ?? Table.nothing,
                                (template.isActive ? "" : "(inactive) ")
                                    + (template.description ?? template.name ?? Table.nothing),
                            ]
                        }))
            ]
        }
    }
}

extension TemplateSummary {
    fileprivate var rendered: Rendered {
        [
            "id": .text(id.text),
            "name": .text(name),
            "description": .text(description),
            "cloud": .text(cloud.text),
            "account": .text(account.text),
            "api": .text(api?.text),
            "types": .texts(types),
            "limit": .integer(limit),
            "active": .boolean(isActive),
            "file": .text(place.file),
            "line": .integer(place.line),
        ]
    }
}

/// One template as it resolves at one account, with the origin of every value if wanted.
struct TemplateSheet {
    let template: Template
    let account: AccountName
    let origins: [ValueLine]?

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
        let lifetime = template.lifetimeSeconds.map { Duration.seconds($0).text }
        let fields: Rendered = [
            "id": .text(template.id.text),
            "name": .text(template.name),
            "description": .text(template.description),
            "cloud": .text(template.cloud?.text),
            "account": .text(account.text),
            "api": .text(template.api?.text),
            "active": .boolean(template.isActive),
            "image": .text(template.image),
            "offerings": .list(template.offerings.map(\.rendered)),
            "security_groups": .texts(template.securityGroups),
            "key_name": .text(template.keyName),
            "role": .text(template.role),
            "user_data": .text(template.userData),
            "public_address": .boolean(template.publicAddress),
            "root_disk": template.rootDisk?.rendered ?? .null,
            "monitoring": .boolean(template.monitoring),
            "tags": .texts(template.tags),
            "limit": .integer(template.limit),
            "lifetime": .text(lifetime),
        ]
        guard let origins, case .object(let known) = fields else { return fields }
        return .object(known + [.init(key: "origins", value: origins.rendered)])
    }

    private var blocks: [View.Block] {
        if let origins { return [.table(origins.table)] }
        let facts: [View.Fact?] = [
            .init("template", template.id.text),
            .init("name", template.name),
            .init("description", template.description),
            .init("account", account.text),
            .init("cloud", template.cloud?.text),
            .init("api", template.api?.text),
            .init("active", template.isActive ? "yes" : "no"),
            .init("image", template.image),
            .init("security groups", template.securityGroups.joined(separator: ", ")),
            .init("key name", template.keyName),
            .init("role", template.role),
            .init("user data", template.userData.map { "\($0.utf8.count) bytes" }),
            .init("public address", template.publicAddress.map { $0 ? "yes" : "no" }),
            .init("root disk", template.rootDisk?.text),
            .init("monitoring", template.monitoring.map { $0 ? "yes" : "no" }),
            .init("tags", template.tags.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ", ")),
            .init("limit", template.limit.map { "\($0) machines" }),
            .init("lifetime", template.lifetimeSeconds.map { Duration.seconds($0).text }),
        ]
        let offerings = Table(
            "TYPE", "ZONE", "SUBNET", "MARKET",
            rows: template.offerings.map {
                [$0.type, $0.zone ?? Table.nothing, $0.subnet ?? Table.nothing, $0.market.rawValue]
            })
        return [.facts(facts.compactMap(\.self)), .table(offerings)]
    }
}

extension Disk {
    fileprivate var rendered: Rendered {
        [
            "device": .text(device), "size_gib": .integer(sizeGiB), "type": .text(type), "iops": .integer(iops),
            "throughput_mibps": .integer(throughputMiBps), "encrypted": .boolean(isEncrypted),
        ]
    }

    fileprivate var text: String {
        [
            sizeGiB.map { "\($0) GiB" }, type, iops.map { "\($0) IOPS" }, throughputMiBps.map { "\($0) MiB/s" },
            isEncrypted.map { $0 ? "encrypted" : "not encrypted" }, device,
        ].compactMap(\.self).joined(separator: ", ")
    }
}
