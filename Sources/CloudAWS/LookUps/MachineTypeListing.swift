import Cloud
import Provisioning

extension AWSLookUps {
    package var typeListing: TypeListing {
        TypeListing(types: typePage(after: nil), offers: offerPage(after: nil))
    }

    /// Unfiltered: what EC2 calls a past generation may well be what a template was made for, as C5 and M6i are.
    private func typePage(after cursor: String?) -> Call<ListingPage<ListedType>> {
        var query = EC2Query("DescribeInstanceTypes")
        query.set("MaxResults", 100)
        query.set("NextToken", cursor)
        return query.call(.reads) { response in
            let (items, next) = try EC2Reply.page("instanceTypeSet", of: response)
            return ListingPage(try items.compactMap(ListedType.init), next: try following(next, cursor).map(typePage))
        }
    }

    private func offerPage(after cursor: String?) -> Call<ListingPage<TypeOffer>> {
        var query = EC2Query("DescribeInstanceTypeOfferings")
        query.set("LocationType", "availability-zone")
        query.set("MaxResults", 1000)
        query.set("NextToken", cursor)
        return query.call(.reads) { response in
            let (items, next) = try EC2Reply.page("instanceTypeOfferingSet", of: response)
            let offers = try items.map { item in
                guard let type = item.text("instanceType"), let zone = item.text("location") else {
                    throw Unreadable("an offering has no type or location")
                }
                return TypeOffer(type: type, zone: zone)
            }
            return ListingPage(offers, next: try following(next, cursor).map(offerPage))
        }
    }

    private func following(_ next: String?, _ cursor: String?) throws -> String? {
        if let next, next == cursor { throw Unreadable("the same page came twice") }
        return next
    }
}

extension ListedType {
    /// Nil: it is none that a template can mean by its requirements.
    ///
    /// Left out are the same as from the table in `providers/`: shares of a GPU, machines whose point is an
    /// accelerator that is no GPU, which would be taken for plain ones, and those of Apple.
    ///
    /// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceTypeInfo.html
    init?(_ item: XMLElement) throws {
        guard let name = item.text("instanceType"), !name.isEmpty,
            let vcpus = item["vCpuInfo"]?.text("defaultVCpus").flatMap({ Int($0) }),
            let memory = item["memoryInfo"]?.text("sizeInMiB").flatMap({ Int($0) })
        else { throw Unreadable("a type has no name, vCPUs or memory") }
        let architectures = item["processorInfo"]?["supportedArchitectures"]?.children("item").map(\.text) ?? []
        let known = [Architecture.x86, .arm].filter { architectures.contains($0.rawValue) }
        guard let architecture = known.first else { return nil }
        let others = ["inferenceAcceleratorInfo", "neuronInfo", "fpgaInfo", "mediaAcceleratorInfo"]
        if others.contains(where: { item[$0] != nil }) { return nil }
        var type = MachineType(
            name: name, family: String(name.prefix { $0 != "." }), vcpus: vcpus, memoryMiB: memory,
            architecture: architecture,
            maker: ListedType.maker(item["processorInfo"]?.text("manufacturer"), architecture),
            localDiskGiB: item["instanceStorageInfo"]?.text("totalSizeInGB").flatMap { Int($0) } ?? 0,
            isBurstable: item.text("burstablePerformanceSupported") == "true",
            isBareMetal: item.text("bareMetal") == "true")
        if let info = item["gpuInfo"] {
            guard let gpu = MachineType.GPU(info) else { return nil }
            type.gpu = gpu
        }
        let classes = item["supportedUsageClasses"]?.children("item").map(\.text) ?? []
        self.init(
            type, isCurrent: item.text("currentGeneration") != "false",
            markets: Set(Market.allCases.filter { classes.contains($0.rawValue) }))
    }

    /// As the table names them: `aws` for its own.
    private static func maker(_ manufacturer: String?, _ architecture: Architecture) -> String {
        manufacturer?.lowercased() ?? (architecture == .arm ? "aws" : "")
    }
}

extension MachineType.GPU {
    /// Nil: it is a share of one, or none by a maker of GPUs.
    fileprivate init?(_ info: XMLElement) {
        guard let device = info["gpus"]?.children("item").first, let name = device.text("name"),
            ["NVIDIA", "AMD"].contains(device.text("manufacturer")),
            let count = device.text("count").flatMap({ Int($0) }), count > 0,
            let memory = device["memoryInfo"]?.text("sizeInMiB").flatMap({ Int($0) })
        else { return nil }
        // Its maker counts it full, and tells programs of somewhat less.
        self.init(
            name: name.split(separator: " ").joined(separator: "-"), count: count, memoryGiB: (memory + 1023) / 1024)
    }
}
