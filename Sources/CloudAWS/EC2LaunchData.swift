import Cloud

/// What a launch template says of a machine, as a structure that another can be laid over.
///
/// EC2 answers it under other names than it takes it by: `blockDeviceMappingSet` is sent as `BlockDeviceMapping.1`.
struct EC2LaunchData: Sendable {
    private var root: EC2Value

    private static let name = "LaunchTemplateData"

    /// As EC2 describes it.
    init(_ described: XMLElement) {
        root = EC2Value(described) ?? .fields([:])
        for name in EC2LaunchData.leftOut { root[name] = nil }
        // An answer says how far the change of it has come.
        root["MetadataOptions"]?["State"] = nil
    }

    /// As it is sent; what is no part of it is passed over.
    init(_ parameters: [(name: String, value: String)]) {
        root = .fields([:])
        for parameter in parameters {
            let path = parameter.name.split(separator: ".").map(String.init)
            if path.first == EC2LaunchData.name { root.set(parameter.value, at: path.dropFirst()) }
        }
    }

    /// Sorted by their names.
    var parameters: [(name: String, value: String)] { root.parameters(named: EC2LaunchData.name) }

    /// Types, markets and who manages it are for the launch to say, or for nobody.
    private static let leftOut = ["InstanceType", "InstanceRequirements", "InstanceMarketOptions", "Operator"]

    // MARK: - One over another

    /// - Parameter placedByLaunch: whether the launch says subnets, so that none may be said here.
    mutating func lay(_ other: EC2LaunchData, placedByLaunch: Bool) {
        var other = other.root
        for name in EC2LaunchData.alternatives where other[name] != nil { root[name] = nil }
        layNetwork(&other)
        root["BlockDeviceMapping"] = EC2Value.merged(
            root["BlockDeviceMapping"], other["BlockDeviceMapping"], by: "DeviceName")
        root["TagSpecification"] = EC2Value.merged(
            root["TagSpecification"], other["TagSpecification"], by: "ResourceType"
        ) { EC2Value.merged($0["Tag"], $1["Tag"], by: "Key").map { .fields(["Tag": $0]) } }
        other["BlockDeviceMapping"] = nil
        other["TagSpecification"] = nil
        root.lay(other)
        guard placedByLaunch, case .items(var interfaces)? = root["NetworkInterface"] else { return }
        for index in interfaces.indices { interfaces[index]["SubnetId"] = nil }
        root["NetworkInterface"] = .items(interfaces)
    }

    /// Structures of which one part stands for the others.
    private static let alternatives = ["IamInstanceProfile", "CapacityReservationSpecification"]

    /// EC2 refuses groups beside an interface, so they go into the first one where either has one.
    private mutating func layNetwork(_ other: inout EC2Value) {
        let mine = root["NetworkInterface"]?.items ?? []
        let theirs = other["NetworkInterface"]?.items ?? []
        if other["SecurityGroupId"] != nil {
            root["SecurityGroupId"] = nil
            root["SecurityGroup"] = nil
        }
        guard !mine.isEmpty || !theirs.isEmpty else { return }
        let groups = other["SecurityGroupId"] ?? root["SecurityGroupId"]
        other["SecurityGroupId"] = nil
        root["SecurityGroupId"] = nil
        other["NetworkInterface"] = nil
        var interfaces = mine.isEmpty ? [.fields(["DeviceIndex": .value("0")])] : mine
        // The one that a machine is reached by, wherever it stands in the list.
        let first = interfaces.firstIndex { $0["DeviceIndex"] == .value("0") } ?? 0
        if let groups { interfaces[first]["SecurityGroupId"] = groups }
        if let wish = theirs.first { interfaces[first].lay(wish) }
        root["NetworkInterface"] = .items(interfaces)
    }
}

