import Cloud
import Provisioning

// Which sizes there are in a region, what they have, and where this subscription gets them.

extension AzureLookUps {
    /// One listing tells both what a size has and in which zones it is; each is read from it by itself.
    package var typeListing: TypeListing {
        TypeListing(
            types: listing(at: nil) { $0.items.compactMap(ListedType.init) },
            offers: listing(at: nil) { page in
                page.items.flatMap { item in
                    // What a region without zones has is had in no zone in particular.
                    item.openZones(in: site.location).map { TypeOffer(type: item.name, zone: $0) }
                }
            })
    }

    /// Whether the sizes a template names are sold here and to this subscription, and where.
    func sizes(of template: Template) -> LookUp? {
        let wanted = template.offerings.map(\.type).eachOnce
        if wanted.isEmpty { return nil }
        return LookUp(topics(wanted), request.call(.reads) { try step(wanted, after: $0, [], pagesLeft: 50) })
    }

    private func topics(_ sizes: [String]) -> [LookUp.Topic] { sizes.map { LookUp.Topic(.type, $0) } }

    private func step(
        _ wanted: [String], after response: HTTPResponse, _ found: [Finding], pagesLeft: Int
    ) throws -> LookUp.Step {
        let (items, next) = try ARMReply.page(response)
        let here = items.compactMap(Size.init).compactMap { size in
            wanted.first { $0.lowercased() == size.name.lowercased() }
                .map { Finding(.type, $0, size.answer(in: site.location)) }
        }
        let all = found + here
        if let next, pagesLeft > 0 {
            let call = ARMRequest.following(next, action: "ResourceSkus_List") {
                try step(wanted, after: $0, all, pagesLeft: pagesLeft - 1)
            }
            return LookUp.Step(next: [LookUp(topics(wanted), call)])
        }
        let named = Set(all.map(\.name))
        let missing = wanted.filter { !named.contains($0) }
        return LookUp.Step(all + missing.map { Finding(.type, $0, .absent("no size of \(site.location)")) })
    }

    private var request: ARMRequest {
        var request = ARMRequest(
            action: "ResourceSkus_List", method: "GET",
            path: "/subscriptions/\(site.subscription)/providers/Microsoft.Compute/skus", version: .skus)
        request.query = [("$filter", "location eq '\(site.location)'")]
        return request
    }

    private func listing<Item: Sendable>(
        at target: String?, _ read: @escaping @Sendable ((items: [Size], next: String?)) -> [Item]
    ) -> Call<ListingPage<Item>> {
        let page: @Sendable (HTTPResponse) throws -> ListingPage<Item> = { response in
            let (items, next) = try ARMReply.page(response)
            if let next, next == target { throw Unreadable("the same page came twice") }
            let sizes = items.compactMap(Size.init)
            return ListingPage(read((sizes, next)), next: next.map { listing(at: $0, read) })
        }
        if let target { return ARMRequest.following(target, action: "ResourceSkus_List", read: page) }
        return request.call(.reads, read: page)
    }
}

/// A size as the listing of what Compute sells has it.
///
/// https://learn.microsoft.com/rest/api/compute/resource-skus/list
struct Size {
    let name: String
    private let facts: [String: String]
    private let zones: [String]
    private let closedZones: Set<String>
    private let isClosed: Bool

    /// Nil: it is a disk, or whatever else is sold.
    init?(_ item: JSONReply) {
        guard item["resourceType"].text?.lowercased() == "virtualmachines", let name = item["name"].text else {
            return nil
        }
        self.name = name
        facts = Dictionary(
            item["capabilities"].items.compactMap { fact in
                fact["name"].text.map { ($0, fact["value"].text ?? "") }
            }, uniquingKeysWith: { first, _ in first })
        zones = item["locationInfo"].items.flatMap { $0["zones"].items.compactMap(\.text) }.eachOnce.sorted()
        let restrictions = item["restrictions"].items
        isClosed = restrictions.contains { $0["type"].text == "Location" }
        closedZones = Set(
            restrictions.filter { $0["type"].text == "Zone" }
                .flatMap { $0["restrictionInfo", "zones"].items.compactMap(\.text) })
    }

    func fact(_ name: String) -> String? { facts[name] }

    /// Of all disks that come with the host.
    var localDiskMiB: Int {
        ["MaxResourceVolumeMB", "NvmeDiskSizeInMiB"].compactMap { facts[$0].flatMap { Int($0) } }.reduce(0, +)
    }

    /// The zones in which this subscription gets it; the region's own name where that has no zones.
    func openZones(in region: String) -> [String] {
        if isClosed { return [] }
        return zones.isEmpty ? [region] : zones.filter { !closedZones.contains($0) }
    }

    fileprivate func answer(in region: String) -> Finding.Answer {
        if isClosed { return .absent("this subscription does not get it in \(region)") }
        let open = openZones(in: region)
        if open.isEmpty { return .absent("this subscription gets it in no zone of \(region)") }
        return .verified(zones.isEmpty ? "" : "in zones \(open.joined(separator: ", "))")
    }
}

extension ListedType {
    /// Nil: it is none that a template can mean by its requirements.
    ///
    /// Left out are the same as from the table in `providers/`: sizes that take no premium disk, with constrained cores,
    /// isolated and confidential ones, shares of a GPU, and GPUs whose memory the listing does not tell and nobody here
    /// knows.
    init?(_ size: Size) {
        guard let name = AzureSizeName(size.name), let vcpus = size.fact("vCPUs").flatMap({ Int($0) }),
            let memory = size.fact("MemoryGB").flatMap({ Double($0) }), size.fact("PremiumIO") == "True",
            !name.isConstrained, !name.isConfidential
        else { return nil }
        let architecture: Architecture = size.fact("CpuArchitectureType") == "Arm64" ? .arm : .x86
        var type = MachineType(
            name: size.name, family: name.family, vcpus: vcpus, memoryMiB: Int(memory * 1024),
            architecture: architecture, maker: name.maker(architecture),
            localDiskGiB: size.localDiskMiB / 1024,
            isBurstable: name.series == "B")
        if let count = size.fact("GPUs").flatMap({ Int($0) }), count > 0 {
            guard let gpu = name.gpu, vcpus >= gpu.leastVCPUs else { return nil }
            type.gpu = MachineType.GPU(name: gpu.name, count: count, memoryGiB: gpu.memory)
        } else if name.series.hasPrefix("N") {
            return nil
        }
        let isSpot = size.fact("LowPriorityCapable") == "True"
        self.init(type, isCurrent: true, markets: isSpot ? [.onDemand, .spot] : [.onDemand])
    }
}
