import Provisioning

/// What a call asks a machine to be, read and checked as far as that can be done without a world.
struct MachineBody {
    let body: JSONValue
    let size: AzureSize
    let isSpot: Bool
    let isDeletedWhenEvicted: Bool
    let image: AzureInventory.Image?
    let isWindows: Bool

    private var properties: JSONValue { body["properties"] ?? [:] }

    init(_ body: JSONValue, in location: String) throws(ARMError) {
        self.body = body
        guard let properties = body["properties"], properties.object != nil else {
            throw .missingParameter("properties")
        }
        guard let name = properties.at("hardwareProfile", "vmSize")?.string else { throw .missingParameter("vmSize") }
        guard let size = AzureSize(name) else { throw .noSuchSize(name, in: location) }
        self.size = size

        let priority = properties["priority"]?.string ?? "Regular"
        guard ["regular", "spot", "low"].contains(priority.lowercased()) else {
            throw .invalidParameter("The value '\(priority)' of parameter 'priority' is invalid.", target: "priority")
        }
        isSpot = priority.lowercased() == "spot"
        isDeletedWhenEvicted = properties["evictionPolicy"]?.string?.lowercased() == "delete"
        (image, isWindows) = try MachineBody.image(properties)
        try checkMarket()
        try checkLogin()
        try checkData()
        if let image, image.isArm != size.isArm {
            throw .invalidParameter(
                "The VM size '\(name)' cannot be used with an image for processors of another architecture: "
                    + "\(image.isArm ? "Arm64" : "x64").", target: "imageReference")
        }
    }

    // MARK: - The image

    /// Nil: an image of one's own, of a gallery, or of a publisher nobody here has heard of.
    private static func image(_ properties: JSONValue) throws(ARMError) -> (AzureInventory.Image?, Bool) {
        guard let storage = properties["storageProfile"] else { throw .missingParameter("storageProfile") }
        let isWindows =
            storage.at("osDisk", "osType")?.string?.lowercased() == "windows"
            || properties.at("osProfile", "windowsConfiguration") != nil
        guard let reference = storage["imageReference"] else {
            guard storage.at("osDisk", "createOption")?.string?.lowercased() == "attach" else {
                throw .missingParameter("imageReference")
            }
            return (nil, isWindows)
        }
        let ids = ["id", "sharedGalleryImageId", "communityGalleryImageId"].compactMap { reference[$0]?.string }
        if let id = ids.first {
            guard ids.count == 1, id.hasPrefix("/"), reference["publisher"] == nil else {
                throw .invalidParameter(
                    "The value of parameter imageReference.id is invalid.", target: "imageReference.id")
            }
            return (nil, isWindows)
        }
        var parts: [String] = []
        for part in ["publisher", "offer", "sku", "version"] {
            guard let text = reference[part]?.string, !text.isEmpty else {
                throw .missingParameter("imageReference.\(part)")
            }
            parts.append(text)
        }
        let ofPublisher = AzureInventory.images.filter { $0.publisher.lowercased() == parts[0].lowercased() }
        if ofPublisher.isEmpty { return (nil, isWindows) }
        guard
            let image = ofPublisher.first(where: {
                $0.offer.lowercased() == parts[1].lowercased() && $0.sku.lowercased() == parts[2].lowercased()
            }), parts[3] == "latest" || image.versions.contains(parts[3])
        else { throw .noImage(parts.joined(separator: ":")) }
        return (image, image.isWindows)
    }

    // MARK: - What must fit together

