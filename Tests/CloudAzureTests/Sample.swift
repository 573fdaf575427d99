import Cloud
import Provisioning

@testable import CloudAzure

/// Launches of every kind.
enum Sample {
    static let site = AzureSite(
        subscription: "11111111-2222-3333-4444-555555555555", resourceGroup: "grid", location: "westeurope")
    static let machines = VirtualMachines(site: site)
    static let token: IntentToken = "int-06fz3k9q2m7w1c4d"
    static let network = "\(site.path(in: "Microsoft.Network"))/virtualNetworks/site/subnets"

    static func order(
        count: Int = 3, offering: Offering = Offering(type: "Standard_D2as_v5", zone: "1"),
        tags: [String: String] = [OurTag.request: "req-one", OurTag.token: token.text, OurTag.owner: "ldg-1.00"],
        _ change: (inout Template) -> Void = { _ in }
    ) -> LaunchOrder {
        var template = Template(
            id: "cpu-small", image: "Canonical:ubuntu-24_04-lts:server:latest", offerings: [offering])
        change(&template)
        return LaunchOrder(request: "req-one", template: template, offering: offering, count: count, tags: tags)
    }

    /// Everything a template can say, said.
    static func fullTemplate(_ template: inout Template) {
        template.securityGroups = ["workers", "\(site.path(in: "Microsoft.Network"))/applicationSecurityGroups/grid"]
        template.keyName = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDF ops"
        template.role = "worker"
        template.userData = "#!/bin/sh\necho 'grüße, 世界'\n"
        template.publicAddress = true
        template.maxPrice = "0.25"
        template.placement = Placement()
        template.placement?.group = "near"
        template.placement?.capacityReservation = "kept"
        template.network = NetworkOptions()
        template.network?.ipv6Addresses = 1
        template.network?.isAccelerated = true
        template.network?.forwardsTraffic = true
        template.cpu = CPUOptions()
        template.cpu?.cores = 4
        template.cpu?.threadsPerCore = 1
        template.mayHibernate = true
        template.rootDisk = disk {
            $0.sizeGiB = 64
            $0.type = "Premium_LRS"
            $0.encryptionKey = "disks"
        }
        template.dataDisks = [disk { $0.sizeGiB = 500 }, disk(otherDisk)]
    }

    private static func otherDisk(_ disk: inout Disk) {
        disk.sizeGiB = 100
        disk.type = "StandardSSD_LRS"
        disk.snapshot = "tools"
        disk.outlivesMachine = true
    }

    static func disk(_ change: (inout Disk) -> Void) -> Disk {
        var disk = Disk()
        change(&disk)
        return disk
    }

    static func placement(_ change: (inout Placement) -> Void) -> Placement {
        var placement = Placement()
        change(&placement)
        return placement
    }

