import Provisioning

// Listings of what is there from the start.

extension EC2Face {
    func describeImages(_ parameters: QueryParameters) throws(EC2Error) -> (inout XMLText) -> Void {
        let ids = parameters.list("ImageId"), owners = parameters.list("Owner")
        for id in ids {
            guard isWellFormed(id, prefix: "ami-") else {
                throw EC2Error("InvalidAMIID.Malformed", "Invalid id: \"\(id)\" (expecting \"ami-...\")")
            }
            guard Inventory.images.contains(where: { $0.id == id }) else {
                throw EC2Error("InvalidAMIID.NotFound", "The image id '[\(id)]' does not exist")
            }
        }
        let images = Inventory.images.filter { image in
            (ids.isEmpty || ids.contains(image.id))
                && (owners.isEmpty || owners.contains(image.owner.rawValue)
                    || image.owner.alias.map(owners.contains) ?? false)
        }
        let listing = EC2Listing<Inventory.Image>(
            fields: [
                "image-id": { [$0.id] }, "name": { [$0.name] }, "architecture": { [$0.architecture] },
                "state": { _ in ["available"] }, "owner-id": { [$0.owner.rawValue] },
                "owner-alias": { [$0.owner.alias].compactMap(\.self) }, "root-device-type": { _ in ["ebs"] },
                "root-device-name": { [$0.rootDevice] }, "virtualization-type": { _ in ["hvm"] },
                "image-type": { _ in ["machine"] }, "is-public": { _ in ["true"] },
                "creation-date": { [$0.createdAt] },
            ], pageSizes: 1...1000)
        let page = try listing.page(of: images, parameters, filterTexts(parameters))
        return { answer in
            answer.element("imagesSet") { answer in
                for image in page.items { answer.element("item") { $0.write(image) } }
            }
            answer.element("nextToken", page.next)
        }
    }

    func describeSubnets(
        _ parameters: QueryParameters, in region: String, world: World
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let zones = world.conditions.zones[region] ?? []
        let all = zones.map { (id: defaultSubnet(of: $0), zone: $0) }
        let ids = parameters.list("SubnetId")
        if let id = ids.first(where: { id in !all.contains { $0.id == id } }) {
            throw EC2Error("InvalidSubnetID.NotFound", "The subnet ID '\(id)' does not exist")
        }
        let listing = EC2Listing<(id: String, zone: String)>(fields: [
            "subnet-id": { [$0.id] }, "availability-zone": { [$0.zone] }, "vpc-id": { _ in [Inventory.network] },
            "state": { _ in ["available"] }, "default-for-az": { _ in ["true"] },
            "availability-zone-id": { [zoneID($0.zone, in: region)] },
        ])
        let page = try listing.page(
            of: all.filter { ids.isEmpty || ids.contains($0.id) }, parameters, filterTexts(parameters))
        return { answer in
            answer.element("subnetSet") { answer in
                for subnet in page.items {
                    let number = zones.firstIndex(of: subnet.zone) ?? 0
                    answer.element("item") { answer in
                        answer.element("subnetId", subnet.id)
                        answer.element("state", "available")
                        answer.element("vpcId", Inventory.network)
                        answer.element("cidrBlock", "10.\(number * 16).0.0/12")
                        answer.element("availableIpAddressCount", 1_048_571)
                        answer.element("availabilityZone", subnet.zone)
                        answer.element("availabilityZoneId", zoneID(subnet.zone, in: region))
                        answer.element("defaultForAz", true)
                        answer.element("mapPublicIpOnLaunch", true)
                        answer.element("ownerId", EmulatorSettings.accountNumber)
                    }
                }
            }
            answer.element("nextToken", page.next)
        }
    }

    func describeSecurityGroups(_ parameters: QueryParameters) throws(EC2Error) -> (inout XMLText) -> Void {
        let ids = parameters.list("GroupId"), names = parameters.list("GroupName")
        if let id = ids.first(where: { $0 != Inventory.securityGroup }) ?? names.first(where: { $0 != "default" }) {
            throw EC2Error("InvalidGroup.NotFound", "The security group '\(id)' does not exist")
        }
        let listing = EC2Listing<String>(fields: [
            "group-id": { [$0] }, "group-name": { _ in ["default"] }, "vpc-id": { _ in [Inventory.network] },
        ])
        let page = try listing.page(of: [Inventory.securityGroup], parameters, filterTexts(parameters))
        return { answer in
            answer.element("securityGroupInfo") { answer in
                for group in page.items {
                    answer.element("item") { answer in
                        answer.element("groupId", group)
                        answer.element("groupName", "default")
                        answer.element("groupDescription", "default VPC security group")
                        answer.element("vpcId", Inventory.network)
                        answer.element("ownerId", EmulatorSettings.accountNumber)
                    }
                }
            }
            answer.element("nextToken", page.next)
        }
    }

    func describeKeyPairs(_ parameters: QueryParameters) throws(EC2Error) -> (inout XMLText) -> Void {
        let id = "key-0e0e0e0e0e0e0e0e0"
        let ids = parameters.list("KeyPairId"), names = parameters.list("KeyName")
        if let other = ids.first(where: { $0 != id }) ?? names.first(where: { $0 != Inventory.keyPair }) {
            throw EC2Error("InvalidKeyPair.NotFound", "The key pair '\(other)' does not exist")
        }
        let listing = EC2Listing<String>(fields: ["key-name": { [$0] }, "key-pair-id": { _ in [id] }])
        let page = try listing.page(of: [Inventory.keyPair], parameters, filterTexts(parameters))
        return { answer in
            answer.element("keySet") { answer in
                for name in page.items {
                    answer.element("item") { answer in
                        answer.element("keyPairId", id)
                        answer.element("keyName", name)
                        answer.element("keyType", "ed25519")
                    }
                }
            }
        }
    }
}

extension XMLText {
    fileprivate mutating func write(_ image: Inventory.Image) {
        element("imageId", image.id)
        element("imageLocation", "\(image.owner.alias ?? image.owner.rawValue)/\(image.name)")
        element("imageState", "available")
        element("imageOwnerId", image.owner.rawValue)
        element("imageOwnerAlias", image.owner.alias)
        element("creationDate", image.createdAt)
        element("isPublic", true)
        element("architecture", image.architecture)
        element("imageType", "machine")
        element("name", image.name)
        element("rootDeviceType", "ebs")
        element("rootDeviceName", image.rootDevice)
        element("blockDeviceMapping") { text in
            text.element("item") { text in
                text.element("deviceName", image.rootDevice)
                text.element("ebs") { text in
                    text.element("snapshotId", "snap-\(image.id.dropFirst(4))")
                    text.element("volumeSize", image.sizeGiB)
                    text.element("volumeType", "gp3")
                    text.element("deleteOnTermination", true)
                    text.element("encrypted", false)
                }
            }
        }
        element("virtualizationType", "hvm")
        element("hypervisor", "xen")
        element("enaSupport", true)
        element("platformDetails", "Linux/UNIX")
    }
}
