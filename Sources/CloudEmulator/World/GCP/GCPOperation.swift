import Provisioning

/// Something the cloud was told to do: it is answered at once, and done later.
package struct GCPOperation: Sendable, Codable {
    package let id: UInt64
    package let name: String
    package let place: GCPPlace
    /// `insert`, `delete`, `bulkInsert`, `compute.instanceGroupManagers.resize`
    package let type: String
    /// `projects/p/zones/z/instances/i`
    package let target: String?
    package let targetID: UInt64?
    package let user: String
    /// The requestId that it came by.
    package var clientID: String?
    /// What it shares with the operations that it made.
    package var groupID: String?
    package let insertedAt: Timestamp
    package let startsAt: Timestamp
    package var endsAt: Timestamp
    package var errors: [GCPProblem] = []
    /// What became of a bulk insertion, by `zones/us-central1-a`.
    package var bulk: [String: GCPBulkCount]?

    package enum Status: String, Sendable { case pending = "PENDING", running = "RUNNING", done = "DONE" }

    package func status(at now: Timestamp) -> Status {
        if endsAt <= now { return .done }
        return startsAt <= now ? .running : .pending
    }

    package var key: String { GCPProject.key(place.path, name) }
}

/// How many of a bulk insertion came up in one place.
package struct GCPBulkCount: Sendable, Codable, Hashable {
    package var target: Int
    package var created: Int
    package var failed: Int
    package var deleted: Int
}

/// Why an operation failed, in the API's codes and words.
package struct GCPProblem: Sendable, Codable, Hashable, Error {
    package var code: String
    package var message: String
    /// As a call would have been answered: 503 `SERVICE UNAVAILABLE`.
    package var status: Int
    package var statusText: String
    /// What the details say besides: the zone, the type, the metric.
    package var facts: [String: String] = [:]
    /// Nil: not a matter of quota.
    package var quota: Quota?

    package struct Quota: Sendable, Codable, Hashable {
        package var metric: String
        package var region: String
        package var limit: Int
    }

    package init(
        _ code: String, _ message: String, status: Int, _ statusText: String, facts: [String: String] = [:],
        quota: Quota? = nil
    ) {
        self.code = code
        self.message = message
        self.status = status
        self.statusText = statusText
        self.facts = facts
        self.quota = quota
    }
}

extension GCPProblem {
    static func exhausted(_ project: String, zone: String, type: String, market: Market) -> GCPProblem {
        GCPProblem(
            "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS",
            "The zone 'projects/\(project)/zones/\(zone)' does not have enough resources available to fulfill the "
                + "request.  '(resource type:compute)'.",
            status: 503, "SERVICE UNAVAILABLE",
            facts: [
                "zones": zone, "vmType": type, "attachment": "",
                "provisioningModel": market == .spot ? "SPOT" : "STANDARD",
            ])
    }

    static func quotaExceeded(_ metric: String, region: String, limit: Int) -> GCPProblem {
        let place = region == "global" ? "globally" : "in region \(region)"
        return GCPProblem(
            "QUOTA_EXCEEDED", "Quota '\(metric)' exceeded.  Limit: \(limit).0 \(place).", status: 403, "FORBIDDEN",
            quota: Quota(metric: metric, region: region, limit: limit))
    }

    static func noAddresses(subnetwork: String) -> GCPProblem {
        GCPProblem(
            "IP_SPACE_EXHAUSTED_WITH_DETAILS",
            "IP space of '\(subnetwork)' is exhausted. The subnetwork does not have enough free addresses.",
            status: 503, "SERVICE UNAVAILABLE", facts: ["subnetwork": subnetwork])
    }

    static func minCountNotReached(_ count: Int) -> GCPProblem {
        GCPProblem(
            "VM_MIN_COUNT_NOT_REACHED", "Requested minimum count of \(count) VMs could not be created.", status: 503,
            "SERVICE UNAVAILABLE")
    }

    static func memberExists(_ name: String, in group: String) -> GCPProblem {
        GCPProblem(
            "MEMBER_ALREADY_EXISTS", "Instance '\(name)' is already a member of '\(group)'.", status: 409, "CONFLICT")
    }

    /// As a spot machine is told of that was taken away before it ran.
    static let preempted = GCPProblem(
        "UNSUPPORTED_OPERATION", "Instance failed to start due to preemption.", status: 400, "BAD REQUEST")

    static func late(_ ending: EmulatedInstance.Ending) -> GCPProblem {
        GCPProblem(ending.code, ending.message, status: 503, "SERVICE UNAVAILABLE")
    }
}
