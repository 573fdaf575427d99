import Provisioning

// Listings of instance types. As every type that is written like one can be launched, each that is asked for by its
// name is there; those of the inventory are listed besides.

extension EC2Face {
    func describeInstanceTypeOfferings(
        _ parameters: QueryParameters, in region: String, world: World
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let filters = try filterTexts(parameters)
        let kind = parameters["LocationType"] ?? "region"
        let zones = world.conditions.zones[region] ?? []
        guard ["region", "availability-zone", "availability-zone-id"].contains(kind) else {
            throw .invalidValue(kind, of: "LocationType")
        }
        var all: [(type: String, place: String)] = []
        for type in types(named: filters) {
            let offering = zones.filter { zone in
                Market.allCases.contains { !world.limits.unoffered.contains(Pool(type: type, zone: zone, market: $0)) }
            }
            switch kind {
            case "region": all += offering.isEmpty ? [] : [(type, region)]
            case "availability-zone": all += offering.map { (type, $0) }
            default: all += offering.map { (type, zoneID($0, in: region)) }
            }
        }
        let listing = EC2Listing<(type: String, place: String)>(fields: [
            "instance-type": { [$0.type] }, "location": { [$0.place] },
        ])
        let page = try listing.page(of: all, parameters, filters)
        return { answer in
            answer.element("instanceTypeOfferingSet") { answer in
                for offering in page.items {
                    answer.element("item") { answer in
                        answer.element("instanceType", offering.type)
                        answer.element("locationType", kind)
                        answer.element("location", offering.place)
                    }
                }
            }
            answer.element("nextToken", page.next)
        }
    }

    func describeInstanceTypes(
        _ parameters: QueryParameters, in region: String, world: World
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let names = parameters.list("InstanceType")
        if let wrong = names.first(where: { !isInstanceType($0) }) {
            throw EC2Error("InvalidInstanceType", "The following supplied instance types do not exist: [\(wrong)]")
        }
        let filters = try filterTexts(parameters)
        let listing = EC2Listing<String>(
            fields: [
                "instance-type": { [$0] }, "processor-info.supported-architecture": { [processor(ofType: $0)] },
                "vcpu-info.default-vcpus": { [String(vcpus(ofType: $0))] },
            ], pageSizes: 5...100)
        let page = try listing.page(of: names.isEmpty ? types(named: filters) : names, parameters, filters)
        return { answer in
            answer.element("instanceTypeSet") { answer in
                for type in page.items { answer.element("item") { $0.write(type: type) } }
            }
            answer.element("nextToken", page.next)
        }
    }

    /// Those of the inventory, and any other that the filters name.
    private func types(named filters: [(name: String, values: [String])]) -> [String] {
        let named = filters.filter { $0.name == "instance-type" }.flatMap(\.values).filter(isInstanceType)
        return Set(Inventory.types + named).sorted()
    }
}

extension XMLText {
    fileprivate mutating func write(type: String) {
        let architecture = processor(ofType: type), facts = TypeFacts(ofType: type)
        element("instanceType", type)
        element("currentGeneration", true)
        element("hypervisor", "nitro")
        element("supportedUsageClasses") { text in
            text.element("item", "on-demand")
            text.element("item", "spot")
        }
        element("processorInfo") { text in
            text.element("supportedArchitectures") { $0.element("item", architecture) }
            text.element("manufacturer", facts.maker)
        }
        element("vCpuInfo") { text in
            let vcpus = vcpus(ofType: type), threads = architecture == "arm64" ? 1 : min(2, vcpus)
            text.element("defaultVCpus", vcpus)
            text.element("defaultCores", vcpus / threads)
            text.element("defaultThreadsPerCore", threads)
        }
        write(facts)
    }

    private mutating func write(_ facts: TypeFacts) {
        element("bareMetal", facts.isBareMetal)
        element("burstablePerformanceSupported", facts.isBurstable)
        element("memoryInfo") { $0.element("sizeInMiB", facts.memoryMiB) }
        element("instanceStorageSupported", facts.localDiskGB > 0)
        if facts.localDiskGB > 0 {
            element("instanceStorageInfo") { $0.element("totalSizeInGB", facts.localDiskGB) }
        }
        guard let gpu = facts.gpu else { return }
        element("gpuInfo") { text in
            text.element("gpus") { text in
                text.element("item") { text in
                    text.element("name", gpu.name)
                    text.element("manufacturer", "NVIDIA")
                    text.element("count", gpu.count)
                    text.element("memoryInfo") { $0.element("sizeInMiB", gpu.memoryMiB) }
                }
            }
            text.element("totalGpuMemoryInMiB", gpu.memoryMiB * gpu.count)
        }
    }
}
