import Cloud

/// What EC2 Fleets and Spot Fleets call the same things.
struct FleetWords: Sendable {
    let describe: String
    /// As a parameter; in answers it begins with a small letter.
    let id: String
    /// What a listing's items are in.
    let set: String
    let state: String
    /// What the states begin with in which it launches nothing any more.
    let over: String
    /// The code of the fault that says that there is none.
    let absent: String
    /// States in which it may still launch something, for a listing that can be asked for them; nil: it cannot.
    let activeStates: [String]?
    let modify: @Sendable (_ name: String, FleetTarget) -> EC2Query
    let end: String
    /// What the answer to that has those in that were ended, and those that were not.
    let ended: String
    let unended: String
    let history: String
    /// The kind of events that are faults, where they can be asked for; nil: they cannot.
    let faultEvents: String?

    /// `fleetId`
    var answeredID: String { id.prefix(1).lowercased() + id.dropFirst() }

    static let fleet = FleetWords(
        describe: "DescribeFleets", id: "FleetId", set: "fleetSet", state: "fleetState", over: "deleted",
        absent: "InvalidFleetId.NotFound", activeStates: ["submitted", "active", "modifying"],
        modify: { name, target in
            var query = EC2Query("ModifyFleet")
            query.set("FleetId", name)
            query.set("ExcessCapacityTerminationPolicy", "no-termination")
            query.set("TargetCapacitySpecification.TotalTargetCapacity", target.total)
            query.set("TargetCapacitySpecification.OnDemandTargetCapacity", target.onDemand)
            query.set("TargetCapacitySpecification.SpotTargetCapacity", target.onDemand.map { target.total - $0 })
            return query
        },
        end: "DeleteFleets", ended: "successfulFleetDeletionSet", unended: "unsuccessfulFleetDeletionSet",
        history: "DescribeFleetHistory", faultEvents: "service-error")

    static let spotFleet = FleetWords(
        describe: "DescribeSpotFleetRequests", id: "SpotFleetRequestId", set: "spotFleetRequestConfigSet",
        state: "spotFleetRequestState", over: "cancelled", absent: "InvalidSpotFleetRequestId.NotFound",
        activeStates: nil,
        modify: { name, target in
            var query = EC2Query("ModifySpotFleetRequest")
            query.set("SpotFleetRequestId", name)
            query.set("ExcessCapacityTerminationPolicy", "noTermination")
            query.set("TargetCapacity", target.total)
            query.set("OnDemandTargetCapacity", target.onDemand)
            return query
        },
        end: "CancelSpotFleetRequests", ended: "successfulFleetRequestSet", unended: "unsuccessfulFleetRequestSet",
        history: "DescribeSpotFleetRequestHistory", faultEvents: nil)
}
