import Provisioning

/// A range of IPv4 addresses: `10.0.0.0/24`.
struct AddressRange: Sendable, Hashable {
    let first: UInt32
    let length: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/")
        guard parts.count == 2, let address = AddressRange.address(String(parts[0])), let length = Int(parts[1]),
            (1...29).contains(length)
        else { return nil }
        first = address & ~(UInt32.max >> UInt32(length))
        self.length = length
    }

    /// Azure keeps the first four and the last to itself.
    var usable: Range<UInt32> { first + 4..<first + (UInt32.max >> UInt32(length)) }

    func contains(_ other: AddressRange) -> Bool {
        other.length >= length && other.first & ~(UInt32.max >> UInt32(length)) == first
    }

    static func address(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4, !parts.contains(nil) else { return nil }
        return parts.reduce(0) { $0 << 8 | UInt32($1 ?? 0) }
    }

    static func text(_ address: UInt32) -> String {
        [24, 16, 8, 0].map { "\(address >> $0 & 255)" }.joined(separator: ".")
    }
}

extension World {
    /// One that is wanted and free, or the first that is free.
    func address(
        _ wanted: String?, in subnet: AzureResource, for card: ResourceID, _ taken: inout Set<UInt32>, at now: Timestamp
    ) throws(ARMError) -> String {
        let prefix =
            subnet.properties["addressPrefix"]?.string ?? subnet.properties["addressPrefixes"]?.array?.first?.string
            ?? ""
        guard let range = AddressRange(prefix) else { throw .subnetFull(subnet.id.name, prefix: prefix, wanted: 1) }
        var used = taken
        let wish = wanted.flatMap(AddressRange.address)
        // Every new card comes by here, and looks at all there are: each is read where it lies, not copied.
        for kept in azure?.subscriptions[subnet.id.subscription.lowercased()]?.resources.values ?? [:].values
        where !kept.resource.addresses.isEmpty && kept.resource.goneAt.map({ $0 <= now }) != true
            && kept.resource.id != card
        {
            for taken in kept.resource.addresses where taken.subnet == subnet.id.key {
                used.insert(taken.address)
                if taken.address == wish {
                    throw .addressTaken(AddressRange.text(taken.address), by: kept.resource.id.text)
                }
            }
        }
        if let wanted, let address = AddressRange.address(wanted) {
            guard range.usable.contains(address) else {
                throw ARMError(
                    "PrivateIPAddressNotInSubnet",
                    "Private static IP address \(wanted) does not belong to the range of subnet prefix \(prefix).")
            }
            taken.insert(address)
            return wanted
        }
        guard let free = range.usable.first(where: { !used.contains($0) }) else {
            throw .subnetFull(subnet.id.name, prefix: prefix, wanted: 1)
        }
        taken.insert(free)
        return AddressRange.text(free)
    }
}
