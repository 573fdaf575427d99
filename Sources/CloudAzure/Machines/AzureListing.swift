import Cloud
import Provisioning

/// Lists the machines of our resource group, and then where those can be reached that run.
///
/// Azure cannot list machines by their tags: all of the group are read, and those of others passed over. A machine
/// knows only the names of its cards; these, and public addresses if there are any, are listings of their own.
struct AzureListing {
    let site: AzureSite
    let query: FleetQuery

    /// What a page is about, so that the one after it can be asked for by its cursor alone.
    private enum Cursor {
        /// - hasRunning: whether a machine of ours on an earlier page runs.
        case machines(String, hasRunning: Bool)
        case cards(String, holders: [String: String])
        case addresses(String, holders: [String: String])

        init(_ text: String) throws {
            let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { throw Unreadable("`\(text)` is no place in a listing") }
            var holders: [String: String] {
                let pairs = parts[2].split(separator: ",").map { $0.split(separator: "=", maxSplits: 1) }
                return Dictionary(
                    pairs.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) },
                    uniquingKeysWith: { a, _ in a })
            }
            switch parts[0] {
            case "machines": self = .machines(parts[1], hasRunning: parts[2] == "running")
            case "cards": self = .cards(parts[1], holders: holders)
            case "addresses": self = .addresses(parts[1], holders: holders)
            default: throw Unreadable("`\(text)` is no place in a listing")
            }
        }

        var text: String {
            func write(_ holders: [String: String]) -> String {
                holders.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
            }
            return switch self {
            case .machines(let target, let hasRunning): "machines \(target) \(hasRunning ? "running" : "none")"
            case .cards(let target, let holders): "cards \(target) \(write(holders))"
            case .addresses(let target, let holders): "addresses \(target) \(write(holders))"
            }
        }
    }

    func page(after cursor: String?) throws -> Call<Page> {
        switch try cursor.map(Cursor.init) {
        case nil: machines(at: nil, hasRunning: false)
        case .machines(let target, let hasRunning): machines(at: target, hasRunning: hasRunning)
        case .cards(let target, let holders): cards(at: target.isEmpty ? nil : target, holders)
        case .addresses(let target, let holders): addresses(at: target.isEmpty ? nil : target, holders)
        }
    }

    private func listing(
        _ action: String, _ rest: String, _ version: ARMRequest.APIVersion, at target: String?,
        read: @escaping @Sendable (HTTPResponse) throws -> Page
    ) -> Call<Page> {
        if let target { return ARMRequest.following(target, action: action, read: read) }
        return ARMRequest(action: action, method: "GET", path: site.requestPath(rest), version: version)
            .call(.reads, read: read)
    }

    private func machines(at target: String?, hasRunning: Bool) -> Call<Page> {
        let query = query
        return listing("VirtualMachines_List", "Microsoft.Compute/virtualMachines", .compute, at: target) { response in
            let (items, next) = try ARMReply.page(response)
            let ours = try items.map(AzureListing.instance).filter { query.wants($0) }
            let running = hasRunning || ours.contains { $0.state == .running }
            let cursor: Cursor? =
                next.map { .machines($0, hasRunning: running) } ?? (running ? .cards("", holders: [:]) : nil)
            return Page(instances: ours, next: cursor?.text)
        }
    }

    private func cards(at target: String?, _ known: [String: String]) -> Call<Page> {
        listing("NetworkInterfaces_List", "Microsoft.Network/networkInterfaces", .network, at: target) { response in
            let (items, next) = try ARMReply.page(response)
            var page = Page(instances: [])
            var holders = known
            for card in items {
                guard let machine = card["properties", "virtualMachine", "id"].text?.lastName else { continue }
                for configuration in card["properties", "ipConfigurations"].items {
                    let properties = configuration["properties"]
                    if let address = properties["publicIPAddress", "id"].text?.lastName { holders[address] = machine }
                    if properties["privateIPAddressVersion"].text == "IPv6" { continue }
                    let id = Instance.ID(machine)
                    if page.addresses[id] == nil, let address = properties["privateIPAddress"].text {
                        page.addresses[id] = .init(privateIP: address)
                    }
                }
            }
            let cursor: Cursor? =
                next.map { .cards($0, holders: holders) } ?? (holders.isEmpty ? nil : .addresses("", holders: holders))
            page.next = cursor?.text
            return page
        }
    }

    private func addresses(at target: String?, _ holders: [String: String]) -> Call<Page> {
        listing("PublicIPAddresses_List", "Microsoft.Network/publicIPAddresses", .network, at: target) { response in
            let (items, next) = try ARMReply.page(response)
            var page = Page(instances: [])
            for address in items {
                guard let machine = address["name"].text.flatMap({ holders[$0.lowercased()] }),
                    let text = address["properties", "ipAddress"].text
                else { continue }
                page.addresses[Instance.ID(machine)] = .init(publicIP: text)
            }
            page.next = next.map { Cursor.addresses($0, holders: holders).text }
            return page
        }
    }
}

// MARK: - Reading

extension AzureListing {
    /// A machine goes by its name, which is the same in any case: Azure does not always keep that.
    @Sendable static func instance(_ item: JSONReply) throws -> Instance {
        let properties = item["properties"]
        let name = try item.required("name").lowercased()
        let type = properties["hardwareProfile", "vmSize"].text ?? ""
        var instance = Instance(
            id: Instance.ID(name), state: .init(azure: properties["provisioningState"].text), type: type)
        // What was low priority once is called spot now.
        instance.market = ["spot", "low"].contains(properties["priority"].text?.lowercased()) ? .spot : .onDemand
        instance.zone = item["zones"].items.first?.text
        instance.launchedAt = properties["timeCreated"].text.flatMap { Timestamp(azure: $0) }
        if let fault = faults(in: properties["instanceView", "statuses"], status: 200).first {
            instance.stateCode = fault.code
            instance.stateReason = fault.message
        }
        for (key, value) in item["tags"].texts where key.hasPrefix(OurTag.prefix) { instance.tags[key] = value }
        return instance
    }

    /// `ProvisioningState/failed/AllocationFailed` in an instance view.
    static func faults(in statuses: JSONReply, status: Int) -> [Fault] {
        statuses.items.compactMap { item in
            let parts = (item["code"].text ?? "").split(separator: "/").map(String.init)
            guard parts.count >= 2, parts[0] == "ProvisioningState", parts[1].lowercased() == "failed" else {
                return nil
            }
            let message = item["message"].text ?? item["displayStatus"].text ?? ""
            return Fault(status: status, code: parts.count > 2 ? parts[2] : nil, message: message)
        }
    }
}

extension FleetQuery {
    fileprivate func wants(_ instance: Instance) -> Bool {
        switch self {
        case .requests(let ids): instance.tags[OurTag.request].map { ids.contains(Request.ID($0)) } ?? false
        case .token(let token): instance.tags[OurTag.token] == token.text
        case .ours: instance.tags[OurTag.owner] != nil
        }
    }
}

extension Instance.State {
    /// Azure has no end of a machine but that it is not there any more.
    ///
    /// https://learn.microsoft.com/azure/virtual-machines/states-billing#provisioning-states
    fileprivate init(azure state: String?) {
        switch state?.lowercased() {
        case "succeeded": self = .running
        case "failed", "canceled": self = .broken
        case "deleting": self = .terminating
        // Creating, Updating, Migrating, and whatever may come.
        default: self = .pending
        }
    }
}

extension String {
    /// The last part of an id, in lower case.
    fileprivate var lastName: String? { split(separator: "/").last?.lowercased() }
}
