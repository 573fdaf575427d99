import Provisioning

/// An instance as it is asked for: checked, and completed by what the cloud adds of its own.
package struct GCPOrder: Sendable {
    package var name: String
    package var zone: String
    package var type: String
    package var market: Market
    package var resource: JSONValue
    package var disks: [Disk]

    package struct Disk: Sendable {
        package var name: String
        package var sizeGB: Int
        package var type: String
        package var image: String?
        package var labels: [String: String]
        package var isDeletedWithInstance: Bool
    }

    var demand: [GCPMetric: Int] {
        GCPInstance.demand(type, market, resource, region: gcpRegion(ofZone: zone))
    }
}

extension World {
    /// Reads an Instance or the properties of many.
    ///
    /// - Parameter field: what the fields are called in an error: `resource`, `resource.instanceProperties`.
    func order(
        _ source: JSONValue, name: String, zone: String, field: String = "resource", by caller: GCPCaller
    ) throws(GCPError) -> GCPOrder {
        try GCPNames.check(name, "\(field).name")
        let type = try machineType(source, zone: zone, field: field)
        var resource = source
        for given in GCPOrder.byTheCloud { resource[given] = nil }
        resource["machineType"] = .link(caller.path("zones/\(zone)/machineTypes/\(type)"))
        try GCPNames.check(labels: source["labels"], field: field)
        resource["tags"] = try tags(source["tags"], field: field)
        resource["metadata"] = try metadata(source["metadata"], field: field)
        let hasGPUs = source["guestAccelerators"]?.array?.isEmpty == false || GCPMachineType.named(type)?.gpu != nil
        let (scheduling, market) = try scheduling(source["scheduling"], hasGPUs: hasGPUs, field: field)
        resource["scheduling"] = scheduling
        resource["networkInterfaces"] = try interfaces(source, zone: zone, field: field, by: caller)
        let disks = try disks(source, of: name, zone: zone, field: field, by: caller)
        resource["disks"] = .array(disks.attached)
        resource["guestAccelerators"] = accelerators(source, zone: zone, by: caller)
        resource["serviceAccounts"] = try serviceAccounts(source, field: field, by: caller)
        for (name, value) in GCPOrder.defaults where resource[name] == nil { resource[name] = value }
        return GCPOrder(name: name, zone: zone, type: type, market: market, resource: resource, disks: disks.new)
    }

    private func machineType(_ source: JSONValue, zone: String, field: String) throws(GCPError) -> String {
        guard let text = source["machineType"]?.string, !text.isEmpty else {
            throw .required("\(field).machineType")
        }
        let name = gcpName(text)
        let elsewhere = gcpPart("zones", of: text).map { $0 != zone } ?? false
        guard !elsewhere, GCPMachineType.named(name) != nil, offers(name, in: zone) else {
            throw .invalid(
                at: "\(field).machineType", text, "Machine type with name '\(name)' does not exist in zone '\(zone)'.")
        }
        return name
    }

    func offers(_ type: String, in zone: String) -> Bool {
        Market.allCases.contains { !limits.unoffered.contains(Pool(type: type, zone: zone, market: $0)) }
    }

    private func tags(_ source: JSONValue?, field: String) throws(GCPError) -> JSONValue {
        let items = source?["items"]?.array ?? []
        for item in items {
            guard let text = item.string, GCPNames.isName(text) else {
                throw .invalid(at: "\(field).tags", item.string ?? "", "Must be a match of regex '\(GCPNames.pattern)'")
            }
        }
        return ["items": items.isEmpty ? nil : .array(items), "fingerprint": GCPNames.fingerprint(items)]
    }

    func metadata(_ source: JSONValue?, field: String) throws(GCPError) -> JSONValue {
        let items = source?["items"]?.array ?? []
        var keys: Set<String> = []
        var bytes = 0
        for item in items {
            let key = item["key"]?.string ?? "", value = item["value"]?.string ?? ""
            guard !key.isEmpty, key.utf8.count <= 128,
                key.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
            else {
                throw .invalid(
                    at: "\(field).metadata.items[\(keys.count)].key", key,
                    "Must be a match of regex '[a-zA-Z0-9-_]{1,128}'"
                )
            }
            guard keys.insert(key).inserted else {
                throw .invalid(at: "\(field).metadata", "", "Metadata has duplicate key: \(key)")
            }
            guard value.utf8.count <= 262_144 else {
                throw .invalid(
                    at: "\(field).metadata.items[\(keys.count - 1)].value", "", "Value is too long: 262144 is the most."
                )
            }
            bytes += key.utf8.count + value.utf8.count
        }
        guard bytes <= 524_288 else {
            throw .invalid(at: "\(field).metadata", "", "Total size is too large: 524288 is the most.")
        }
        return [
            "kind": "compute#metadata", "fingerprint": GCPNames.fingerprint(items),
            "items": items.isEmpty ? nil : .array(items),
        ]
    }

    private func accelerators(_ source: JSONValue, zone: String, by caller: GCPCaller) -> JSONValue? {
        (source["guestAccelerators"]?.array).map { all in
            .array(
                all.map { one in
                    var one = one
                    let name = gcpName(one["acceleratorType"]?.string ?? "")
                    one["acceleratorType"] = .link(caller.path("zones/\(zone)/acceleratorTypes/\(name)"))
                    return one
                })
        }
    }

    private func serviceAccounts(
        _ source: JSONValue, field: String, by caller: GCPCaller
    ) throws(GCPError) -> JSONValue? {
        guard let accounts = source["serviceAccounts"]?.array else { return nil }
        guard accounts.count <= 1 else {
            throw .invalid(at: "\(field).serviceAccounts", "", "At most one service account may be specified.")
        }
        return .array(
            accounts.map { account in
                var account = account
                if account["email"]?.string == "default" {
                    account["email"] = .string(gcpDefaultAccount(of: caller.project))
                }
                return account
            })
    }
}

package func gcpDefaultAccount(of project: String) -> String {
    "\(projectNumber(project))-compute@developer.gserviceaccount.com"
}

extension GCPOrder {
    /// What a caller may send and the cloud says itself.
    fileprivate static let byTheCloud = [
        "id", "kind", "name", "zone", "status", "statusMessage", "selfLink", "creationTimestamp", "cpuPlatform",
        "labelFingerprint", "fingerprint", "startRestricted", "lastStartTimestamp", "lastStopTimestamp",
        "lastSuspendedTimestamp", "resourceStatus", "satisfiesPzi", "satisfiesPzs", "params", "resourceManagerTags",
    ]

    fileprivate static let defaults: [(String, JSONValue)] = [
        ("canIpForward", false), ("deletionProtection", false),
        ("shieldedInstanceConfig", ["enableSecureBoot": false, "enableVtpm": true, "enableIntegrityMonitoring": true]),
        ("shieldedInstanceIntegrityPolicy", ["updateAutoLearnPolicy": true]),
    ]
}
