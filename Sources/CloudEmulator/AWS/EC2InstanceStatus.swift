import Provisioning

extension EC2Face {
    /// The running ones, unless all are asked for.
    func describeInstanceStatus(
        _ parameters: QueryParameters, in region: String, world: World, at now: Timestamp
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        var wanted = Description()
        wanted.ids = parameters.list("InstanceId")
        for (name, values) in try filterTexts(parameters) {
            guard ["availability-zone", "instance-state-code", "instance-state-name"].contains(name),
                let filter = InstanceFilter(name: name, values: values)
            else { throw EC2Error("InvalidParameterValue", "The filter '\(name)' is invalid") }
            wanted.filters.append(filter)
        }
        if try parameters.boolean("IncludeAllInstances") != true,
            let running = InstanceFilter(name: "instance-state-name", values: ["running"])
        {
            wanted.filters.append(running)
        }
        try readPage(parameters, into: &wanted)
        let page = try world.describe(wanted, in: region, at: now)
        if try parameters.boolean("DryRun") == true { throw .dryRun }
        return { answer in
            answer.element("instanceStatusSet") { answer in
                for reservation in page.reservations {
                    for instance in reservation.instances {
                        answer.element("item") { $0.write(statusOf: instance, in: reservation, at: now) }
                    }
                }
            }
            answer.element("nextToken", page.next?.token)
        }
    }
}

extension XMLText {
    fileprivate mutating func write(
        statusOf instance: EmulatedInstance, in reservation: Reservation, at now: Timestamp
    ) {
        let state = instance.state(at: now)
        element("instanceId", instance.id)
        element("availabilityZone", reservation.zone)
        element("instanceState") { $0.write(state) }
        element("eventsSet") { _ in }
        for name in ["instanceStatus", "systemStatus"] {
            named(name) { text in
                guard state == .running else { return text.element("status", "not-applicable") }
                text.element("status", "ok")
                text.element("details") { text in
                    text.element("item") { text in
                        text.element("name", "reachability")
                        text.element("status", "passed")
                    }
                }
            }
        }
    }
}
