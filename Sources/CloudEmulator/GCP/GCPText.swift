import Provisioning

/// How the API writes what every thing of it has.
extension Timestamp {
    /// With the offset of Google's own clocks: `2026-11-21T05:40:43.125-07:00`.
    var inMountainView: String {
        (self + .seconds(-7 * 3600)).description.dropLast() + "-07:00"
    }
}

extension JSONValue {
    static func time(_ moment: Timestamp?) -> JSONValue? { moment.map { .string($0.inMountainView) } }
    static func id(_ number: UInt64) -> JSONValue { .string("\(number)") }

    /// Fields over these, where they are.
    func with(_ fields: JSONValue) -> JSONValue {
        var all = self
        for field in fields.object?.fields ?? [] { all[field.name] = field.value }
        return all
    }
}

// MARK: - Instances

extension GCPInstance {
    func json(in project: String, at now: Timestamp) -> JSONValue {
        let state = state(at: now)
        let path = "projects/\(project)/zones/\(zone)"
        let hasRun = lastTime(.running, at: now) != nil
        let head: JSONValue = [
            "kind": "compute#instance", "id": .id(id), "creationTimestamp": .time(createdAt), "name": .string(name),
            "description": resource["description"] ?? "", "status": .string(state.rawValue), "zone": .link(path),
            "selfLink": .link("\(path)/instances/\(name)"),
            "cpuPlatform": .string(hasRun ? platform : "Unknown CPU Platform"),
            "labelFingerprint": GCPNames.fingerprint(ofLabels: resource["labels"]),
            "startRestricted": false,
            "lastStartTimestamp": .time(lastTime(.running, at: now).map { _ in startedAt(at: now) } ?? nil),
            "lastStopTimestamp": .time(lastTime(.terminated, at: now)),
        ]
        var all = resource.with(head)
        all["networkInterfaces"] = interfaces(isUp: state != .terminated)
        all["resourceStatus"] = resourceStatus
        all["fingerprint"] = GCPNames.fingerprint([all])
        return all
    }

    private func startedAt(at now: Timestamp) -> Timestamp? { lastTime(.staging, at: now) ?? createdAt }

    private var platform: String {
        switch GCPMachineType.named(type)?.series {
        case "n1": "Intel Skylake"
        case "n2d", "c2d", "t2d": "AMD Milan"
        case "c3d", "c4d", "n4d": "AMD Genoa"
        case "t2a": "Ampere Altra"
        case "c4a", "n4a": "Google Axion"
        case "e2": "AMD Rome"
        case "c3", "c4", "n4": "Intel Sapphire Rapids"
        default: "Intel Cascade Lake"
        }
    }

    private var resourceStatus: JSONValue {
        var scheduling: JSONValue = .object(JSONObject())
        let isBounded = resource["scheduling"]?["maxRunDuration"] != nil
        if isBounded, let end = phases.last(where: { $0.state == .stopping })?.at {
            scheduling["terminationTimestamp"] = .time(end)
        }
        return ["scheduling": scheduling]
    }

    /// An address outside is lent while an instance is up.
    private func interfaces(isUp: Bool) -> JSONValue? {
        guard !isUp, let all = resource["networkInterfaces"]?.array else { return resource["networkInterfaces"] }
        return .array(
            all.map { nic in
                var nic = nic
                nic["accessConfigs"] = (nic["accessConfigs"]?.array).map { configs in
                    .array(
                        configs.map { config in
                            var config = config
                            config["natIP"] = nil
                            return config
                        })
                }
                return nic
            })
    }
}

extension GCPDisk {
    func json(in project: String, user: GCPInstance?) -> JSONValue {
        let path = "projects/\(project)/zones/\(zone)"
        let source = image.flatMap { GCPInventory.image($0, project: project) }
        return [
            "kind": "compute#disk", "id": .id(id), "creationTimestamp": .time(createdAt), "name": .string(name),
            "sizeGb": .string("\(sizeGB)"), "zone": .link(path), "status": "READY",
            "selfLink": .link("\(path)/disks/\(name)"), "sourceImage": source.map { .link($0.path) },
            "sourceImageId": source.map { .id($0.id) }, "type": .link("\(path)/diskTypes/\(type)"),
            "licenses": source.map { [.link($0.license)] },
            "guestOsFeatures": source.map { _ in .array(GCPImage.features.map { ["type": .string($0)] }) },
            "lastAttachTimestamp": user.map { _ in JSONValue.time(createdAt) } ?? nil,
            "users": user.map { [.link("\(path)/instances/\($0.name)")] },
            "labels": labels.isEmpty ? nil : JSONValue(labels),
            "labelFingerprint": GCPNames.fingerprint(ofLabels: JSONValue(labels)),
            "architecture": source.map { .string($0.architecture) }, "physicalBlockSizeBytes": "4096",
        ]
    }
}

extension GCPTemplate {
    func json(in project: String) -> JSONValue {
        [
            "kind": "compute#instanceTemplate", "id": .id(id), "creationTimestamp": .time(createdAt),
            "name": .string(name), "description": .string(description ?? ""), "properties": properties,
            "selfLink": .link("projects/\(project)/\(path)"),
            "region": place == .global ? nil : .link("projects/\(project)/\(place.path)"),
        ]
    }
}
