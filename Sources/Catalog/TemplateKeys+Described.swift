import Documents
import Provisioning

extension TemplateKeys {
    /// Every key a template may have, in the order a person should meet them; what is not here is unknown.
    package static let described: [TemplateKey] =
        identity + machine + buying + amount + bookkeeping
        + notYet.map { TemplateKey($0, .notYet, "Not supported yet, and refused.") }

    private static let identity = [
        TemplateKey(id, .id, "Its id; in a map of templates the map's key is the id."),
        TemplateKey(name, .text, "A name for people."),
        TemplateKey(description, .text, "A line for people."),
        TemplateKey(extends, .text, "The id of a template to start from."),
        TemplateKey(isActive, .boolean, "Whether it may be ordered; true unless said otherwise."),
        TemplateKey(cloud, .word(TemplateValues.clouds), "The cloud it is for; otherwise the account's."),
        TemplateKey(account, .text, "The account that is asked where an order names none."),
        TemplateKey(
            fallbackAccounts, .names,
            "The accounts asked after that one, in order, for what it has no room or no allowance for; they may be of "
                + "other clouds."),
        TemplateKey(
            api, .api(foreign: TemplateValues.foreignAPIs),
            "The API that launches its machines, as in `aws/run-instances`; otherwise the cloud's first that can do "
                + "all the template asks for."),
        TemplateKey(
            parameters, .mapOf(.map(ParameterKeys.described)),
            "What an order may choose: each is used as `${name}` in any value."),
        TemplateKey(configuration, .anyMap, "More keys of the template, as if they stood beside it."),
    ]

    private static let machine = [
        TemplateKey(
            image, .either([.text, .map(ImageKeys.described)]),
            "The image machines start from: its id, an alias such as a parameter's path, or a search by owner, name "
                + "and architecture."),
        TemplateKey(types, .types, "The machine types in order of preference, or one; or a map of types to weights."),
        TemplateKey(
            requirements, .map(RequirementKeys.described),
            "What a machine must have, instead of machine types: they are chosen to meet it."),
        TemplateKey(
            abis, .anyMap, "The same in the words of EC2's attribute-based selection.", feature: .attributeSelection),
        TemplateKey(
            zones, .names, "The zones in order of preference, or `all` of the region; without any the cloud picks."),
        TemplateKey(
            subnets, .names,
            "The subnets in order of preference, not together with zones; without any the default network."),
        TemplateKey(securityGroups, .names, "The security groups machines are in, by id."),
        TemplateKey(keyName, .text, "The name of the SSH key pair."),
        TemplateKey(role, .text, "What a machine runs as: an instance profile, by name or ARN."),
        TemplateKey(userData, .text, "The script a machine runs on its first start, or the name of its file."),
        TemplateKey(userDataFile, .text, "The file of that script, relative to the file that names it."),
        TemplateKey(publicAddress, .boolean, "Whether it gets a public address; otherwise as the network says."),
        TemplateKey(
            diskDevice, .text, "What the image calls its root disk: `/dev/xvda` unless said, `/dev/sda1` on Ubuntu."),
        TemplateKey(diskSize, .integer(TemplateValues.diskSizes), "The size of the root disk in GiB."),
        TemplateKey(diskType, .text, "The type of the root disk, such as `gp3`."),
        TemplateKey(iops, .integer(TemplateValues.positive), "The operations a second of the root disk."),
        TemplateKey(throughput, .integer(TemplateValues.positive), "The throughput of the root disk in MiB/s."),
        TemplateKey(encryption, .boolean, "Whether the root disk is encrypted."),
        TemplateKey(
            encryptionKey, .text, "The key it is encrypted with: an id, ARN or alias.", feature: .encryptionKey),
        TemplateKey(
            dataDisks, .listOf(.map(DiskKeys.described)), "More disks, which end with their machine.",
            feature: .dataDisks),
        TemplateKey(
            monitoring, .boolean, "Whether it has detailed monitoring.", feature: .detailedMonitoring),
        TemplateKey(
            placement, .map(PlacementKeys.described), "Where among the cloud's hosts it is to be.",
            feature: .placement),
        TemplateKey(
            capacityReservation, .text, "The id of a capacity reservation, or `open` or `none`.",
            feature: .capacityReservation),
        TemplateKey(
            metadataOptions, .map(MetadataKeys.described), "How a machine may ask the cloud about itself.",
            feature: .metadataOptions),
        TemplateKey(network, .map(NetworkKeys.described), "What its network interface is to be."),
        TemplateKey(cpu, .map(CPUKeys.described), "What it makes of its processor.", feature: .cpuOptions),
        TemplateKey(hibernation, .boolean, "Whether it can be put to sleep.", feature: .hibernation),
        TemplateKey(
            tags, .tags(max: TemplateValues.tagsMax, reserved: TemplateValues.reservedTagPrefixes),
            "Tags on instances, their volumes and interfaces."),
    ]

