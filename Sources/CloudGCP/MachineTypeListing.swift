import Cloud
import Provisioning

extension GCPLookUps {
    /// One list a zone: that of all zones at once would be of the whole world.
    package var typeListing: TypeListing {
        let zones = site.zones[...]
        return TypeListing(types: typePage(of: zones, seen: []), offers: offerPage(of: zones))
    }

    /// A type comes once for each zone that has it; the first tells what it is.
    private func typePage(
        of zones: ArraySlice<String>, after cursor: String? = nil, seen: Set<String>
    ) -> Call<ListingPage<ListedType>> {
        page(of: zones, after: cursor) { items, next in
            var seen = seen
            let types = items.filter { seen.insert($0["name"].text ?? "").inserted }.compactMap(ListedType.init)
            return ListingPage(types, next: next.map { typePage(of: $0.zones, after: $0.cursor, seen: seen) })
        }
    }

    private func offerPage(
        of zones: ArraySlice<String>, after cursor: String? = nil
    ) -> Call<ListingPage<TypeOffer>> {
        page(of: zones, after: cursor) { items, next in
            let offers = items.compactMap { item in
                item["name"].text.map { TypeOffer(type: $0, zone: zones.first ?? "") }
            }
            return ListingPage(offers, next: next.map { offerPage(of: $0.zones, after: $0.cursor) })
        }
    }

    private typealias Next = (zones: ArraySlice<String>, cursor: String?)

    private func page<Reply>(
        of zones: ArraySlice<String>, after cursor: String?, read: @escaping @Sendable ([JSONReply], Next?) -> Reply
    ) -> Call<Reply> {
        ComputeCall.get("machineTypes", "list", "zones/\(zones.first ?? "-")/machineTypes")
            .asking("maxResults", "500")
            .asking("pageToken", cursor)
            .call(.reads, at: site) { reply in
                let (items, next) = try ComputeReply.page(reply)
                if let next, next == cursor { throw Unreadable("the same page came twice") }
                let rest = zones.dropFirst()
                return read(items, next.map { (zones, $0) } ?? (rest.isEmpty ? nil : (rest, nil)))
            }
    }
}

extension ListedType {
    /// Nil: it is none that a template can mean by its requirements.
    ///
    /// The API tells less than `providers/gcp/types.yaml` does: not whose processor it is, nor how much memory a GPU
    /// has. What it does not tell is read off the name, and of GPUs that are not known there nothing is said.
    ///
    /// https://cloud.google.com/compute/docs/reference/rest/v1/machineTypes
    init?(_ item: JSONReply) {
        guard let name = item["name"].text, let vcpus = item["guestCpus"].integer,
            let memory = item["memoryMb"].integer
        else { return nil }
        let architecture = item["architecture"].text.flatMap { Architecture(compute: $0) } ?? .x86
        let series = String(name.prefix { $0 != "-" })
        let parts = name.split(separator: "-")
        let size = parts.count > 1 ? String(parts.last ?? "") : ""
        var type = MachineType(
            name: name, family: size.isEmpty ? name : String(name.dropLast(size.count + 1)), vcpus: vcpus,
            memoryMiB: memory, architecture: architecture, maker: ListedType.maker(of: series),
            localDiskGiB: (item["bundledLocalSsds"]["partitionCount"].integer ?? 0) * 375,
            isBurstable: item["isSharedCpu"].boolean ?? false, isBareMetal: name.hasSuffix("-metal"))
        if let accelerator = item["accelerators"].items.first {
            guard let kind = accelerator["guestAcceleratorType"].text,
                let count = accelerator["guestAcceleratorCount"].integer, count > 0,
                let known = ListedType.gpus[kind]
            else { return nil }
            type.gpu = MachineType.GPU(name: known.name, count: count, memoryGiB: known.memory)
        }
        let isCurrent = item["deprecated"]["state"].text == nil
        self.init(type, isCurrent: isCurrent, markets: Set(Market.allCases))
    }

    /// As the table names them.
    private static func maker(of series: String) -> String {
        switch series {
        case "e2": "mixed"
        case "c4a", "n4a": "gcp"
        case "t2a": "ampere"
        case _ where series.hasSuffix("d"): "amd"
        default: "intel"
        }
    }

    /// What `types.yaml` calls them, and the GiB that each has.
    private static let gpus: [String: (name: String, memory: Int)] = [
        "nvidia-l4": ("L4", 24), "nvidia-tesla-a100": ("A100", 40), "nvidia-a100-80gb": ("A100", 80),
        "nvidia-h100-80gb": ("H100", 80), "nvidia-h100-mega-80gb": ("H100", 80), "nvidia-h200-141gb": ("H200", 141),
        "nvidia-rtx-pro-6000": ("RTX-PRO-6000", 96),
    ]
}
