import Provisioning

/// A type of machines, by its name: one of the predefined, or a custom one that says what it has.
package struct GCPMachineType: Sendable, Hashable {
    package let name: String
    package let vcpus: Int
    package let memoryMB: Int
    package var gpu: String?
    package var gpus = 0
    package var isARM = false

    /// `n2` for `n2-standard-4`
    package var series: String { String(name.prefix { $0 != "-" }) }
    package var isShared: Bool { ["e2-micro", "e2-small", "e2-medium", "f1-micro", "g1-small"].contains(name) }

    /// Every predefined type, in the order of the table.
    package static let predefined: [GCPMachineType] = {
        var lines: [String] = []
        for line in table.split(separator: "\n") {
            if line.hasPrefix(" "), let last = lines.popLast() {
                lines.append(last + " " + line.drop { $0 == " " })
            } else {
                lines.append(String(line))
            }
        }
        return lines.flatMap(family)
            + [
                GCPMachineType(name: "f1-micro", vcpus: 1, memoryMB: 614),
                GCPMachineType(name: "g1-small", vcpus: 1, memoryMB: 1740),
            ]
    }()

    private static let byName = Dictionary(uniqueKeysWithValues: predefined.map { ($0.name, $0) })

    /// Nil: there is no such type.
    package static func named(_ name: String) -> GCPMachineType? { byName[name] ?? custom(name) }

    private static func family(_ line: String) -> [GCPMachineType] {
        let head = line.prefix { $0 != ":" }.split(separator: " ")
        let perVCPU = Double(head[1]) ?? 4
        let extras = head.dropFirst(2)
        return line.dropFirst(line.prefix { $0 != ":" }.count + 1).split(separator: " ").map { token in
            let size = token.prefix { !"=/*".contains($0) }
            func part(_ mark: Character) -> Double? {
                guard let at = token.firstIndex(of: mark) else { return nil }
                return Double(token[token.index(after: at)...].prefix { !"=/*".contains($0) })
            }
            let vcpus = Int(part("=") ?? Double(size) ?? 2)
            var type = GCPMachineType(
                name: "\(head[0])-\(size)", vcpus: vcpus,
                memoryMB: Int((part("/") ?? Double(vcpus) * perVCPU) * 1024))
            type.isARM = extras.contains("arm64")
            if let gpu = extras.first(where: { $0 != "arm64" }) {
                type.gpu = String(gpu)
                type.gpus = Int(part("*") ?? 1)
            }
            return type
        }
    }

    /// `n2-custom-4-8192`, `custom-4-8192-ext`: vCPUs and MiB.
    private static func custom(_ name: String) -> GCPMachineType? {
        var parts = name.split(separator: "-").map(String.init)
        if parts.last == "ext" { parts.removeLast() }
        let series = parts.first == "custom" ? "n1" : parts.removeFirst()
        guard ["n1", "n2", "n2d", "n4", "e2", "g2", "n4a", "n4d"].contains(series), parts.count == 3,
            parts[0] == "custom",
            let memory = Int(parts[2]), memory > 0, memory % 256 == 0
        else { return nil }
        if series == "e2", let vcpus = ["micro": 2, "small": 2, "medium": 2][parts[1]] {
            return GCPMachineType(name: name, vcpus: vcpus, memoryMB: memory)
        }
        guard let vcpus = Int(parts[1]), vcpus == 1 || vcpus % 2 == 0 && (2...224).contains(vcpus) else { return nil }
        return GCPMachineType(name: name, vcpus: vcpus, memoryMB: memory)
    }
}

// MARK: - Quotas

/// What a project's use of a region is counted by, and where it is counted: `N2_CPUS` in `us-central1`.
package struct GCPMetric: Sendable, Hashable {
    package var name: String
    /// `global` where the count is of all regions.
    package var region: String
}

extension GCPMachineType {
    /// Families of old share a metric; the others have their own.
    package var metric: String {
        ["n1", "e2", "f1", "g1", "custom"].contains(series) ? "CPUS" : series.uppercased() + "_CPUS"
    }

    /// `NVIDIA_T4_GPUS` for `nvidia-tesla-t4`
    package static func metric(ofGPU name: String) -> String {
        if name.hasPrefix("nvidia-h100") { return "NVIDIA_H100_GPUS" }
        let words = name.split(separator: "-").filter { $0 != "tesla" && $0 != "nvidia" }
        return "NVIDIA_" + words.joined(separator: "_").uppercased() + "_GPUS"
    }
}

extension GCPInstance {
    /// What it counts for.
    package var demand: [GCPMetric: Int] { GCPInstance.demand(type, market, resource, region: region) }

    package static func demand(
        _ type: String, _ market: Market, _ resource: JSONValue, region: String
    ) -> [GCPMetric: Int] {
        let machine = GCPMachineType.named(type)
        let vcpus = machine?.vcpus ?? 2
        var demand: [GCPMetric: Int] = [
            GCPMetric(name: machine?.metric ?? "CPUS", region: region): vcpus,
            GCPMetric(name: "CPUS_ALL_REGIONS", region: "global"): vcpus,
            GCPMetric(name: "INSTANCES", region: region): 1,
        ]
        if market == .spot { demand[GCPMetric(name: "PREEMPTIBLE_CPUS", region: region)] = vcpus }
        func addGPUs(_ count: Int, _ name: String) {
            let metric = GCPMachineType.metric(ofGPU: name)
            let own = market == .spot ? "PREEMPTIBLE_" + metric : metric
            demand[GCPMetric(name: own, region: region), default: 0] += count
            demand[GCPMetric(name: "GPUS_ALL_REGIONS", region: "global"), default: 0] += count
        }
        if let gpu = machine?.gpu, let count = machine?.gpus { addGPUs(count, gpu) }
        for accelerator in resource["guestAccelerators"]?.array ?? [] {
            addGPUs(
                accelerator["acceleratorCount"]?.wholeNumber ?? 1,
                gcpName(accelerator["acceleratorType"]?.string ?? ""))
        }
        for interface in resource["networkInterfaces"]?.array ?? [] {
            if let name = interface["subnetwork"]?.string.map(gcpName) {
                demand[GCPMetric(name: "subnetworks/\(name)", region: region), default: 0] += 1
            }
            if interface["accessConfigs"]?.array?.isEmpty == false {
                demand[GCPMetric(name: "IN_USE_ADDRESSES", region: region), default: 0] += 1
            }
        }
        return demand
    }
}
