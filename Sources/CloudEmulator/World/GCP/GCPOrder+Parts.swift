import Provisioning

extension World {
    // MARK: - Scheduling

    /// What the market demands is set; what it does not allow is refused.
    func scheduling(
        _ source: JSONValue?, hasGPUs: Bool, field: String
    ) throws(GCPError) -> (JSONValue, Market) {
        var scheduling = source ?? .object(JSONObject())
        let model = scheduling["provisioningModel"]?.string
        let isSpot = model == "SPOT"
        let isPreemptible = isSpot || model == nil && scheduling["preemptible"]?.bool == true
        if isPreemptible || hasGPUs {
            if scheduling["onHostMaintenance"]?.string == "MIGRATE" {
                throw .invalid(
                    "\(field).scheduling.onHostMaintenance", "MIGRATE",
                    isPreemptible
                        ? "Scheduling must have onHostMaintenance set to TERMINATE for preemptible instances."
                        : "Instances with guest accelerators do not support live migration.")
            }
        }
        if isPreemptible, scheduling["automaticRestart"]?.bool == true {
            throw .invalid(
                "\(field).scheduling.preemptible", "true",
                "Scheduling must have preemptible be false when AutomaticRestart is true.")
        }
        let ends = scheduling["maxRunDuration"] != nil || scheduling["terminationTime"] != nil
        if let action = scheduling["instanceTerminationAction"]?.string, !isSpot, !ends {
            throw .invalid(
                "\(field).scheduling.instanceTerminationAction", action,
                "You cannot specify a termination action for a VM instance that has the standard provisioning model "
                    + "(default) without a maximum run duration or a termination time.")
        }
        if let seconds = scheduling["maxRunDuration"]?["seconds"]?.wholeNumber, !(30...10_368_000).contains(seconds) {
            throw .invalid(
                "\(field).scheduling.maxRunDuration", "\(seconds)", "Must be between 30 seconds and 120 days.")
        }
        if (isSpot || ends), scheduling["instanceTerminationAction"] == nil {
            scheduling["instanceTerminationAction"] = ends && !isSpot ? "DELETE" : "STOP"
        }
        scheduling["preemptible"] = .bool(isPreemptible)
        if scheduling["onHostMaintenance"] == nil {
            scheduling["onHostMaintenance"] = isPreemptible || hasGPUs ? "TERMINATE" : "MIGRATE"
        }
        if scheduling["automaticRestart"] == nil { scheduling["automaticRestart"] = .bool(!isPreemptible) }
        if scheduling["provisioningModel"] == nil {
            scheduling["provisioningModel"] = "STANDARD"
        }
        return (scheduling, isPreemptible ? .spot : .onDemand)
    }

    // MARK: - Networks