    private func checkMarket() throws(ARMError) {
        let maxPrice = properties.at("billingProfile", "maxPrice")?.number
        guard isSpot else {
            if properties["evictionPolicy"] != nil {
                throw ARMError(
                    "EvictionPolicyCanBeSetOnlyOnAzureSpotVirtualMachines",
                    "Eviction policy can be set only on Azure Spot Virtual Machines.", status: 409,
                    target: "evictionPolicy")
            }
            if maxPrice != nil {
                throw ARMError(
                    "MaxPriceCanBeSetOnlyOnAzureSpotVirtualMachines",
                    "Max price can be set only on Azure Spot Virtual Machines.", status: 409, target: "billingProfile")
            }
            return
        }
        if properties["availabilitySet"] != nil {
            throw ARMError(
                "AzureSpotVMNotSupportedInAvailabilitySet",
                "Azure Spot Virtual Machine is not supported in Availability Set. For more information, see "
                    + "http://aka.ms/AzureSpot/errormessages", status: 409)
        }
        if size.isBurstable {
            throw ARMError(
                "AzureSpotIsNotSupportedForThisVMSize",
                "Azure Spot Virtual Machine is not supported for this VM size \(size.name). For more information, see "
                    + "http://aka.ms/AzureSpot/errormessages", status: 409)
        }
        guard let maxPrice, maxPrice != -1 else { return }
        guard maxPrice > 0 else {
            throw ARMError(
                "MaxPriceValueInvalid",
                "The max price value '\(maxPrice)' is invalid. Max Price must be greater than zero or -1 (default). For "
                    + "more information, see http://aka.ms/AzureSpot/errormessages", target: "billingProfile.maxPrice")
        }
        let price = World.spotPrice * Double(size.vcpus)
        guard maxPrice >= price else {
            throw ARMError(
                "SpotPriceGreaterThanProvidedMaxPrice",
                "Unable to perform operation 'Create VM' since the provided max price '\(maxPrice) USD' is lower than "
                    + "the current spot price '\(price) USD' for Azure Spot VM size '\(size.name)'. For more "
                    + "information, see http://aka.ms/AzureSpot/errormessages", status: 409)
        }
    }

    private func checkLogin() throws(ARMError) {
        guard properties.at("storageProfile", "osDisk", "createOption")?.string?.lowercased() != "attach" else {
            return
        }
        guard let profile = properties["osProfile"] else {
            // A specialized image of one's own brings its own users.
            if properties.at("storageProfile", "imageReference", "id") != nil { return }
            throw .missingParameter("osProfile")
        }
        guard profile["adminUsername"]?.string?.isEmpty == false else { throw .missingParameter("adminUsername") }
        let keys = profile.at("linuxConfiguration", "ssh", "publicKeys")?.array ?? []
        let hasPassword = profile["adminPassword"]?.string?.isEmpty == false
        guard hasPassword || !isWindows else { throw .missingParameter("adminPassword") }
        guard hasPassword || !keys.isEmpty else {
            throw .invalidParameter(
                "Authentication using either SSH or by user name and password must be enabled in Linux profile.",
                target: "linuxConfiguration")
        }
        for key in keys {
            let path = "/home/\(profile["adminUsername"]?.string ?? "")/.ssh/authorized_keys"
            guard key["path"]?.string == path else {
                throw .invalidParameter(
                    "Destination path for SSH public keys is currently limited to its default value \(path) due to a "
                        + "known issue in Linux provisioning agent.", target: "linuxConfiguration.ssh.publicKeys.path")
            }
            guard let data = key["keyData"]?.string, data.hasPrefix("ssh-") || data.hasPrefix("ecdsa-") else {
                throw .invalidParameter(
                    "The value of parameter linuxConfiguration.ssh.publicKeys.keyData is invalid.",
                    target: "linuxConfiguration.ssh.publicKeys.keyData")
            }
        }
    }

    private func checkData() throws(ARMError) {
        if let data = properties.at("osProfile", "customData")?.string, data.utf8.count > 87_380 || !isBase64(data) {
            throw .invalidParameter(
                "Custom data in OSProfile must be in Base64 encoding and with a maximum length of 87380 characters.",
                target: "customData")
        }
        if let data = properties["userData"]?.string, data.utf8.count > 87_380 || !isBase64(data) {
            throw .invalidParameter(
                "User data must be in Base64 encoding and with a maximum length of 87380 characters.",
                target: "userData")
        }
    }
}

/// Whether a text is base64, padding and all.
func isBase64(_ text: String) -> Bool {
    let letters = text.utf8
    guard letters.count % 4 == 0 else { return false }
    let padding = letters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard padding <= 2 else { return false }
    return letters.dropLast(padding).allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}

extension JSONValue {
    /// What stands at the end of a way through objects.
    func at(_ path: String...) -> JSONValue? {
        var value: JSONValue? = self
        for name in path { value = value?[name] }
        return value
    }
}
