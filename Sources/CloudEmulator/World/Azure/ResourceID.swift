/// The path by which Azure knows a resource; one that differs in case alone is the same.
package struct ResourceID: Sendable, Hashable {
    package let subscription: String
    package let group: String
    /// `Microsoft.Compute`
    package let namespace: String
    /// `virtualNetworks`, `subnets`
    package let types: [String]
    package let names: [String]
    package let text: String
    /// What it is kept under.
    package let key: String

    package init(_ subscription: String, _ group: String, _ namespace: String, _ path: [(type: String, name: String)]) {
        self.subscription = subscription
        self.group = group
        self.namespace = namespace
        types = path.map(\.type)
        names = path.map(\.name)
        text =
            "/subscriptions/\(subscription)/resourceGroups/\(group)/providers/\(namespace)"
            + path.map { "/\($0.type)/\($0.name)" }.joined()
        key = text.lowercased()
    }

    package init(_ subscription: String, _ group: String, _ kind: AzureResource.Kind, _ names: String...) {
        let parts = kind.rawValue.split(separator: "/").map(String.init)
        self.init(subscription, group, parts[0], Array(zip(parts.dropFirst(), names)).map { ($0, $1) })
    }

    /// Nil: it is no id of a resource in a group.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 9, parts.count % 2 == 1, parts[0].isEmpty, parts[1].lowercased() == "subscriptions",
            parts[3].lowercased() == "resourcegroups", parts[5].lowercased() == "providers",
            !parts.dropFirst().contains("")
        else { return nil }
        let path = stride(from: 7, to: parts.count, by: 2).map { (parts[$0], parts[$0 + 1]) }
        self.init(parts[2], parts[4], parts[6], path)
    }

    package var name: String { names.last ?? "" }
    /// `Microsoft.Network/virtualNetworks/subnets`
    package var type: String { ([namespace] + types).joined(separator: "/") }
    /// `Microsoft.Network/virtualNetworks/a/subnets/b`, as a resource that is missing is called.
    var kindAndNames: String { namespace + zip(types, names).map { "/\($0)/\($1)" }.joined() }
    /// Of a subnet: its network.
    package var parent: ResourceID? {
        types.count < 2
            ? nil : ResourceID(subscription, group, namespace, Array(zip(types, names).dropLast()).map { ($0, $1) })
    }

    package static func == (a: Self, b: Self) -> Bool { a.key == b.key }
    package func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

/// By its parts, so that what is saved can be read whatever its names are.
extension ResourceID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let parts = try container.decode([String].self)
        guard parts.count >= 5, parts.count % 2 == 1 else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no id of a resource: \(parts)")
        }
        let path = stride(from: 3, to: parts.count, by: 2).map { (parts[$0], parts[$0 + 1]) }
        self.init(parts[0], parts[1], parts[2], path)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode([subscription, group, namespace] + zip(types, names).flatMap { [$0, $1] })
    }
}
