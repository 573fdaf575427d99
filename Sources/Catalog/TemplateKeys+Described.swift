import Documents

extension TemplateKeys {
    /// Every key a template may have, in the order a person should meet them; what is not here is unknown.
    package static let described: [TemplateKey] =
        identity + machine + amount
        + kept.map { TemplateKey($0, .anything, "Kept for other tools that read it back; it is not acted on.") }
        + notYet.map { name in
            let taken = happensAnyway[name.canonical, default: []]
            let exception = taken.isEmpty ? "" : ", but for " + taken.map { "`\($0)`" }.joined(separator: " or ")
            return TemplateKey(name, .notYet(except: taken), "Not supported yet, and refused\(exception).")
        }

    private static let identity = [
        TemplateKey(id, .id, "Its id; in a map of templates the map's key is the id."),
        TemplateKey(name, .text, "A name for people."),
        TemplateKey(description, .text, "A line for people."),
        TemplateKey(extends, .text, "The id of a template to start from."),
        TemplateKey(isActive, .boolean, "Whether it may be ordered; true unless said otherwise."),
        TemplateKey(cloud, .word(TemplateValues.clouds), "The cloud it is for; otherwise the account's."),
        TemplateKey(account, .text, "The account that is asked where an order names none."),
        TemplateKey(
            api, .api(foreign: TemplateValues.foreignAPIs),
            "The API that launches its machines, as in `aws/run-instances`; otherwise the cloud's usual one."),
    ]

    private static let machine = [
        TemplateKey(image, .text, "The image machines start from; every template needs one."),
        TemplateKey(
            types, .types, "The machine types in order of preference, or one; every template needs at least one."),
        TemplateKey(zones, .names, "The zones in order of preference; without any the cloud picks."),
        TemplateKey(
            subnets, .names,
            "The subnets in order of preference, not together with zones; without any the default network."),
        TemplateKey(securityGroups, .names, "The security groups machines are in, by id."),
        TemplateKey(keyName, .text, "The name of the SSH key pair."),
        TemplateKey(role, .text, "What a machine runs as: an instance profile, by name or ARN."),
        TemplateKey(
            userData, .script(notBeginning: TemplateValues.pathPrefixes),
            "The script a machine runs on its first start, itself and not the name of a file."),
        TemplateKey(publicAddress, .boolean, "Whether it gets a public address; otherwise as the network says."),
        TemplateKey(
            priceType, .word(TemplateValues.priceTypes),
            "On-demand unless said otherwise, spot, or heterogeneous: spot everywhere first, then on-demand."),
        TemplateKey(
            diskDevice, .text, "What the image calls its root disk: `/dev/xvda` unless said, `/dev/sda1` on Ubuntu."),
        TemplateKey(diskSize, .integer(TemplateValues.diskSizes), "The size of the root disk in GiB."),
        TemplateKey(diskType, .text, "The type of the root disk, such as `gp3`."),
        TemplateKey(iops, .integer(TemplateValues.positive), "The operations a second of the root disk."),
        TemplateKey(throughput, .integer(TemplateValues.positive), "The throughput of the root disk in MiB/s."),
        TemplateKey(encryption, .boolean, "Whether the root disk is encrypted."),
        TemplateKey(monitoring, .boolean, "Whether it has detailed monitoring."),
        TemplateKey(
            tags, .tags(max: TemplateValues.tagsMax, reserved: TemplateValues.reservedTagPrefixes),
            "Tags on instances, their volumes and interfaces."),
    ]

    private static let amount = [
        TemplateKey(
            limit, .count(unlimited: TemplateValues.noLimit),
            "No more of its machines than this alive or promised at once; -1 says no limit."),
        TemplateKey(lifetime, .duration, "How long a machine may live once it runs, as in `90s`, `1h30m` or `1d`."),
    ]
}
