import Provisioning

// The parts of a RunInstances that are taken and told, and change nothing else in this world.

extension EC2Face {
    func options(_ parameters: QueryParameters, of launch: Launch) throws(EC2Error) -> LaunchOptions {
        var options = LaunchOptions()
        try placement(parameters, into: &options)
        options.capacityReservation = try capacityReservation(parameters)
        try metadata(parameters, into: &options)
        try processor(parameters, of: launch, into: &options)
        options.mayHibernate = try parameters.boolean("HibernationOptions.Configured")
        if let price = parameters["InstanceMarketOptions.SpotOptions.MaxPrice"] {
            guard let number = Double(price), number > 0, number < 1000 else {
                throw .invalidValue(price, of: "InstanceMarketOptions.SpotOptions.MaxPrice")
            }
            options.maxPrice = price
        }
        if let first = parameters.prefixes("NetworkInterface").first {
            options.ipv6Addresses = try parameters.integer("\(first).Ipv6AddressCount", in: 0...256)
            options.interfaceType = try parameters.word(
                "\(first).InterfaceType", of: ["interface", "efa", "efa-only"])
        }
        return options
    }

    private func placement(_ parameters: QueryParameters, into options: inout LaunchOptions) throws(EC2Error) {
        options.placementGroup = parameters["Placement.GroupName"]
        options.partition = try parameters.integer("Placement.PartitionNumber", in: 1...7)
        options.tenancy = try parameters.word("Placement.Tenancy", of: ["default", "dedicated", "host"])
        options.host = parameters["Placement.HostId"]
        if options.partition != nil, options.placementGroup == nil {
            throw EC2Error(
                "InvalidParameterCombination", "A partition number needs the name of a partition placement group")
        }
        if let host = options.host {
            guard isWellFormed(host, prefix: "h-") else {
                throw EC2Error("InvalidHostID.Malformed", "Invalid id: \"\(host)\" (expecting \"h-...\")")
            }
            guard options.tenancy == "host" else {
                throw EC2Error(
                    "InvalidParameterCombination", "The parameter hostId can only be used with the tenancy host")
            }
        }
    }

    private func capacityReservation(_ parameters: QueryParameters) throws(EC2Error) -> String? {
        let prefix = "CapacityReservationSpecification"
        let preference = try parameters.word(
            "\(prefix).CapacityReservationPreference", of: ["open", "none", "capacity-reservations-only"])
        let id = parameters["\(prefix).CapacityReservationTarget.CapacityReservationId"]
        let group = parameters["\(prefix).CapacityReservationTarget.CapacityReservationResourceGroupArn"]
        let said = [preference, id, group].compactMap(\.self)
        guard said.count <= 1 else {
            throw EC2Error(
                "InvalidParameterCombination",
                "Only one of capacityReservationPreference, capacityReservationId and "
                    + "capacityReservationResourceGroupArn may be specified")
        }
        if let id, !isWellFormed(id, prefix: "cr-") {
            throw EC2Error("InvalidCapacityReservationId.Malformed", "Invalid id: \"\(id)\" (expecting \"cr-...\")")
        }
        if let group, !group.hasPrefix("arn:") { throw .invalidValue(group, of: "capacityReservationResourceGroupArn") }
        return said.first
    }

    private func metadata(_ parameters: QueryParameters, into options: inout LaunchOptions) throws(EC2Error) {
        let switches: Set = ["enabled", "disabled"]
        options.metadataEndpoint = try parameters.word("MetadataOptions.HttpEndpoint", of: switches)
        options.metadataTags = try parameters.word("MetadataOptions.InstanceMetadataTags", of: switches)
        options.metadataHopLimit = try parameters.integer("MetadataOptions.HttpPutResponseHopLimit", in: 1...64)
        _ = try parameters.word("MetadataOptions.HttpTokens", of: ["optional", "required"])
    }

    private func processor(
        _ parameters: QueryParameters, of launch: Launch, into options: inout LaunchOptions
    ) throws(EC2Error) {
        options.cores = try parameters.integer("CpuOptions.CoreCount", in: 1...vcpus(ofType: launch.type))
        options.threadsPerCore = try parameters.integer("CpuOptions.ThreadsPerCore", in: 1...2)
    }
}

extension QueryParameters {
    fileprivate func integer(_ name: String, in range: ClosedRange<Int>) throws(EC2Error) -> Int? {
        guard let number = try integer(name) else { return nil }
        guard range.contains(number) else { throw .invalidValue("\(number)", of: name) }
        return number
    }

    func word(_ name: String, of words: Set<String>) throws(EC2Error) -> String? {
        guard let word = self[name] else { return nil }
        guard words.contains(word) else { throw .invalidValue(word, of: name) }
        return word
    }
}
