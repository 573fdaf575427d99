/// What may be required of a type in place of naming one: `VCpuCount.Min`, `MemoryMiB.Max`, `CpuManufacturer.1`, …
package struct InstanceNeeds: Sendable, Hashable {
    package var parameters: [String: String]

    package init(_ parameters: [String: String]) { self.parameters = parameters }

    /// Those of the inventory that have everything; only of the image's architecture, where that is known.
    package func types(forImage image: String) -> [String] {
        let architecture = Inventory.images.first { $0.id == image }?.architecture
        return Inventory.types.filter { type in
            (architecture == nil || processor(ofType: type) == architecture) && areMet(by: type)
        }
    }

    package func areMet(by type: String) -> Bool {
        let vcpus = vcpus(ofType: type), memory = memoryMiB(ofType: type)
        let family = Family(ofType: type)
        let allowed = list("AllowedInstanceType"), excluded = list("ExcludedInstanceType")
        return isWithin("VCpuCount", Double(vcpus)) && isWithin("MemoryMiB", Double(memory))
            && isWithin("MemoryGiBPerVCpu", Double(memory) / 1024 / Double(vcpus))
            && (allowed.isEmpty || allowed.contains { fits(type, $0) }) && !excluded.contains { fits(type, $0) }
            && isAsked("BurstablePerformance", family.isBurstable, otherwise: "excluded")
            && isAsked("BareMetal", type.contains(".metal"), otherwise: "excluded")
            && isAsked("LocalStorage", family.hasDisks, otherwise: "included")
            && isOneOf("CpuManufacturer", family.maker) && isOneOf("InstanceGeneration", "current")
            && hasAccelerators(family)
    }

    /// Types with accelerators cost so much more that they are taken only where somebody asks for them.
    private func hasAccelerators(_ family: Family) -> Bool {
        let asked = parameters.keys.contains { $0.hasPrefix("Accelerator") }
        guard asked else { return !family.hasGraphics }
        return isWithin("AcceleratorCount", family.hasGraphics ? 1 : 0)
            && isOneOf("AcceleratorType", family.hasGraphics ? "gpu" : "none")
            && isOneOf("AcceleratorManufacturer", family.hasGraphics ? "nvidia" : "nobody")
    }

    private func isWithin(_ name: String, _ value: Double) -> Bool {
        let least = parameters["\(name).Min"].flatMap(Double.init) ?? 0
        let most = parameters["\(name).Max"].flatMap(Double.init) ?? .infinity
        return least <= value && value <= most
    }

    private func isAsked(_ name: String, _ has: Bool, otherwise: String) -> Bool {
        switch parameters[name] ?? otherwise {
        case "required": has
        case "excluded": !has
        default: true
        }
    }

    private func isOneOf(_ name: String, _ value: String) -> Bool {
        let wanted = list(name)
        return wanted.isEmpty || wanted.contains(value)
    }

    private func list(_ name: String) -> [String] {
        parameters.filter { $0.key.hasPrefix("\(name).") }.map(\.value)
    }

    /// What the letters of a type tell.
    private struct Family {
        let isBurstable, hasDisks, hasGraphics: Bool
        let maker: String

        init(ofType type: String) {
            let family = type.prefix { $0 != "." }
            let letters = family.prefix(while: \.isLetter)
            let rest = family.drop(while: \.isLetter).drop(while: \.isNumber)
            isBurstable = letters == "t"
            hasGraphics = letters == "g" || letters == "p"
            hasDisks = rest.contains("d") || hasGraphics || letters.hasPrefix("i")
            maker =
                processor(ofType: type) == "arm64"
                ? "amazon-web-services" : rest.contains("a") || family == "g5" || family == "g6" ? "amd" : "intel"
        }
    }
}

/// How much memory a type has: so much for each vCPU, by its family. As with the vCPUs, right for most.
package func memoryMiB(ofType type: String) -> Int {
    let letters = type.prefix(while: \.isLetter)
    let size = type.split(separator: ".").last ?? ""
    if letters == "t" {
        switch size {
        case "nano": return 512
        case "micro": return 1024
        case "small": return 2048
        case "medium": return 4096
        case "large": return 8192
        default: return vcpus(ofType: type) * 4096
        }
    }
    let perVCPU =
        switch letters {
        case "c": 2048
        case "r", "i": 8192
        case "x", "z": 16384
        default: 4096
        }
    return vcpus(ofType: type) * perVCPU
}
