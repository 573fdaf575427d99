import Cloud
import Provisioning

@testable import CloudGCP

/// Launches of every kind.
enum Sample {
    static let site = GCPSite(
        project: "grid-prod", region: "europe-west1", zones: ["europe-west1-b", "europe-west1-c", "europe-west1-d"])
    static let strategy = Instances(at: site)
    static let token: IntentToken = "int-06fz3k9q2m7w1c4d"
    static let family = "projects/debian-cloud/global/images/family/debian-12"
    static let ourTags = [
        OurTag.request: "req-06fz3k9q2m7w1c4e", OurTag.token: token.text, OurTag.owner: "ldg-06fz3k.2f61aa",
    ]

    static func order(
        count: Int = 3, offering: Offering = Offering(type: "n2-standard-4", zone: "europe-west1-b"),
        tags: [String: String] = ourTags, _ change: (inout Template) -> Void = { _ in }
    ) -> LaunchOrder {
        var template = Template(id: "cpu-small", image: family, offerings: [offering])
        change(&template)
        var order = LaunchOrder(
            request: "req-06fz3k9q2m7w1c4e", template: template, offering: offering, count: count, tags: tags)
        order.lifetimeSeconds = template.lifetimeSeconds
        return order
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

    static func network(_ change: (inout NetworkOptions) -> Void) -> NetworkOptions {
        var network = NetworkOptions()
        change(&network)
        return network
    }

    static func cpu(_ change: (inout CPUOptions) -> Void) -> CPUOptions {
        var cpu = CPUOptions()
        change(&cpu)
        return cpu
    }

    static let sshKey = "ops:ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA ops@desk"

    /// Everything that a template can say and Compute Engine has.
    static func fullTemplate(_ template: inout Template) {
        template.securityGroups = ["ssh", "grid"]
        template.keyName = sshKey
        template.role = "worker"
        template.userData = "#!/bin/sh\necho 'grüße, 世界'\n"
        template.publicAddress = true
        template.lifetimeSeconds = 4 * 3600
        template.rootDisk = disk {
            $0.device = "root"
            $0.sizeGiB = 100
            $0.type = "hyperdisk-balanced"
            $0.iops = 6000
            $0.throughputMiBps = 500
            $0.encryptionKey = "projects/grid-prod/locations/europe-west1/keyRings/r/cryptoKeys/k"
        }
        template.dataDisks = [
            disk { $0.sizeGiB = 500 }, disk { $0.type = "local-ssd" },
            disk {
                $0.snapshot = "tools"
                $0.type = "pd-ssd"
                $0.outlivesMachine = true
            },
        ]
        template.placement = placement {
            $0.group = "near"
            $0.capacityReservation = "nightly"
        }
        template.network = network {
            $0.ipv6Addresses = 1
            $0.isAccelerated = true
            $0.forwardsTraffic = true
        }
        template.cpu = cpu {
            $0.cores = 2
            $0.threadsPerCore = 1
        }
        template.providerAPISpec = .map([
            .init("minCpuPlatform", .text("Intel Ice Lake")),
            .init("shieldedInstanceConfig", .map([.init("enableSecureBoot", .boolean(true))])),
            .init("labels", .map([.init("muster-owner", .text("me")), .init("team", .text("grid"))])),
            .init("name", .text("another")),
        ])
    }

    private static var wishes: [(String, (inout Template) -> Void)] {
        [
            ("plain", { _ in }), ("full", fullTemplate), ("key", { $0.keyName = sshKey }),
            ("bare key", { $0.keyName = "ssh-rsa AAAAB3Nza me" }), ("key by name", { $0.keyName = "ops" }),
            ("role", { $0.role = "worker" }), ("role address", { $0.role = "w@x.iam.gserviceaccount.com" }),
            ("usual role", { $0.role = "default" }), ("script", { $0.userData = "#!/bin/sh\n" }),
            ("cloud-init", { $0.userData = "#cloud-config\npackages: [git]\n" }), ("empty data", { $0.userData = "" }),
            ("groups", { $0.securityGroups = ["a", "b"] }), ("public", { $0.publicAddress = true }),
            ("private", { $0.publicAddress = false }),
            ("lifetime", { $0.lifetimeSeconds = 60 }), ("long lifetime", { $0.lifetimeSeconds = 400 * 86_400 }),
            ("family of one's own", { $0.image = "family/base" }),
            ("image of one's own", { $0.image = "global/images/base-7" }),
            ("group", { $0.placement = placement { $0.group = "near" } }),
            ("host", { $0.placement = placement { $0.host = "node-1" } }),
            ("any reservation", { $0.placement = placement { $0.capacityReservation = "open" } }),
            ("no reservation", { $0.placement = placement { $0.capacityReservation = "none" } }),
            ("a reservation", { $0.placement = placement { $0.capacityReservation = "nightly" } }),
            ("ipv6", { $0.network = network { $0.ipv6Addresses = 1 } }),
            ("forwarding", { $0.network = network { $0.forwardsTraffic = true } }),
            ("fast adapter", { $0.network = network { $0.isAccelerated = true } }),
            ("threads", { $0.cpu = cpu { $0.threadsPerCore = 1 } }), ("cores", { $0.cpu = cpu { $0.cores = 4 } }),
            ("no cpu wish", { $0.cpu = CPUOptions() }),
            ("data disks", { $0.dataDisks = [disk { $0.sizeGiB = 1 }, disk { $0.type = "local-ssd" }] }),
            ("launch template", launchTemplate),
            (
                "launch template over",
                {
                    launchTemplate(&$0); fullTemplate(&$0)
                }
            ),
            ("gpu", { $0.offerings = [Offering(type: "g2-standard-4")] }),
            (
                "spec",
                {
                    $0.providerAPISpec = .map([
                        .init(
                            "guestAccelerators",
                            .list([
                                .map([
                                    .init(
                                        "acceleratorType",
                                        .text("zones/europe-west1-b/acceleratorTypes/nvidia-tesla-t4")),
                                    .init("acceleratorCount", .integer(1)),
                                ])
                            ])),
                        .init("scheduling", .map([.init("onHostMaintenance", .text("TERMINATE"))])),
                    ])
                }
            ),
        ]
    }

    static func launchTemplate(_ template: inout Template) {
        template.image = ""
        template.launchTemplate = LaunchTemplate(id: "workers")
    }

    private static var disks: [(String, (inout Disk) -> Void)] {
        [
            ("untouched", { _ in }), ("sized", { $0.sizeGiB = 8 }), ("typed", { $0.type = "pd-ssd" }),
            ("fast", { $0.iops = 3000 }), ("wide", { $0.throughputMiBps = 250 }),
            ("kept", { $0.outlivesMachine = true }),
            ("encrypted", { $0.isEncrypted = true }), ("with a key", { $0.encryptionKey = "projects/p/k" }),
            ("named", { $0.device = "boot" }),
        ]
    }

    static let oddTags = [
        "a b": "c d", "Upper": "x", "plus+": "1+1=2", "umlaut": "äöü", "empty": "", "team": "data_eng",
        "muster-owner": "me", "long": String(repeating: "x", count: 64), "1st": "x",
    ]

    /// Each wish of a template, in every market and kind of place.
    static var orders: [(name: String, order: LaunchOrder)] {
        let all =
            wishes
            + disks.map { name, change in ("disk \(name)", { template in template.rootDisk = disk(change) }) }
        let places: [(String?, String?)] = [
            (nil, nil), ("europe-west1-c", nil), (nil, "grid"),
            (nil, "projects/net/regions/europe-west1/subnetworks/a"),
            (nil, "regions/europe-west1/subnetworks/a"),
        ]
        var orders: [(name: String, order: LaunchOrder)] = []
        for (name, wish) in all {
            for market in Market.allCases {
                for (zone, subnet) in places {
                    let type = name == "gpu" ? "g2-standard-4" : "n2-standard-4"
                    let offering = Offering(type: type, zone: zone, subnet: subnet, market: market)
                    orders.append(("\(name), \(offering)", order(offering: offering, wish)))
                }
            }
        }
        for count in [1, 2, 1000] { orders.append(("\(count) machines", order(count: count))) }
        orders.append(("odd tags", order(tags: ourTags.merging(oddTags) { ours, _ in ours })))
        return orders
    }
}

extension Call {
    /// Method, address and parameters, one a line.
    var listing: String {
        "\(method) \(path)\n" + parameters.map { "\($0.name)=\($0.value)\n" }.joined()
    }
}
