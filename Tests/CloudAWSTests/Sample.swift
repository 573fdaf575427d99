import Cloud
import Provisioning

@testable import CloudAWS

/// Launches of every kind.
enum Sample {
    static let strategy = RunInstances()
    static let token: IntentToken = "int-06fz3k9q2m7w1c4d"

    static func order(
        count: Int = 3, offering: Offering = Offering(type: "m6i.large", zone: "us-east-1a"),
        tags: [String: String] = [OurTag.request: "req-one", OurTag.token: token.text, OurTag.owner: "ldg-1.00"],
        _ change: (inout Template) -> Void = { _ in }
    ) -> LaunchOrder {
        var template = Template(id: "cpu-small", image: "ami-0c7217cdde317cfec", offerings: [offering])
        change(&template)
        return LaunchOrder(request: "req-one", template: template, offering: offering, count: count, tags: tags)
    }

    /// Everything a template can say, said.
    static func fullTemplate(_ template: inout Template) {
        template.securityGroups = ["sg-1", "sg-2", "sg-3"]
        template.keyName = "ops key"
        template.role = "worker"
        template.userData = "#!/bin/sh\necho 'grüße, 世界'\n"
        template.publicAddress = true
        template.monitoring = true
        var disk = Disk()
        disk.device = "/dev/sda1"
        disk.sizeGiB = 100
        disk.type = "gp3"
        disk.iops = 6000
        disk.throughputMiBps = 500
        disk.isEncrypted = true
        template.rootDisk = disk
    }

    /// And everything that came to be honoured since.
    static func richTemplate(_ template: inout Template) {
        fullTemplate(&template)
        template.maxPrice = "0.25"
        template.placement = Placement()
        template.placement?.group = "near"
        template.placement?.partition = 2
        template.placement?.tenancy = "dedicated"
        template.placement?.capacityReservation = "cr-0123456789abcdef0"
        template.metadataOptions = MetadataOptions()
        template.metadataOptions?.isEnabled = true
        template.metadataOptions?.needsToken = true
        template.metadataOptions?.hopLimit = 2
        template.metadataOptions?.showsTags = true
        template.network = NetworkOptions()
        template.network?.ipv6Addresses = 1
        template.network?.isFabricAdapter = true
        template.cpu = CPUOptions()
        template.cpu?.cores = 8
        template.cpu?.threadsPerCore = 1
        template.mayHibernate = true
        template.rootDisk?.encryptionKey = "alias/disks"
        template.dataDisks = [data { $0.sizeGiB = 500 }, data { $0.device = "/dev/xvdf" }, data(full)]
        template.launchTemplate = LaunchTemplate(id: "lt-0123456789abcdef0", version: "7")
    }

    static func data(_ change: (inout Disk) -> Void) -> Disk {
        var disk = Disk()
        change(&disk)
        return disk
    }

    private static func full(_ disk: inout Disk) {
        disk.type = "io2"
        disk.iops = 8000
        disk.snapshot = "snap-0123456789abcdef0"
        disk.encryptionKey = "arn:aws:kms:us-east-1:123456789012:key/one"
        disk.outlivesMachine = true
    }

    /// The wishes about one thing each that an order can be made with.
    private static var later: [(String, (inout Template) -> Void)] {
        [
            ("rich", richTemplate),
            ("max price", { $0.maxPrice = "0.1" }),
            ("group", { $0.placement = placement { $0.group = "near" } }),
            ("host", { $0.placement = placement { $0.host = "h-0123456789abcdef0" } }),
            ("any reservation", { $0.placement = placement { $0.capacityReservation = "open" } }),
            ("no reservation", { $0.placement = placement { $0.capacityReservation = "none" } }),
            (
                "group of reservations",
                { $0.placement = placement { $0.capacityReservation = "arn:aws:resource-groups:us-east-1:1:group/a" } }
            ),
            ("metadata off", { $0.metadataOptions = metadata { $0.isEnabled = false } }),
            ("old metadata", { $0.metadataOptions = metadata { $0.needsToken = false } }),
            ("metadata without tags", { $0.metadataOptions = metadata { $0.showsTags = false } }),
            (
                "addresses",
                {
                    $0.network = NetworkOptions()
                    $0.network?.ipv6Addresses = 2
                }
            ),
            (
                "no adapter",
                {
                    $0.network = NetworkOptions()
                    $0.network?.isFabricAdapter = false
                }
            ),
            ("hibernation", { $0.mayHibernate = false }),
            ("data disks", { $0.dataDisks = [data { _ in }, data { $0.sizeGiB = 1 }] }),
            (
                "launch template by name",
                {
                    $0.image = ""
                    $0.launchTemplate = LaunchTemplate(id: "workers", version: "$Latest")
                }
            ),
        ]
    }

