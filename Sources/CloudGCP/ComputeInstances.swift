import Cloud
import Provisioning

/// What every API of Compute Engine has in common: how instances are listed, ended and asked about.
///
/// An instance's id is its zone and its name: `us-central1-a/muster-06fz3k9q2m7w1c4d-0001`.
protocol ComputeInstances: ProviderStrategy {
    var site: GCPSite { get }
}

extension ComputeInstances {
    /// Of all zones at once, filtered by our labels.
    package func observe(_ query: FleetQuery, after cursor: String?) throws -> Call<Page> {
        let region = site.region
        return ComputeCall.get("instances", "aggregatedList", "aggregated/instances")
            .asking("filter", Self.filter(query))
            .asking("maxResults", "500")
            .asking("pageToken", cursor)
            .call(.reads, at: site) { reply in
                let (items, next) = try ComputeReply.aggregated("instances", reply)
                let instances = try items.map { try Instance(compute: $0) }
                // Another account of the same project may work in another region.
                return Page(
                    instances: instances.filter { $0.zone?.hasPrefix("\(region)-") ?? false }, next: next)
            }
    }

    /// https://cloud.google.com/compute/docs/reference/rest/v1/instances/aggregatedList
    private static func filter(_ query: FleetQuery) -> String {
        switch query {
        case .requests(let ids):
            let label = GCPLabels.key(of: OurTag.request)
            return ids.map { "(labels.\(label) = \"\(GCPLabels.spelled($0.text))\")" }.joined(separator: " OR ")
        case .token(let token):
            return "labels.\(GCPLabels.key(of: OurTag.token)) = \"\(GCPLabels.spelled(token.text))\""
        case .ours: return "labels.\(GCPLabels.key(of: OurTag.owner)):*"
        }
    }

    /// One by one: there is no call that ends several.
    package func terminations(_ instances: [Instance.ID], token: IntentToken) throws -> [Call<Void>] {
        try instances.map { id in
            var call: Call<Void> = try ComputeCall("instances", "delete", "DELETE", Self.path(of: id))
                .asking("requestId", requestID(token, "delete/\(id)"))
                // Whether it comes to anything is seen by looking.
                .call(.changes, at: site) { _ = try ComputeOperation($0) }
            call.machines = 1
            call.consent = { $0.status == 404 ? () : nil }
            return call
        }
    }

    /// `zones/us-central1-a/instances/muster-1-0001`
    static func path(of id: Instance.ID) throws -> String {
        let parts = id.text.split(separator: "/")
        guard parts.count == 2 else { throw Unreadable("`\(id)` is no zone and name of an instance") }
        return "zones/\(parts[0])/instances/\(parts[1])"
    }

    /// The region itself: whoever may launch there may look at it.
    package func probe() throws -> Call<Void> {
        ComputeCall.get("regions", "get", "regions/\(site.region)").call(.reads, at: site) {
            _ = try $0.required("name")
        }
    }

    // MARK: - Why it did not come up

    /// The operation that was to make it says so; of many in one zone one list does.
    package func reasons(for instances: [Granted]) throws -> [Call<[InstanceFault]>] {
        let asked = instances.compactMap { granted in granted.operation.map { (granted.instance, $0) } }
        let zones = Dictionary(grouping: asked) { $0.1.part(after: "zones") ?? "" }
        return zones.sorted { $0.key < $1.key }.flatMap { zone, asked -> [Call<[InstanceFault]>] in
            guard asked.count > Self.askedOneByOne, !zone.isEmpty else {
                return asked.map { reason(for: $0, by: $1) }
            }
            return asked.chunked(by: Self.operationsOfOneList).map { reasons(for: $0, in: zone) }
        }
    }

    private static var askedOneByOne: Int { 5 }
    private static var operationsOfOneList: Int { 50 }

    private func reason(for instance: Instance.ID, by operation: String) -> Call<[InstanceFault]> {
        var call = ComputeCall.get("zoneOperations", "get", operation).call(.reads, at: site) { reply in
            Self.faults(of: try ComputeOperation(reply), instance)
        }
        // One that was forgotten says nothing.
        call.consent = { $0.status == 404 ? [] : nil }
        return call
    }

    private func reasons(for asked: [(Instance.ID, String)], in zone: String) -> Call<[InstanceFault]> {
        let instances = Dictionary(asked.map { ($1.lastPart, $0) }, uniquingKeysWith: { first, _ in first })
        return ComputeCall.get("zoneOperations", "list", "zones/\(zone)/operations")
            .asking("filter", asked.map { "(name = \"\($1.lastPart)\")" }.joined(separator: " OR "))
            .asking("maxResults", "500")
            .call(.reads, at: site) { reply in
                try ComputeReply.page(reply).items.flatMap { item in
                    let operation = try ComputeOperation(item)
                    return instances[operation.name].map { Self.faults(of: operation, $0) } ?? []
                }
            }
    }

    private static func faults(of operation: ComputeOperation, _ instance: Instance.ID) -> [InstanceFault] {
        operation.isDone ? operation.faults.prefix(1).map { InstanceFault(instance, $0) } : []
    }
}

extension Instance {
    init(compute item: JSONReply) throws {
        guard let name = item["name"].text, let zone = item["zone"].text?.lastPart, let status = item["status"].text,
            let state = Instance.State(compute: status)
        else { throw Unreadable("an instance has no name or zone, or a status that Compute Engine does not have") }
        self.init(
            id: .init("\(zone)/\(name)"), state: state, type: item["machineType"].text?.lastPart ?? "",
            market: item["scheduling"].isSpot ? .spot : .onDemand)
        self.zone = zone
        self.name = name
        let interface = item["networkInterfaces"].items.first
        privateIP = interface?["networkIP"].text
        publicIP = interface?["accessConfigs"].items.lazy.compactMap { $0["natIP"].text }.first
        launchedAt = item["creationTimestamp"].text.flatMap { Timestamp(compute: $0) }
        if let words = item["statusMessage"].text, !words.isEmpty { stateReason = words }
        tags = GCPLabels.tags(in: item["labels"].texts)
    }
}

extension JSONReply {
    /// An older way of the same was called preemptible.
    fileprivate var isSpot: Bool { self["provisioningModel"].text == "SPOT" || self["preemptible"].boolean == true }
}

extension Instance.State {
    /// https://cloud.google.com/compute/docs/instances/instance-lifecycle
    fileprivate init?(compute status: String) {
        switch status {
        case "PENDING", "PROVISIONING", "STAGING": self = .pending
        case "RUNNING", "REPAIRING": self = .running
        case "PENDING_STOP", "STOPPING", "SUSPENDING": self = .stopping
        // It still has its disks. What is deleted is in no list any more, and so is what was preempted: it is launched
        // to be deleted then.
        case "STOPPED", "TERMINATED", "SUSPENDED": self = .stopped
        case "DEPROVISIONING": self = .terminating
        default: return nil
        }
    }
}
