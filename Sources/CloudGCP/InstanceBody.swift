import Cloud
import Provisioning

/// A machine as Compute Engine is told of it: an instance by itself, or the properties of many.
///
/// https://cloud.google.com/compute/docs/reference/rest/v1/instances/insert
struct InstanceBody {
    let site: GCPSite
    let order: LaunchOrder
    /// Nil: what is said holds wherever the machine comes to be, so types are named without their zone.
    let zone: String?
    private let labels: GCPLabels

    init(_ order: LaunchOrder, at site: GCPSite, in zone: String?) {
        self.site = site
        self.order = order
        self.zone = zone
        labels = GCPLabels(order.tags)
    }

    private var template: Template { order.template }

    /// - Parameter name: of an instance by itself.
    func json(named name: String? = nil) -> JSONBody {
        .object(of: [
            "name": name.map { .text($0) },
            "machineType": .text(inZone("machineTypes", order.offering.type)),
            "disks": disks(named: name),
            "networkInterfaces": network.map { [$0] },
            "canIpForward": template.network?.forwardsTraffic.map { .boolean($0) },
            "tags": JSONBody.list(unlessEmpty: template.securityGroups.map { .text($0) }).map { ["items": $0] },
            "serviceAccounts": serviceAccount.map { [$0] },
            "metadata": metadata,
            "labels": JSONBody.texts(labels.labels),
            "scheduling": scheduling,
            "advancedMachineFeatures": features,
            "reservationAffinity": reservation,
            "resourcePolicies": template.placement?.group.map { [.text(site.resourcePolicy($0))] },
        ])
    }

    /// What proves that it is ours, to be laid over whatever a template says in the cloud's own words.
    var ours: JSONBody {
        .object(of: ["labels": JSONBody.texts(GCPLabels(order.tags.filter { $0.key.hasPrefix(OurTag.prefix) }).labels)]
        )
    }

    private func inZone(_ kind: String, _ name: String) -> String { zone.map { "zones/\($0)/\(kind)/\(name)" } ?? name }

    // MARK: - Disks

    /// Nil: a launch template says them.
    private func disks(named name: String?) -> JSONBody? {
        var disks: [JSONBody] = []
        if !template.image.isEmpty || template.rootDisk != nil {
            disks.append(disk(template.rootDisk ?? Disk(), image: template.image))
        }
        for (index, data) in (template.dataDisks ?? []).enumerated() {
            disks.append(disk(data, named: name.map { "\($0)-data-\(index + 1)" }))
        }
        return .list(unlessEmpty: disks)
    }

    /// - Parameter image: what it starts from; nil: no machine starts from it.
    private func disk(_ disk: Disk, image: String? = nil, named name: String? = nil) -> JSONBody {
        let type: JSONBody? = disk.type.map { .text(inZone("diskTypes", $0)) }
        // There is nothing else to say of a disk that is part of its host.
        if disk.type == "local-ssd" {
            return .object(of: [
                "type": "SCRATCH", "interface": "NVME", "autoDelete": true,
                "initializeParams": .object(of: ["diskType": type]),
            ])
        }
        return .object(of: [
            "boot": .boolean(image != nil),
            "autoDelete": .boolean(!(disk.outlivesMachine ?? false)),
            "deviceName": disk.device.map { .text($0) },
            "initializeParams": .object(of: [
                "diskName": name.map { .text($0) },
                "sourceImage": image.flatMap { $0.isEmpty ? nil : .text(site.image($0)) },
                "sourceSnapshot": disk.snapshot.map { .text(site.snapshot($0)) },
                // Whole numbers of 64 bits are texts here.
                "diskSizeGb": disk.sizeGiB.map { .text("\($0)") },
                "diskType": type,
                "provisionedIops": disk.iops.map { .text("\($0)") },
                "provisionedThroughput": disk.throughputMiBps.map { .text("\($0)") },
                "labels": JSONBody.texts(labels.labels),
            ]),
            "diskEncryptionKey": disk.encryptionKey.map { ["kmsKeyName": .text($0)] },
        ])
    }

    // MARK: - Network

    /// Nil: a launch template says it.
    private var network: JSONBody? {
        let wantsIPv6 = (template.network?.ipv6Addresses ?? 0) > 0
        let subnet = order.offering.subnet
        guard template.launchTemplate == nil || subnet != nil || template.publicAddress != nil || wantsIPv6 else {
            return nil
        }
        let isPublic = template.publicAddress ?? false
        return .object(of: [
            "network": subnet == nil ? .text("projects/\(site.project)/global/networks/default") : nil,
            "subnetwork": subnet.map { .text(site.subnetwork($0)) },
            "nicType": template.network?.isAccelerated == true ? "GVNIC" : nil,
            "stackType": wantsIPv6 ? "IPV4_IPV6" : nil,
            "accessConfigs": isPublic ? [["type": "ONE_TO_ONE_NAT", "name": "External NAT"]] : nil,
            "ipv6AccessConfigs": isPublic && wantsIPv6
                ? [["type": "DIRECT_IPV6", "name": "External IPv6", "networkTier": "PREMIUM"]] : nil,
        ])
    }

    // MARK: - The machine itself

    private var serviceAccount: JSONBody? {
        template.role.map { role in
            [
                "email": .text(site.serviceAccount(role)),
                // What it may do is for its roles to say; scopes are an older, coarser way.
                "scopes": ["https://www.googleapis.com/auth/cloud-platform"],
            ]
        }
    }

    private var metadata: JSONBody? {
        var items: [JSONBody] = []
        func add(_ key: String, _ value: String) { items.append(["key": .text(key), "value": .text(value)]) }
        if let data = template.userData {
            add(InstanceBody.isForCloudInit(data) ? "user-data" : "startup-script", data)
        }
        if let key = template.keyName.flatMap(InstanceBody.sshKey) { add("ssh-keys", key) }
        if let others = JSONBody.texts(labels.others) {
            add("muster-tags", String(decoding: others.bytes, as: UTF8.self))
        }
        return JSONBody.list(unlessEmpty: items).map { ["items": $0] }
    }

    /// What cloud-init alone understands; anything else is a script that the guest's own agent runs.
    private static func isForCloudInit(_ data: String) -> Bool {
        ["#cloud-", "#include", "#part-handler", "## template:", "Content-Type:", "MIME-Version:"]
            .contains(where: data.hasPrefix)
    }

    /// `ops:ssh-ed25519 AAAA… ops@desk`; nil: it is a name, and there are no keys by name here.
    static func sshKey(_ text: String) -> String? {
        let kinds = ["ssh-", "ecdsa-", "sk-"]
        if kinds.contains(where: text.hasPrefix), text.contains(" ") { return "muster:\(text)" }
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let key = text[text.index(after: colon)...]
        return kinds.contains(where: { key.hasPrefix($0) }) && key.contains(" ") ? text : nil
    }

    private var features: JSONBody? {
        guard let cpu = template.cpu, cpu.cores != nil || cpu.threadsPerCore != nil else { return nil }
        return .object(of: [
            "threadsPerCore": cpu.threadsPerCore.map { .integer($0) },
            "visibleCoreCount": cpu.cores.map { .integer($0) },
        ])
    }

    private var reservation: JSONBody? {
        switch template.placement?.capacityReservation {
        case nil: nil
        case "open"?: ["consumeReservationType": "ANY_RESERVATION"]
        case "none"?: ["consumeReservationType": "NO_RESERVATION"]
        case let name?:
            [
                "consumeReservationType": "SPECIFIC_RESERVATION",
                "key": "compute.googleapis.com/reservation-name", "values": [.text(name)],
            ]
        }
    }
}