    /// One thing each that a template may say.
    static var wishes: [(name: String, change: @Sendable (inout Template) -> Void)] {
        [
            ("plain", { _ in }), ("full", fullTemplate),
            ("key", { $0.keyName = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA ops" }),
            ("role", { $0.role = "worker" }),
            ("role by id", { $0.role = "/subscriptions/s/resourceGroups/g/providers/p/userAssignedIdentities/w" }),
            ("user data", { $0.userData = "#!/bin/sh\n" }), ("empty user data", { $0.userData = "" }),
            ("one group", { $0.securityGroups = ["workers"] }),
            ("public", { $0.publicAddress = true }), ("private", { $0.publicAddress = false }),
            ("price", { $0.maxPrice = "0.1" }),
            ("image of one's own", { $0.image = "\(site.path(in: "Microsoft.Compute"))/images/golden" }),
            ("community image", { $0.image = "/communityGalleries/g/images/i/versions/1.0.0" }),
            ("shared image", { $0.image = "/sharedGalleries/g/images/i/versions/latest" }),
            ("proximity", { $0.placement = placement { $0.group = "near" } }),
            (
                "availability set",
                {
                    $0.placement = placement {
                        $0.group = "\(site.path(in: "Microsoft.Compute"))/availabilitySets/a"
                    }
                }
            ),
            ("partition", { $0.placement = placement { $0.partition = 2 } }),
            ("hosts", { $0.placement = placement { $0.host = "dedicated" } }),
            (
                "host",
                { $0.placement = placement { $0.host = "\(site.path(in: "Microsoft.Compute"))/hostGroups/a/hosts/b" } }
            ),
            ("reservation", { $0.placement = placement { $0.capacityReservation = "kept" } }),
            ("no reservation", { $0.placement = placement { $0.capacityReservation = "none" } }),
            (
                "one thread",
                {
                    $0.cpu = CPUOptions(); $0.cpu?.threadsPerCore = 1
                }
            ),
            (
                "cores",
                {
                    $0.cpu = CPUOptions(); $0.cpu?.cores = 2
                }
            ),
            ("hibernation", { $0.mayHibernate = true }), ("no hibernation", { $0.mayHibernate = false }),
            (
                "accelerated",
                {
                    $0.network = NetworkOptions(); $0.network?.isAccelerated = true
                }
            ),
            (
                "plain network",
                {
                    $0.network = NetworkOptions(); $0.network?.isAccelerated = false
                }
            ),
            (
                "forwarding",
                {
                    $0.network = NetworkOptions(); $0.network?.forwardsTraffic = true
                }
            ),
            (
                "two of IPv6",
                {
                    $0.network = NetworkOptions(); $0.network?.ipv6Addresses = 2
                }
            ),
            ("untouched disk", { $0.rootDisk = Disk() }),
            ("sized disk", { $0.rootDisk = disk { $0.sizeGiB = 128 } }),
            ("encrypted disk", { $0.rootDisk = disk { $0.encryptionKey = "disks" } }),
            ("kept disk", { $0.rootDisk = disk { $0.outlivesMachine = true } }),
            ("data disks", { $0.dataDisks = [disk { _ in }, disk { $0.sizeGiB = 1 }, disk { $0.snapshot = "s" }] }),
            ("own words", { $0.providerAPISpec = ownWords }),
            ("windows", { $0.providerAPISpec = windows }),
        ]
    }

    static let ownWords = RawValue.map([
        .init("plan", .map([.init("name", .text("p")), .init("product", .text("o")), .init("publisher", .text("u"))])),
        .init(
            "properties",
            .map([
                .init("securityProfile", .map([.init("encryptionAtHost", .boolean(true))])),
                .init("osProfile", .map([.init("adminUsername", .text("grid"))])),
            ])),
    ])

    private static let windows = RawValue.map([
        .init(
            "properties",
            .map([
                .init(
                    "osProfile",
                    .map([
                        .init("adminPassword", .text("of one's own")), .init("windowsConfiguration", .map([])),
                    ]))
            ]))
    ])

    /// Each wish of a template, in every market and kind of place.
    static var orders: [(name: String, order: LaunchOrder)] {
        let places: [(String?, String?)] = [(nil, nil), ("1", nil), (nil, "\(network)/a"), ("2", "\(network)/a")]
        var orders: [(name: String, order: LaunchOrder)] = []
        for (name, wish) in wishes {
            for market in Market.allCases {
                for (zone, subnet) in places {
                    let offering = Offering(type: "Standard_D2as_v5", zone: zone, subnet: subnet, market: market)
                    orders.append(("\(name), \(offering)", order(offering: offering, wish)))
                }
            }
        }
        orders.append(("odd tags", order(tags: oddTags)))
        return orders
    }

    static let oddTags = ["a b": "c d", "ümlaut": "世界 🖥", "[x]": "[concat('a')]", "empty": "", "quote\"": "<tag>\n\t"]
}

extension Call {
    /// As a person reads it.
    var listing: String {
        "\(method) \(path)?\(query)\n" + parameters.map { "\($0.name)=\($0.value)\n" }.joined()
    }
}
