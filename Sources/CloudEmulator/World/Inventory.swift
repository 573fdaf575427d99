/// What there is in every region of the emulated cloud from the start: images, a network, a key, a profile.
///
/// Nobody can change it, so it is no part of a world, and nothing of it is saved. Real images have another id in each
/// region; these have the same in all, so that one catalog is enough to try things out.
package enum Inventory {
    package struct Image: Sendable, Hashable {
        package let id: String
        package let name: String
        package let owner: Owner
        package let architecture: String
        /// As EC2 writes it: `2026-11-20T08:15:00.000Z`.
        package let createdAt: String
        package let rootDevice: String
        package let sizeGiB: Int
    }

    /// Who published an image.
    package enum Owner: String, Sendable {
        case amazon = "137112412989"
        case canonical = "099720109477"

        /// Only Amazon's own accounts have a name.
        package var alias: String? { self == .amazon ? "amazon" : nil }
    }

    /// The default network, its default security group, and what else an account may name.
    package static let network = "vpc-0e0e0e0e0e0e0e0e0"
    package static let securityGroup = "sg-0e0e0e0e0e0e0e0e0"
    package static let keyPair = "demo"
    package static let instanceProfile = "demo"

    package static let images: [Image] = [
        linux("ami-0c7217cdde317cfec", "2023.9.20261103.0", "x86_64", "2026-11-03T20:11:54.000Z"),
        linux("ami-0c7217cdde3100a64", "2023.9.20261103.0", "arm64", "2026-11-03T20:12:31.000Z"),
        linux("ami-0b8d527345fdace59", "2023.8.20260817.1", "x86_64", "2026-08-17T19:40:02.000Z"),
        linux("ami-0b8d527345fd00a64", "2023.8.20260817.1", "arm64", "2026-08-17T19:41:15.000Z"),
        ubuntu("ami-0d240400a11ce0001", "noble-24.04-amd64-server-20261112", "x86_64", "2026-11-12T06:03:19.000Z"),
        ubuntu("ami-0d240400a11ce0a64", "noble-24.04-arm64-server-20261112", "arm64", "2026-11-12T06:05:44.000Z"),
        ubuntu("ami-0d220400a11ce0001", "jammy-22.04-amd64-server-20261029", "x86_64", "2026-10-29T05:12:08.000Z"),
        ubuntu("ami-0d220400a11ce0a64", "jammy-22.04-arm64-server-20261029", "arm64", "2026-10-29T05:14:37.000Z"),
        Image(
            id: "ami-0a8b4201f2d6c9e37",
            name: "Deep Learning OSS Nvidia Driver AMI GPU PyTorch 2.9 (Amazon Linux 2023) 20261107", owner: .amazon,
            architecture: "x86_64", createdAt: "2026-11-07T22:30:00.000Z", rootDevice: "/dev/xvda", sizeGiB: 75),
    ]

    /// The public parameters of Systems Manager that stand for images, and the images.
    package static let parameters: [String: String] = {
        var parameters: [String: String] = [:]
        for kernel in ["default", "6.1"] {
            let start = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-\(kernel)"
            parameters["\(start)-x86_64"] = "ami-0c7217cdde317cfec"
            parameters["\(start)-arm64"] = "ami-0c7217cdde3100a64"
        }
        let ubuntu = [
            ("24.04", "ami-0d240400a11ce0001", "ami-0d240400a11ce0a64"),
            ("22.04", "ami-0d220400a11ce0001", "ami-0d220400a11ce0a64"),
        ]
        for (version, x86, arm) in ubuntu {
            let start = "/aws/service/canonical/ubuntu/server/\(version)/stable/current"
            parameters["\(start)/amd64/hvm/ebs-gp3/ami-id"] = x86
            parameters["\(start)/arm64/hvm/ebs-gp3/ami-id"] = arm
        }
        let graphics = "base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id"
        parameters["/aws/service/deeplearning/ami/x86_64/\(graphics)"] = "ami-0a8b4201f2d6c9e37"
        return parameters
    }()

    /// Types of the families most often asked for; any other that is written like a type exists too.
    package static let types: [String] = {
        let sizes = ["large", "xlarge", "2xlarge", "4xlarge"]
        let families = [
            "c5", "c5d", "c6a", "c6g", "c6i", "c7g", "c7i", "m5", "m5d", "m6a", "m6g", "m6i", "m7g", "m7i", "r5", "r5d",
            "r6a", "r6g", "r6i", "r7g", "r7i",
        ]
        let small = ["t3", "t4g"].flatMap { family in
            ["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge"].map { "\(family).\($0)" }
        }
        let accelerated = ["g4dn", "g5", "g6"].flatMap { family in
            ["xlarge", "2xlarge", "4xlarge", "8xlarge"].map { "\(family).\($0)" }
        }
        return (families.flatMap { family in sizes.map { "\(family).\($0)" } } + small + accelerated).sorted()
    }()

    private static func linux(_ id: String, _ version: String, _ architecture: String, _ createdAt: String) -> Image {
        Image(
            id: id, name: "al2023-ami-\(version)-kernel-6.1-\(architecture)", owner: .amazon,
            architecture: architecture, createdAt: createdAt, rootDevice: "/dev/xvda", sizeGiB: 8)
    }

    private static func ubuntu(_ id: String, _ name: String, _ architecture: String, _ createdAt: String) -> Image {
        Image(
            id: id, name: "ubuntu/images/hvm-ssd-gp3/ubuntu-\(name)", owner: .canonical, architecture: architecture,
            createdAt: createdAt, rootDevice: "/dev/sda1", sizeGiB: 8)
    }
}