    private static let buying = [
        TemplateKey(
            priceType, .word(TemplateValues.priceTypes),
            "On-demand unless said otherwise, spot, or heterogeneous: spot everywhere first, then on-demand."),
        TemplateKey(
            maxPrice, .price, "The most to pay for a spot machine, in US dollars an hour.", feature: .maxPrice),
        TemplateKey(
            percentOnDemand, .integer(0...100), "How much of a fleet is on-demand, the rest being spot.",
            feature: .mixed),
        TemplateKey(
            allocation, .spelling(of: AllocationStrategy.allCases.map(\.rawValue)),
            "By what a fleet prefers one pool of spot machines to another.", feature: .allocationStrategy),
        TemplateKey(
            allocationOnDemand, .spelling(of: AllocationStrategy.allCases.map(\.rawValue)),
            "The same for its on-demand part.", feature: .allocationStrategy),
        TemplateKey(
            typesOnDemand, .weights, "Types for the on-demand part, with their weights.", feature: .onDemandTypes),
        TemplateKey(
            typePriorities, .weights, "The priorities of types: the lower, the sooner.", feature: .priorities),
        TemplateKey(
            spotPools, .integer(1...1_000), "How many spot pools to spread over, with the lowest price.",
            feature: .spotPools),
        TemplateKey(
            spotExpiry, .integer(1...TemplateValues.yearMinutes),
            "How long a request for spot capacity stands, in minutes.", feature: .spotExpiry),
        TemplateKey(
            fleetKind, .word(FleetKind.allCases.map(\.rawValue)),
            "Whether a fleet is filled at once, until it is full, or kept full.", feature: .fleetKinds),
        TemplateKey(fleetRole, .text, "What a fleet acts as: an ARN or a name.", feature: .fleetRole),
        TemplateKey(fleetContext, .text, "Reserved by AWS for its fleets.", feature: .fleetContext),
        TemplateKey(
            launchTemplateID, .text, "A launch template that is there already, by id or name.",
            feature: .launchTemplate),
        TemplateKey(
            launchTemplateVersion, .text, "Its version: a number, `$Latest` or `$Default`.", feature: .launchTemplate),
        TemplateKey(
            launchTemplateSpec, .anyMap, "Parameters of the launch template in the cloud's own words.",
            feature: .launchTemplateSpec),
        TemplateKey(launchTemplateSpecFile, .text, "The file of the same.", feature: .launchTemplateSpec),
        TemplateKey(
            providerAPISpec, .anyMap, "Parameters of the launching call in the cloud's own words.",
            feature: .providerAPISpec),
        TemplateKey(providerAPISpecFile, .text, "The file of the same.", feature: .providerAPISpec),
    ]

    private static let amount = [
        TemplateKey(
            limit, .count(unlimited: TemplateValues.noLimit),
            "No more of its machines than this alive or promised at once; -1 says no limit."),
        TemplateKey(lifetime, .duration, "How long a machine may live once it runs, as in `90s`, `1h30m` or `1d`."),
        TemplateKey(
            atLeast, .share,
            "Orders that do not say it want none if there are fewer: a number, a share as in `80%`, "
                + "or `all`."),
    ]

    private static let bookkeeping =
        [
            TemplateKey(attributes, .anything, "What a scheduler knows of its machines; given back as it is."),
            TemplateKey(metadata, .anything, "Whatever belongs to it; given back as it is."),
            TemplateKey(createdAt, .text, "When it was written, as its writer has it."),
            TemplateKey(updatedAt, .text, "When it was last changed, as its writer has it."),
            TemplateKey(version, .text, "Its version, as its writer counts."),
        ] + kept.map { TemplateKey($0, .anything, "Accepted from other tools; it is not acted on.") }
}
