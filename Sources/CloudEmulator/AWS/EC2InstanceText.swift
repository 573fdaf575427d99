import Provisioning

// What EC2 tells of an instance; each element bears the name the model gives it.

extension XMLText {
    mutating func write(_ reservation: Reservation, at now: Timestamp) {
        element("reservationId", reservation.id)
        element("ownerId", EmulatorSettings.accountNumber)
        element("groupSet") { _ in }
        element("instancesSet") { text in
            for instance in reservation.instances {
                text.element("item") { $0.write(instance, of: reservation, at: now) }
            }
        }
    }

    mutating func write(_ state: EmulatedInstance.State) {
        element("code", state.code)
        element("name", state.rawValue)
    }

    private mutating func write(_ instance: EmulatedInstance, of reservation: Reservation, at now: Timestamp) {
        let launch = reservation.launch
        let state = instance.state(at: now)
        let host = "ip-" + instance.privateIP.split(separator: ".").joined(separator: "-") + ".ec2.internal"
        element("instanceId", instance.id)
        element("imageId", launch.image)
        element("instanceState") { $0.write(state) }
        element("privateDnsName", state == .terminated ? "" : host)
        element("dnsName", "")
        writeEnding(of: instance, state: state)
        element("keyName", launch.keyName)
        element("amiLaunchIndex", instance.index)
        element("productCodes") { _ in }
        element("instanceType", launch.type)
        element("launchTime", reservation.launchedAt.description)
        element("placement") { text in
            text.element("availabilityZone", reservation.zone)
            text.element("groupName", launch.options?.placementGroup ?? "")
            text.element("tenancy", launch.options?.tenancy ?? "default")
            text.element("hostId", launch.options?.host)
            text.element("partitionNumber", launch.options?.partition.map(String.init))
        }
        element("monitoring") { $0.element("state", launch.isMonitored ? "enabled" : "disabled") }
        if state != .terminated { writeNetwork(of: instance, in: reservation, state: state) }
        element("architecture", processor(ofType: launch.type))
        element("rootDeviceType", "ebs")
        element("rootDeviceName", launch.rootDevice ?? "/dev/xvda")
        element("blockDeviceMapping") { _ in }
        element("virtualizationType", "hvm")
        if launch.market == .spot {
            element("instanceLifecycle", "spot")
            element("spotInstanceRequestId", "sir-" + instance.id.suffix(8))
        }
        element("clientToken", launch.clientToken ?? "")
        let tags = reservation.tags(of: instance)
        if !tags.isEmpty { element("tagSet") { $0.write(tags) } }
        element("hypervisor", "xen")
        if let profile = launch.profile {
            element("iamInstanceProfile") { text in
                text.element("arn", profile)
                text.element("id", "AIPAEMULATED" + instance.id.suffix(8).uppercased())
            }
        }
        element("ebsOptimized", launch.isEBSOptimized)
        element("enaSupport", true)
        write(launch.options ?? LaunchOptions(), of: launch)
    }

    private mutating func write(_ options: LaunchOptions, of launch: Launch) {
        element("metadataOptions") { text in
            text.element("state", "applied")
            text.element("httpTokens", launch.requiresTokens ? "required" : "optional")
            text.element("httpEndpoint", options.metadataEndpoint ?? "enabled")
            text.element("httpPutResponseHopLimit", options.metadataHopLimit ?? 1)
            text.element("instanceMetadataTags", options.metadataTags ?? "disabled")
        }
        element("hibernationOptions") { $0.element("configured", options.mayHibernate ?? false) }
        let vcpus = vcpus(ofType: launch.type)
        let threads = options.threadsPerCore ?? (processor(ofType: launch.type) == "arm64" ? 1 : min(2, vcpus))
        element("cpuOptions") { text in
            text.element("coreCount", options.cores ?? vcpus / threads)
            text.element("threadsPerCore", threads)
        }
        let reservation = options.capacityReservation ?? "open"
        element("capacityReservationSpecification") { text in
            switch reservation {
            case "open", "none", "capacity-reservations-only":
                text.element("capacityReservationPreference", reservation)
            default:
                text.element("capacityReservationTarget") { text in
                    let isGroup = reservation.hasPrefix("arn:")
                    text.element("capacityReservationId", isGroup ? nil : reservation)
                    text.element("capacityReservationResourceGroupArn", isGroup ? reservation : nil)
                }
            }
        }
    }

    private mutating func writeNetwork(
        of instance: EmulatedInstance, in reservation: Reservation, state: EmulatedInstance.State
    ) {
        element("privateIpAddress", instance.privateIP)
        // It is given while the instance boots, and taken away as soon as the instance ends.
        if state == .running, reservation.launch.hasPublicAddress { element("ipAddress", instance.publicIP) }
        element("subnetId", reservation.launch.subnet ?? defaultSubnet(of: reservation.zone))
        element("vpcId", Inventory.network)
        element("sourceDestCheck", true)
        element("groupSet") { text in
            for group in reservation.launch.groups {
                text.element("item") { text in
                    text.element("groupId", group)
                    text.element("groupName", group)
                }
            }
        }
    }

    private mutating func writeEnding(of instance: EmulatedInstance, state: EmulatedInstance.State) {
        guard state == .shuttingDown || state == .terminated, let ending = instance.ending, let at = instance.endsAt
        else { return element("reason", "") }
        let day = at.description.split(separator: "T")
        let isAsked = ending.code == EmulatedInstance.Ending.asked.code
        element("reason", isAsked ? "User initiated (\(day[0]) \(day[1].prefix(8)) GMT)" : ending.code)
        element("stateReason") { text in
            text.element("code", ending.code)
            text.element("message", "\(ending.code): \(ending.message)")
        }
    }
}
