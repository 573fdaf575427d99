/// How many members a set is to have, and what each of them is to be.
struct ScaleSetPlan {
    let capacity: Int
    /// The one that is preferred first.
    let sizes: [String]
    private let profile: JSONValue
    private let mix: JSONValue?

    init(_ set: AzureResource) throws(ARMError) {
        let body = set.sent
        profile = body.at("properties", "virtualMachineProfile") ?? [:]
        mix = body.at("properties", "priorityMixPolicy")
        let hasProfile = body.at("properties", "virtualMachineProfile") != nil
        capacity = hasProfile ? body.at("sku", "capacity")?.integer ?? 0 : 0
        guard (0...1000).contains(capacity) else {
            throw .invalidParameter(
                "The value of parameter sku.capacity is out of range: 0 to 1000.", target: "sku.capacity")
        }
        guard hasProfile else {
            sizes = []
            return
        }
        guard let name = body.at("sku", "name")?.string else { throw .missingParameter("sku.name") }
        if let mixed = body.at("properties", "skuProfile", "vmSizes")?.array {
            guard name == "Mix" else {
                throw .invalidParameter(
                    "The value of parameter sku.name must be Mix with a skuProfile.", target: "sku.name")
            }
            // By rank where one is given; those without keep their order.
            sizes = mixed.enumerated().sorted { a, b in
                (a.element["rank"]?.integer ?? .max, a.offset) < (b.element["rank"]?.integer ?? .max, b.offset)
            }.compactMap { $0.element["name"]?.string }
        } else {
            sizes = [name]
        }
        for size in sizes where AzureSize(size) == nil { throw .noSuchSize(size, in: set.location) }
        guard !sizes.isEmpty else { throw .missingParameter("skuProfile.vmSizes") }
        if mix != nil, !isSpotProfile {
            throw .invalidParameter(
                "Priority mix policy needs a virtual machine profile with priority Spot.", target: "priorityMixPolicy")
        }
        if body.at("properties", "virtualMachineProfile", "networkProfile", "networkApiVersion") == nil {
            throw .missingParameter("networkProfile.networkApiVersion")
        }
    }

    private var isSpotProfile: Bool { profile["priority"]?.string?.lowercased() == "spot" }

    /// How many of the first so many are not spot.
    private func regular(of count: Int) -> Int {
        guard let mix else { return isSpotProfile ? 0 : count }
        let base = min(1000, max(0, mix["baseRegularPriorityCount"]?.integer ?? 0))
        let percent = min(100, max(0, mix["regularPriorityPercentageAboveBase"]?.integer ?? 0))
        return min(count, base) + max(0, count - base) * percent / 100
    }

    /// Whether the member of this number is spot where all before it are as they should be.
    func isSpot(_ number: Int) -> Bool { regular(of: number + 1) == regular(of: number) && isSpotProfile }

    /// Whether the next member is spot, of members that may have come and gone.
    func isSpot(_ number: Int, spotSoFar: Int, of count: Int) -> Bool {
        isSpotProfile && count - spotSoFar >= regular(of: number + 1)
    }

    /// The body with which a machine of the set would be asked for.
    func member(of set: AzureResource, size: String, zone: String?, isSpot: Bool, suffix: String) -> JSONValue {
        var properties = JSONObject()
        properties["hardwareProfile"] = ["vmSize": .string(size)]
        var storage = profile["storageProfile"] ?? [:]
        if storage["osDisk"]?["deleteOption"] == nil, storage["osDisk"] != nil {
            storage["osDisk"]?["deleteOption"] = "Delete"
        }
        properties["storageProfile"] = storage
        if var login = profile["osProfile"] {
            let prefix = login["computerNamePrefix"]?.string ?? set.id.name
            login["computerNamePrefix"] = nil
            login["computerName"] = .string("\(prefix)\(suffix.prefix(6).uppercased())")
            properties["osProfile"] = login
        }
        var network = profile["networkProfile"] ?? [:]
        network["networkInterfaceConfigurations"] = .array(
            (network["networkInterfaceConfigurations"]?.array ?? []).map { configuration in
                var inner = configuration["properties"] ?? [:]
                inner["deleteOption"] = inner["deleteOption"] ?? "Delete"
                return merged(configuration, ["properties": inner])
            })
        properties["networkProfile"] = network
        properties["priority"] = isSpot ? "Spot" : isSpotProfile ? "Regular" : profile["priority"]
        if isSpot { for name in ["evictionPolicy", "billingProfile"] { properties[name] = profile[name] } }
        for name in ["securityProfile", "diagnosticsProfile", "licenseType", "userData", "scheduledEventsProfile"] {
            properties[name] = profile[name]
        }
        properties["virtualMachineScaleSet"] = ["id": .string(set.id.text)]
        return [
            "location": .string(set.location), "zones": zone.map { .array([.string($0)]) },
            "tags": set.tags.map(JSONValue.object), "properties": .object(properties),
        ]
    }
}
