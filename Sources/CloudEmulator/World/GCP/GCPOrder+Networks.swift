import Provisioning

extension World {
    /// Each interface, in a network and a subnetwork of the right region.
    func interfaces(
        _ source: JSONValue, zone: String, field: String, by caller: GCPCaller
    ) throws(GCPError) -> JSONValue {
        let interfaces = source["networkInterfaces"]?.array ?? []
        guard !interfaces.isEmpty else {
            throw .invalid(at: "\(field).networkInterfaces", "", "At least one network interface is required.")
        }
        var complete: [JSONValue] = []
        for (index, interface) in interfaces.enumerated() {
            let at = "\(field).networkInterfaces[\(index)]"
            var nic = interface
            let (network, subnetwork) = try subnetwork(interface, zone: zone, at: at, by: caller)
            nic["network"] = .link(network)
            nic["subnetwork"] = .link(subnetwork)
            nic["name"] = .string("nic\(index)")
            nic["kind"] = "compute#networkInterface"
            if nic["stackType"] == nil { nic["stackType"] = "IPV4_ONLY" }
            if let configs = interface["accessConfigs"]?.array {
                guard configs.count <= 1 else {
                    throw .invalid(at: "\(at).accessConfigs", "", "At most one access config currently supported.")
                }
                nic["accessConfigs"] = .array(
                    configs.map { config in
                        var config = config
                        config["kind"] = "compute#accessConfig"
                        for (name, value) in [
                            "type": "ONE_TO_ONE_NAT", "name": "external-nat", "networkTier": "PREMIUM",
                        ]
                        where config[name] == nil {
                            config[name] = .string(value)
                        }
                        return config
                    })
            }
            nic["fingerprint"] = GCPNames.fingerprint([nic])
            complete.append(nic)
        }
        return .array(complete)
    }

    /// A network and a subnetwork of the right region, one following from the other.
    private func subnetwork(
        _ interface: JSONValue, zone: String, at field: String, by caller: GCPCaller
    ) throws(GCPError) -> (network: String, subnetwork: String) {
        let region = gcpRegion(ofZone: zone)
        let network = interface["network"]?.string.map(gcpName)
        if let network, !hasGoogleNetwork(network) {
            throw .invalid(
                at: "\(field).network", interface["network"]?.string ?? "",
                "The referenced network resource cannot be found.")
        }
        guard let text = interface["subnetwork"]?.string else {
            let name = network ?? "default"
            return (caller.path("global/networks/\(name)"), caller.path("regions/\(region)/subnetworks/\(name)"))
        }
        let name = gcpName(text)
        if let elsewhere = gcpPart("regions", of: text), elsewhere != region {
            throw .invalid(
                at: "\(field).subnetwork", text, "The referenced subnetwork resource is not in region '\(region)'.")
        }
        guard hasGoogleSubnetwork(name, in: region) else {
            throw .invalid(at: "\(field).subnetwork", text, "The referenced subnetwork resource cannot be found.")
        }
        let host = gcpPart("projects", of: text) ?? caller.project
        return (
            "projects/\(host)/global/networks/\(network ?? name)",
            "projects/\(host)/regions/\(region)/subnetworks/\(name)"
        )
    }

    /// The default network, and those of the subnetworks that the limits name: a network is called as its subnetworks.
    func hasGoogleNetwork(_ name: String) -> Bool { name == "default" || limits.subnets[name] != nil }

    func hasGoogleSubnetwork(_ name: String, in region: String) -> Bool {
        conditions.googleZones[region] != nil && (name == "default" || limits.subnets[name] == region)
    }
}