    func interfaces(
        _ source: JSONValue, zone: String, field: String, by caller: GCPCaller
    ) throws(GCPError) -> JSONValue {
        let interfaces = source["networkInterfaces"]?.array ?? []
        guard !interfaces.isEmpty else {
            throw .invalid("\(field).networkInterfaces", "", "At least one network interface is required.")
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
                    throw .invalid("\(at).accessConfigs", "", "At most one access config currently supported.")
                }
                nic["accessConfigs"] = .array(
                    configs.map { config in
                        var config = config
                        config["kind"] = "compute#accessConfig"
                        for (name, value) in ["type": "ONE_TO_ONE_NAT", "name": "external-nat", "networkTier": "PREMIUM"]
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
            throw .invalid("\(field).network", interface["network"]?.string ?? "", "The referenced network resource cannot be found.")
        }
        guard let text = interface["subnetwork"]?.string else {
            let name = network ?? "default"
            return (caller.path("global/networks/\(name)"), caller.path("regions/\(region)/subnetworks/\(name)"))
        }
        let name = gcpName(text)
        if let elsewhere = gcpPart("regions", of: text), elsewhere != region {
            throw .invalid("\(field).subnetwork", text, "The referenced subnetwork resource is not in region '\(region)'.")
        }
        guard hasGoogleSubnetwork(name, in: region) else {
            throw .invalid("\(field).subnetwork", text, "The referenced subnetwork resource cannot be found.")
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

    // MARK: - Disks

    func disks(
        _ source: JSONValue, of instance: String, zone: String, field: String, by caller: GCPCaller
    ) throws(GCPError) -> (attached: [JSONValue], new: [GCPOrder.Disk]) {
        let disks = source["disks"]?.array ?? []
        guard !disks.isEmpty else { throw .invalid("\(field).disks", "", "No disks are specified.") }
        guard disks.count(where: { $0["boot"]?.bool == true }) == 1 else {
            throw .invalid("\(field).disks", "", "Boot disk must be specified, and there can only be one.")
        }
        var attached: [JSONValue] = []
        var new: [GCPOrder.Disk] = []
        for (index, disk) in disks.enumerated() {
            var complete = disk
            complete["initializeParams"] = nil
            complete["index"] = .integer(index)
            complete["kind"] = "compute#attachedDisk"
            for (name, value): (String, JSONValue) in [
                ("type", "PERSISTENT"), ("mode", "READ_WRITE"), ("boot", false), ("autoDelete", false),
                ("interface", "SCSI"), ("deviceName", .string("persistent-disk-\(index)")),
            ] where complete[name] == nil { complete[name] = value }
            if disk["type"]?.string == "SCRATCH" {
                complete["diskSizeGb"] = "375"
            } else if let text = disk["source"]?.string {
                try attach(text, zone: zone, at: "\(field).disks[\(index)].source", to: &complete, by: caller)
            } else {
                let one = try newDisk(disk, index, of: instance, field: "\(field).disks[\(index)]", to: &complete, by: caller)
                complete["source"] = .link(caller.path("zones/\(zone)/disks/\(one.name)"))
                complete["diskSizeGb"] = .string("\(one.sizeGB)")
                new.append(one)
            }
            attached.append(complete)
        }
        return (attached, new)
    }

    private func attach(
        _ text: String, zone: String, at field: String, to disk: inout JSONValue, by caller: GCPCaller
    ) throws(GCPError) {
        let name = gcpName(text)
        let path = caller.path("zones/\(zone)/disks/\(name)")
        let project = project(caller.project)
        guard let found = project.disks[GCPProject.key(zone, name)], found.isThere(at: caller.now) else {
            throw .invalid(field, text, "The referenced disk resource cannot be found.")
        }
        if let user = project.user(of: found, at: caller.now) {
            throw .inUse(path, by: caller.path("zones/\(zone)/instances/\(user.name)"))
        }
        disk["source"] = .link(path)
        disk["diskSizeGb"] = .string("\(found.sizeGB)")
    }

    private func newDisk(
        _ disk: JSONValue, _ index: Int, of instance: String, field: String, to complete: inout JSONValue,
        by caller: GCPCaller
    ) throws(GCPError) -> GCPOrder.Disk {
        let parameters = disk["initializeParams"]
        let name = parameters?["diskName"]?.string ?? (disk["boot"]?.bool == true ? instance : "\(instance)-\(index)")
        try GCPNames.check(name, "\(field).initializeParams.diskName")
        var image: GCPImage?
        if let text = parameters?["sourceImage"]?.string {
            guard let found = GCPInventory.image(text, project: caller.project) else {
                throw .invalid(
                    "\(field).initializeParams.sourceImage", text, "The referenced image resource cannot be found.")
            }
            image = found
            complete["licenses"] = [.link(found.license)]
            complete["guestOsFeatures"] = .array(GCPImage.features.map { ["type": .string($0)] })
            complete["architecture"] = .string(found.architecture)
        } else if disk["boot"]?.bool == true, parameters?["sourceSnapshot"] == nil {
            throw .invalid("\(field)", "", "Boot disk must have a source image, a source snapshot or a source disk.")
        }
        let size = parameters?["diskSizeGb"]?.wholeNumber ?? disk["diskSizeGb"]?.wholeNumber ?? image?.sizeGB ?? 10
        if let image, size < image.sizeGB {
            throw .invalid(
                "\(field).initializeParams.diskSizeGb", "\(size)",
                "Requested disk size cannot be smaller than the image size (\(image.sizeGB) GB)")
        }
        guard (1...65_536).contains(size) else {
            throw .invalid("\(field).initializeParams.diskSizeGb", "\(size)", "Must be between 1 and 65536.")
        }
        let labels = parameters?["labels"]
        try GCPNames.check(labels: labels, field: "\(field).initializeParams")
        return GCPOrder.Disk(
            name: name, sizeGB: size, type: (parameters?["diskType"]?.string).map(gcpName) ?? "pd-standard",
            image: image?.path, labels: labels?.texts ?? [:], isDeletedWithInstance: disk["autoDelete"]?.bool ?? false)
    }
}

extension JSONValue {
    /// An object of texts.
    var texts: [String: String] {
        (object?.fields ?? []).reduce(into: [:]) { $0[$1.name] = $1.value.string }
    }
}