    private static func placement(_ change: (inout Placement) -> Void) -> Placement {
        var placement = Placement()
        change(&placement)
        return placement
    }

    private static func metadata(_ change: (inout MetadataOptions) -> Void) -> MetadataOptions {
        var options = MetadataOptions()
        change(&options)
        return options
    }

    static let oddTags = [
        "a b": "c d", "plus+": "1+1=2", "amp&": "x&y=z", "percent%": "100%25", "ümlaut": "世界 🖥", "slash/:": "~-_.*'()",
        "empty": "", "quote\"": "<tag>\n\t",
    ]

    /// Each wish of a template alone and with its opposite, in every market and kind of place.
    static var orders: [(name: String, order: LaunchOrder)] {
        var wishes: [(String, (inout Template) -> Void)] = [
            ("plain", { _ in }), ("full", fullTemplate), ("key", { $0.keyName = "ops" }),
            ("role name", { $0.role = "worker" }),
            ("role arn", { $0.role = "arn:aws:iam::123456789012:instance-profile/worker" }),
            ("user data", { $0.userData = "#!/bin/sh\n" }), ("empty user data", { $0.userData = "" }),
            ("groups", { $0.securityGroups = ["sg-1", "sg-2"] }),
            ("monitored", { $0.monitoring = true }), ("unmonitored", { $0.monitoring = false }),
            ("public", { $0.publicAddress = true }), ("private", { $0.publicAddress = false }),
            (
                "private with groups",
                {
                    $0.publicAddress = false
                    $0.securityGroups = ["sg-1", "sg-2"]
                }
            ),
        ]
        wishes += later
        let disks: [(String, (inout Disk) -> Void)] = [
            ("untouched", { _ in }), ("sized", { $0.sizeGiB = 8 }), ("typed", { $0.type = "io2" }),
            ("fast", { $0.iops = 3000 }), ("wide", { $0.throughputMiBps = 250 }),
            ("encrypted", { $0.isEncrypted = true }), ("plain", { $0.isEncrypted = false }),
            ("named", { $0.device = "/dev/sda1" }),
        ]
        for (name, change) in disks {
            wishes.append(
                (
                    "disk \(name)",
                    { template in
                        var disk = Disk()
                        change(&disk)
                        template.rootDisk = disk
                    }
                ))
        }
        let places: [(String?, String?)] = [
            (nil, nil), ("us-east-1a", nil), (nil, "subnet-1"), ("us-east-1a", "subnet-1"),
        ]
        var orders: [(name: String, order: LaunchOrder)] = []
        for (name, wish) in wishes {
            for market in Market.allCases {
                for (zone, subnet) in places {
                    let offering = Offering(type: "m6i.large", zone: zone, subnet: subnet, market: market)
                    orders.append(("\(name), \(offering)", order(offering: offering, wish)))
                }
            }
        }
        for count in [1, 2, 1000] { orders.append(("\(count) machines", order(count: count))) }
        orders.append(("odd tags", order(tags: oddTags)))
        return orders
    }
}

extension Call {
    /// Its parameters, one a line.
    var listing: String {
        "\(method) \(path)\n" + parameters.map { "\($0.name)=\($0.value)\n" }.joined()
    }

    /// The form it sends, read back the way a server reads it.
    var form: [(name: String, value: String)] {
        String(decoding: body, as: UTF8.self).split(separator: "&", omittingEmptySubsequences: false).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(parts[0]), parts.count > 1 ? decoded(parts[1]) : "")
        }
    }

    private func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
