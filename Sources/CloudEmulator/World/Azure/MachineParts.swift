import Cloud
import Provisioning

// What a machine is made with: its disks, and how all of it is shown.

extension World {
    /// Disks come with the machine, whatever becomes of it.
    mutating func makeDisks(for machine: AzureResource, _ asked: MachineBody, at moment: Moment) -> [AzureResource] {
        let storage = asked.body.at("properties", "storageProfile") ?? [:]
        var disks: [AzureResource] = []
        let specified = [(storage["osDisk"] ?? [:], true)] + (storage["dataDisks"]?.array ?? []).map { ($0, false) }
        for (number, (disk, isSystem)) in specified.enumerated() {
            guard disk["createOption"]?.string?.lowercased() != "attach",
                disk.at("diffDiskSettings", "option") == nil
            else { continue }
            let digits = arm.freshDigits(moment.seed)
            let name =
                disk["name"]?.string
                ?? "\(machine.id.name)_\(isSystem ? "OsDisk" : "disk\(number + 1)")_\(isSystem ? "1_" : "")\(digits)"
            let id = ResourceID(machine.id.subscription, machine.id.group, .disk, name)
            var made = newResource(id, in: machine.location, at: moment)
            made.owner = machine.id.key
            made.goesWithOwner = disk["deleteOption"]?.string?.lowercased() == "delete"
            made.zones = machine.zones
            made.tags = machine.tags
            let kind = disk.at("managedDisk", "storageAccountType")?.string ?? "Premium_LRS"
            made.extras["sku"] = [
                "name": .string(kind), "tier": .string(kind.hasPrefix("Standard") ? "Standard" : "Premium"),
            ]
            let gigabytes = disk["diskSizeGB"]?.integer ?? (isSystem ? asked.image?.sizeGB ?? 30 : 32)
            made.properties = [
                "osType": isSystem ? .string(asked.isWindows ? "Windows" : "Linux") : nil,
                "creationData": ["createOption": .string(isSystem ? "FromImage" : "Empty")],
                "diskSizeGB": .integer(gigabytes), "timeCreated": .string(moment.now.inARM),
                "uniqueId": .string(made.guid),
            ]
            keep(made)
            disks.append(made)
        }
        return disks
    }

    /// A machine's properties as Azure shows them: what was asked for, completed, without secrets.
    func shownMachine(
        _ asked: MachineBody, _ machine: AzureResource, cards: [AzureResource], disks: [AzureResource]
    ) -> JSONValue {
        let wanted = asked.body["properties"] ?? [:]
        var shown = JSONObject()
        shown["vmId"] = .string(machine.guid)
        shown["hardwareProfile"] = wanted["hardwareProfile"]
        shown["storageProfile"] = shownStorage(asked, disks: disks)
        if let profile = wanted["osProfile"] { shown["osProfile"] = shownLogin(profile, asked, name: machine.id.name) }
        shown["networkProfile"] = [
            "networkInterfaces": .array(
                cards.enumerated().map { number, card in
                    let named = wanted.at("networkProfile", "networkInterfaces")?.array ?? []
                    return [
                        "id": .string(card.id.text),
                        "properties": [
                            "primary": (number < named.count ? named[number].at("properties", "primary") : nil)
                                ?? .bool(number == 0),
                            "deleteOption": .string(card.goesWithOwner ? "Delete" : "Detach"),
                        ],
                    ]
                })
        ]
        let rest: Set = ["hardwareProfile", "storageProfile", "osProfile", "networkProfile", "userData"]
        for field in wanted.object?.fields ?? [] where !rest.contains(field.name) { shown[field.name] = field.value }
        shown["timeCreated"] = .string(machine.createdAt.inARM)
        return .object(shown)
    }

    private func shownStorage(_ asked: MachineBody, disks: [AzureResource]) -> JSONValue {
        let wanted = asked.body.at("properties", "storageProfile") ?? [:]
        var shown = wanted
        if let image = asked.image {
            let version = wanted.at("imageReference", "version")?.string
            shown["imageReference"]?["exactVersion"] = .string(
                version == "latest" ? image.versions.last ?? "" : version ?? "")
        }
        var left = disks[...]
        func complete(_ disk: JSONValue, isSystem: Bool) -> JSONValue {
            var disk = disk
            guard disk["createOption"]?.string?.lowercased() != "attach",
                disk.at("diffDiskSettings", "option") == nil, let made = left.popFirst()
            else { return disk }
            if isSystem { disk["osType"] = .string(asked.isWindows ? "Windows" : "Linux") }
            disk["name"] = .string(made.id.name)
            disk["caching"] = disk["caching"] ?? .string(isSystem ? "ReadWrite" : "None")
            disk["deleteOption"] = disk["deleteOption"] ?? "Detach"
            disk["diskSizeGB"] = made.properties["diskSizeGB"]
            var managed = disk["managedDisk"] ?? [:]
            managed["storageAccountType"] = made.extras["sku"]?["name"]
            managed["id"] = .string(made.id.text)
            disk["managedDisk"] = managed
            if !isSystem { disk["toBeDetached"] = false }
            return disk
        }
        shown["osDisk"] = complete(wanted["osDisk"] ?? ["createOption": "FromImage"], isSystem: true)
        shown["dataDisks"] = .array((wanted["dataDisks"]?.array ?? []).map { complete($0, isSystem: false) })
        return shown
    }

    private func shownLogin(_ profile: JSONValue, _ asked: MachineBody, name: String) -> JSONValue {
        var shown: JSONValue = ["computerName": profile["computerName"] ?? .string(name)]
        shown["adminUsername"] = profile["adminUsername"]
        if asked.isWindows {
            var windows = profile["windowsConfiguration"] ?? [:]
            windows["provisionVMAgent"] = windows["provisionVMAgent"] ?? true
            windows["enableAutomaticUpdates"] = windows["enableAutomaticUpdates"] ?? true
            windows["patchSettings"] = windows["patchSettings"] ?? ["patchMode": "AutomaticByOS"]
            shown["windowsConfiguration"] = windows
        } else {
            var linux = profile["linuxConfiguration"] ?? [:]
            linux["disablePasswordAuthentication"] = linux["disablePasswordAuthentication"] ?? false
            linux["provisionVMAgent"] = linux["provisionVMAgent"] ?? true
            linux["patchSettings"] = linux["patchSettings"] ?? ["patchMode": "ImageDefault"]
            shown["linuxConfiguration"] = linux
        }
        shown["secrets"] = profile["secrets"] ?? []
        shown["allowExtensionOperations"] = profile["allowExtensionOperations"] ?? true
        shown["requireGuestProvisionSignal"] = true
        return shown
    }
}

/// A body with digests in place of what is not to be read again.
func withoutSecrets(_ body: JSONValue) -> JSONValue {
    guard var properties = body["properties"] else { return body }
    func digest(_ value: JSONValue) -> JSONValue { value.string.map { .string(hex(sha256(Array($0.utf8)))) } ?? value }
    if var login = properties["osProfile"] {
        for name in ["adminPassword", "customData"] { login[name] = login[name].map(digest) }
        properties["osProfile"] = login
    }
    properties["userData"] = properties["userData"].map(digest)
    var result = body
    result["properties"] = properties
    return result
}

extension Timestamp {
    /// `2026-11-21T12:40:43.1250000+00:00`, as Azure writes moments.
    var inARM: String { description.dropLast() + "0000+00:00" }
}