/// A parameter of EC2: a value, a structure of named ones, or a list.
indirect enum EC2Value: Hashable, Sendable {
    case value(String)
    case fields([String: EC2Value])
    case items([EC2Value])

    subscript(name: String) -> EC2Value? {
        get {
            guard case .fields(let fields) = self else { return nil }
            return fields[name]
        }
        set {
            guard case .fields(var fields) = self else { return }
            fields[name] = newValue
            self = .fields(fields)
        }
    }

    var items: [EC2Value] {
        guard case .items(let items) = self else { return [] }
        return items
    }

    /// A structure is laid over field by field; a value or a list replaces what is there.
    mutating func lay(_ other: EC2Value) {
        guard case .fields(var mine) = self, case .fields(let theirs) = other else {
            self = other
            return
        }
        for (name, value) in theirs {
            if mine[name] == nil { mine[name] = value } else { mine[name]?.lay(value) }
        }
        self = .fields(mine)
    }

    /// Two lists whose items are the same where they have the same value for a key; later ones come behind.
    static func merged(
        _ mine: EC2Value?, _ theirs: EC2Value?, by key: String,
        _ merge: (EC2Value, EC2Value) -> EC2Value? = { _, theirs in theirs }
    ) -> EC2Value? {
        guard let theirs else { return mine }
        var items = mine?.items ?? []
        for item in theirs.items {
            if let index = items.firstIndex(where: { $0[key] != nil && $0[key] == item[key] }) {
                if let merged = merge(items[index], item) { items[index].lay(merged) }
            } else {
                items.append(item)
            }
        }
        return .items(items)
    }

    // MARK: - As it is sent

    mutating func set(_ value: String, at path: ArraySlice<String>) {
        guard let name = path.first else {
            self = .value(value)
            return
        }
        if let number = Int(name) {
            var items = self.items
            while items.count < number { items.append(.fields([:])) }
            items[number - 1].set(value, at: path.dropFirst())
            self = .items(items)
        } else {
            if case .fields = self {} else { self = .fields([:]) }
            var part = self[name] ?? .fields([:])
            part.set(value, at: path.dropFirst())
            self[name] = part
        }
    }

    func parameters(named name: String) -> [(name: String, value: String)] {
        switch self {
        case .value(let value): [(name, value)]
        case .fields(let fields):
            fields.sorted { $0.key < $1.key }.flatMap { $0.value.parameters(named: "\(name).\($0.key)") }
        case .items(let items):
            items.enumerated().flatMap { $0.element.parameters(named: "\(name).\($0.offset + 1)") }
        }
    }
}

// MARK: - As it is answered

extension EC2Value {
    /// Nil: there is nothing in it.
    ///
    /// - Parameter list: what it is an item of.
    init?(_ element: XMLElement, of list: String? = nil) {
        let children = element.children()
        if children.isEmpty {
            if element.text.isEmpty { return nil }
            self = .value(element.text)
        } else if children.allSatisfy({ $0.name == "item" }) {
            self = .items(children.compactMap { EC2Value($0, of: element.name) })
        } else {
            var fields: [String: EC2Value] = [:]
            for child in children {
                guard let name = EC2Value.sentName(of: child.name, in: list) else { continue }
                if let value = EC2Value(child) { fields[name] = value }
            }
            self = .fields(fields)
        }
    }

    /// With a capital, and without the `Set` that lists end in; but for the few that are called otherwise.
    ///
    /// Nil: it is not sent at all.
    private static func sentName(of name: String, in list: String?) -> String? {
        switch (name, list) {
        case ("groupSet", _): return "SecurityGroupId"
        case ("licenseSet", _): return "LicenseSpecification"
        case ("privateIpAddressesSet", "secondaryInterfaceSet"): return "PrivateIpAddress"
        // The interface says it of all its addresses: `PrimaryIpv6`.
        case ("isPrimaryIpv6", _): return nil
        default:
            let start = name.hasSuffix("Set") ? name.dropLast(3) : name[...]
            return start.prefix(1).uppercased() + start.dropFirst()
        }
    }
}
