import Cloud
import Provisioning

/// What a machine is to be, as machines by themselves and members of a set are told it.
struct MachineProfile {
    let template: Template
    let site: AzureSite
    /// What its network card is called after, and its disks unless it is a member.
    let name: String
    /// Whether it stands for all members of a set, which gives each what is its own.
    var isMember = false

    /// Who may log in where a key is named, unless the template says it in Azure's words.
    static let usualUser = "azureuser"

    /// A key whose other half nobody has: Azure makes no Linux machine without one, and a template that names none
    /// wants nobody to log in.
    ///
    /// Its point is SHA-256 of `muster: nobody has the other half of this key 1`.
    static let nobodysKey =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOj4mrkUbwrnPic84q3PB+kEwcY4wI+flEvuoxV4a2k6"

    // MARK: - What is the same for both

    func storage() -> JSONBody {
        .object(of: [
            "imageReference": template.image.isEmpty ? nil : image,
            "osDisk": systemDisk,
            "dataDisks": .list(
                unlessEmpty: (template.dataDisks ?? []).enumerated().map { dataDisk($0.element, $0.offset) }),
        ])
    }

    /// A version of the marketplace, or the id of an image of one's own or of a gallery.
    private var image: JSONBody {
        let text = template.image
        if text.hasPrefix("/communityGalleries/") { return ["communityGalleryImageId": .text(text)] }
        if text.hasPrefix("/sharedGalleries/") { return ["sharedGalleryImageId": .text(text)] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, !text.hasPrefix("/") else { return ["id": .text(text)] }
        return [
            "publisher": .text(parts[0]), "offer": .text(parts[1]), "sku": .text(parts[2]), "version": .text(parts[3]),
        ]
    }

    private var systemDisk: JSONBody {
        let disk = template.rootDisk ?? Disk()
        return .object(of: [
            "name": isMember ? nil : .text("\(name)-os"),
            "createOption": "FromImage",
            "diskSizeGB": disk.sizeGiB.map { .integer($0) },
            "managedDisk": managed(disk),
            "deleteOption": .text(disk.outlivesMachine ?? false ? "Detach" : "Delete"),
        ])
    }

    private func dataDisk(_ disk: Disk, _ number: Int) -> JSONBody {
        .object(of: [
            "lun": .integer(number),
            "name": isMember ? nil : .text("\(name)-data-\(number)"),
            "createOption": .text(disk.snapshot == nil ? "Empty" : "Copy"),
            "sourceResource": disk.snapshot.map { ["id": .text(site.id(of: $0, "Microsoft.Compute/snapshots"))] },
            "diskSizeGB": disk.sizeGiB.map { .integer($0) },
            "managedDisk": managed(disk),
            "deleteOption": .text(disk.outlivesMachine ?? false ? "Detach" : "Delete"),
        ])
    }

    private func managed(_ disk: Disk) -> JSONBody? {
        if disk.type == nil, disk.encryptionKey == nil { return nil }
        return .object(of: [
            "storageAccountType": disk.type.map { .text($0) },
            "diskEncryptionSet": disk.encryptionKey.map {
                ["id": .text(site.id(of: $0, "Microsoft.Compute/diskEncryptionSets"))]
            },
        ])
    }

    /// Who may log in, and what the machine is told at its start.
    ///
    /// - Parameters:
    ///   - naming: how the machine, or what a set's machines begin with, is called.
    ///   - said: what the template says of it in Azure's own words; it is laid over this later.
    func login(_ naming: JSONBody.Field, said: JSONBody?) -> JSONBody {
        let user = said?["adminUsername"]?.text ?? MachineProfile.usualUser
        let isOtherwise = said?["windowsConfiguration"] != nil || said?["adminPassword"] != nil
        let key = template.keyName ?? MachineProfile.nobodysKey
        let linux: JSONBody = [
            "disablePasswordAuthentication": true,
            "ssh": [
                "publicKeys": [["path": .text("/home/\(user)/.ssh/authorized_keys"), "keyData": .text(key)]]
            ],
        ]
        return .object(
            [
                naming, .init("adminUsername", .text(user)),
                template.userData.map { .init("customData", .text(Array($0.utf8).base64)) },
                isOtherwise && template.keyName == nil ? nil : .init("linuxConfiguration", linux),
            ].compactMap(\.self))
    }

    // MARK: - Market and place

    /// Nothing where it is not on the spot market: Azure refuses to be told what becomes of other machines.
    func market(_ market: Market) -> [JSONBody.Field] {
        guard market == .spot else { return [] }
        let price = template.maxPrice.flatMap { Double($0) }
        return [
            .init("priority", "Spot"), .init("evictionPolicy", "Delete"),
            price.map { .init("billingProfile", ["maxPrice": .number($0)]) },
        ].compactMap(\.self)
    }

    var identity: JSONBody? {
        guard let role = template.role else { return nil }
        let id = site.id(of: role, "Microsoft.ManagedIdentity/userAssignedIdentities")
        return ["type": "UserAssigned", "userAssignedIdentities": .object([.init(id, .object([]))])]
    }

    var proximity: JSONBody? {
        guard let group = template.placement?.group, !group.isAvailabilitySet else { return nil }
        return ["id": .text(site.id(of: group, "Microsoft.Compute/proximityPlacementGroups"))]
    }

    var capacityReservation: JSONBody? {
        guard let group = template.placement?.capacityReservation, group != "none" else { return nil }
        return [
            "capacityReservationGroup": ["id": .text(site.id(of: group, "Microsoft.Compute/capacityReservationGroups"))]
        ]
    }

    /// Virtual processors are counted as the machine shows them; two to a core unless the template says otherwise.
    func processors() -> JSONBody? {
        guard let cpu = template.cpu else { return nil }
        return .object(of: [
            "vCPUsAvailable": cpu.cores.map { .integer($0 * (cpu.threadsPerCore ?? 2)) },
            "vCPUsPerCore": cpu.threadsPerCore.map { .integer($0) },
        ])
    }
}

extension String {
    /// The text of a key, not the name of one.
    var isPublicKey: Bool { ["ssh-", "ecdsa-", "sk-"].contains { hasPrefix($0) } && contains(" ") }

    var isAvailabilitySet: Bool { lowercased().contains("/availabilitysets/") }
}

extension JSONBody {
    var text: String? { if case .text(let text) = self { text } else { nil } }
}
