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
        let facts = TypeFacts(ofType: type), vcpus = Double(vcpus(ofType: type)), memory = Double(facts.memoryMiB)
        let allowed = list("AllowedInstanceType"), excluded = list("ExcludedInstanceType")
        return isWithin("VCpuCount", vcpus) && isWithin("MemoryMiB", memory)
            && isWithin("MemoryGiBPerVCpu", memory / 1024 / vcpus)
            && (allowed.isEmpty || allowed.contains { fits(type, $0) }) && !excluded.contains { fits(type, $0) }
            && isAsked("BurstablePerformance", facts.isBurstable, otherwise: "excluded")
            && isAsked("BareMetal", facts.isBareMetal, otherwise: "excluded")
            && isAsked("LocalStorage", facts.localDiskGB > 0, otherwise: "included")
            && isOneOf("CpuManufacturer", facts.maker == "AWS" ? "amazon-web-services" : facts.maker.lowercased())
            && isOneOf("InstanceGeneration", "current") && hasAccelerators(facts.gpu)
    }

    /// Types with accelerators cost so much more that they are taken only where somebody asks for them.
    private func hasAccelerators(_ gpu: TypeFacts.GPU?) -> Bool {
        guard parameters.keys.contains(where: { $0.hasPrefix("Accelerator") }) else { return gpu == nil }
        return isWithin("AcceleratorCount", Double(gpu?.count ?? 0))
            && isWithin("AcceleratorTotalMemoryMiB", Double((gpu?.count ?? 0) * (gpu?.memoryMiB ?? 0)))
            && isOneOf("AcceleratorName", gpu?.name.lowercased() ?? "none")
            && isOneOf("AcceleratorType", gpu == nil ? "none" : "gpu")
            && isOneOf("AcceleratorManufacturer", gpu == nil ? "nobody" : "nvidia")
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
}
