import Provisioning

extension World {
    /// What is attached, and which of it is to be made with the instance.
    func disks(
        _ source: JSONValue, of instance: String, zone: String, field: String, by caller: GCPCaller
    ) throws(GCPError) -> (attached: [JSONValue], new: [GCPOrder.Disk]) {
        let disks = source["disks"]?.array ?? []
        guard !disks.isEmpty else { throw .invalid(at: "\(field).disks", "", "No disks are specified.") }
        guard disks.count(where: { $0["boot"]?.bool == true }) == 1 else {
            throw .invalid(at: "\(field).disks", "", "Boot disk must be specified, and there can only be one.")
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
                let one = try newDisk(
                    disk, index, of: instance, field: "\(field).disks[\(index)]", to: &complete, by: caller)
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
            throw .invalid(at: field, text, "The referenced disk resource cannot be found.")
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
                    at: "\(field).initializeParams.sourceImage", text, "The referenced image resource cannot be found.")
            }
            image = found
            complete["licenses"] = [.link(found.license)]
            complete["guestOsFeatures"] = .array(GCPImage.features.map { ["type": .string($0)] })
            complete["architecture"] = .string(found.architecture)
        } else if disk["boot"]?.bool == true, parameters?["sourceSnapshot"] == nil {
            throw .invalid(
                at: "\(field)", "", "Boot disk must have a source image, a source snapshot or a source disk.")
        }
        let size = parameters?["diskSizeGb"]?.wholeNumber ?? disk["diskSizeGb"]?.wholeNumber ?? image?.sizeGB ?? 10
        if let image, size < image.sizeGB {
            throw .invalid(
                at: "\(field).initializeParams.diskSizeGb", "\(size)",
                "Requested disk size cannot be smaller than the image size (\(image.sizeGB) GB)")
        }
        guard (1...65_536).contains(size) else {
            throw .invalid(at: "\(field).initializeParams.diskSizeGb", "\(size)", "Must be between 1 and 65536.")
        }
        let labels = parameters?["labels"]
        try GCPNames.check(labels: labels, field: "\(field).initializeParams")
        return GCPOrder.Disk(
            name: name, sizeGB: size, type: (parameters?["diskType"]?.string).map(gcpName) ?? "pd-standard",
            image: image?.path, labels: labels?.texts ?? [:], isDeletedWithInstance: disk["autoDelete"]?.bool ?? false)
    }
}
