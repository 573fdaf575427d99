import Provisioning

extension World {
    /// What the market demands is set; what it does not allow is refused.
    func scheduling(
        _ source: JSONValue?, hasGPUs: Bool, field: String
    ) throws(GCPError) -> (JSONValue, Market) {
        var scheduling = source ?? .object(JSONObject())
        let model = scheduling["provisioningModel"]?.string
        let isSpot = model == "SPOT"
        let isPreemptible = isSpot || model == nil && scheduling["preemptible"]?.bool == true
        if isPreemptible || hasGPUs {
            if scheduling["onHostMaintenance"]?.string == "MIGRATE" {
                throw .invalid(
                    at: "\(field).scheduling.onHostMaintenance", "MIGRATE",
                    isPreemptible
                        ? "Scheduling must have onHostMaintenance set to TERMINATE for preemptible instances."
                        : "Instances with guest accelerators do not support live migration.")
            }
        }
        if isPreemptible, scheduling["automaticRestart"]?.bool == true {
            throw .invalid(
                at: "\(field).scheduling.preemptible", "true",
                "Scheduling must have preemptible be false when AutomaticRestart is true.")
        }
        let ends = scheduling["maxRunDuration"] != nil || scheduling["terminationTime"] != nil
        if let action = scheduling["instanceTerminationAction"]?.string, !isSpot, !ends {
            throw .invalid(
                at: "\(field).scheduling.instanceTerminationAction", action,
                "You cannot specify a termination action for a VM instance that has the standard provisioning model "
                    + "(default) without a maximum run duration or a termination time.")
        }
        if let seconds = scheduling["maxRunDuration"]?["seconds"]?.wholeNumber, !(30...10_368_000).contains(seconds) {
            throw .invalid(
                at: "\(field).scheduling.maxRunDuration", "\(seconds)", "Must be between 30 seconds and 120 days.")
        }
        if (isSpot || ends), scheduling["instanceTerminationAction"] == nil {
            scheduling["instanceTerminationAction"] = ends && !isSpot ? "DELETE" : "STOP"
        }
        scheduling["preemptible"] = .bool(isPreemptible)
        if scheduling["onHostMaintenance"] == nil {
            scheduling["onHostMaintenance"] = isPreemptible || hasGPUs ? "TERMINATE" : "MIGRATE"
        }
        if scheduling["automaticRestart"] == nil { scheduling["automaticRestart"] = .bool(!isPreemptible) }
        if scheduling["provisioningModel"] == nil {
            scheduling["provisioningModel"] = "STANDARD"
        }
        return (scheduling, isPreemptible ? .spot : .onDemand)
    }
}

extension JSONValue {
    /// An object of texts.
    var texts: [String: String] {
        (object?.fields ?? []).reduce(into: [:]) { $0[$1.name] = $1.value.string }
    }
}
