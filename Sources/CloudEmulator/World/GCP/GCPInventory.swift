/// An image, as the projects that publish them have it.
package struct GCPImage: Sendable, Hashable {
    package let name: String
    package let family: String
    package let project: String
    package let sizeGB: Int
    package let architecture: String
    package let description: String
    package let license: String

    /// `projects/debian-cloud/global/images/debian-12-bookworm-v20261110`
    package var path: String { "projects/\(project)/global/images/\(name)" }
    var id: UInt64 { GCPInventory.id(path) }

    static let features = [
        "UEFI_COMPATIBLE", "VIRTIO_SCSI_MULTIQUEUE", "GVNIC", "SEV_CAPABLE", "SEV_LIVE_MIGRATABLE_V2",
    ]
}

/// What there is in the emulated Google Cloud from the start; nobody can change it, and nothing of it is saved.
package enum GCPInventory {
    /// When all of it was made.
    static let madeAt = "2026-11-10T12:00:00.000-08:00"

    package static let images: [GCPImage] =
        debian("12-bookworm", "debian-12") + debian("13-trixie", "debian-13")
        + ubuntu("2204-jammy-v20261105", "ubuntu-2204-lts", "ubuntu-2204-lts")
        + ubuntu("2404-noble-amd64-v20261112", "ubuntu-2404-lts-amd64", "ubuntu-2404-lts")
        + [
            image(
                "ubuntu-2404-noble-arm64-v20261112", "ubuntu-2404-lts-arm64", "ubuntu-os-cloud", 10, "ARM64",
                "ubuntu-2404-lts"),
            image(
                "ubuntu-2204-jammy-arm64-v20261105", "ubuntu-2204-lts-arm64", "ubuntu-os-cloud", 10, "ARM64",
                "ubuntu-2204-lts"),
            image("rocky-linux-9-v20261101", "rocky-linux-9", "rocky-linux-cloud", 20, "X86_64", "rocky-linux-9"),
            image("hpc-rocky-linux-8-v20261019", "hpc-rocky-linux-8", "cloud-hpc-image-public", 20, "X86_64", "hpc"),
            image("cos-121-18867-90-4", "cos-stable", "cos-cloud", 10, "X86_64", "cos"),
            image(
                "common-cu129-ubuntu-2404-nvidia-580-v20261101", "common-cu129-ubuntu-2404-nvidia-580",
                "deeplearning-platform-release", 50, "X86_64", "common-dl"),
        ]

    private static func debian(_ name: String, _ family: String) -> [GCPImage] {
        [
            image("debian-\(name)-v20261110", family, "debian-cloud", 10, "X86_64", family),
            image("debian-\(name)-arm64-v20261110", "\(family)-arm64", "debian-cloud", 10, "ARM64", family),
        ]
    }

    private static func ubuntu(_ name: String, _ family: String, _ license: String) -> [GCPImage] {
        [image("ubuntu-\(name)", family, "ubuntu-os-cloud", 10, "X86_64", license)]
    }

    private static func image(
        _ name: String, _ family: String, _ project: String, _ sizeGB: Int, _ architecture: String, _ license: String
    ) -> GCPImage {
        GCPImage(
            name: name, family: family, project: project, sizeGB: sizeGB, architecture: architecture,
            description: "\(family), built for the emulated cloud",
            license: "projects/\(project)/global/licenses/\(license)")
    }

    /// An image or the newest of a family, however much of its address is written.
    package static func image(_ text: String, project: String) -> GCPImage? {
        let project = gcpPart("projects", of: text) ?? project
        let name = gcpName(text)
        return gcpPart("images", of: text) == "family" && gcpPart("family", of: text) == name
            ? images.first { $0.project == project && $0.family == name }
            : images.first { $0.project == project && $0.name == name }
    }

    package static let accelerators: [(name: String, description: String, most: Int)] = [
        ("nvidia-tesla-t4", "NVIDIA T4", 4), ("nvidia-tesla-v100", "NVIDIA V100", 8),
        ("nvidia-tesla-p100", "NVIDIA P100", 4), ("nvidia-l4", "NVIDIA L4", 8),
        ("nvidia-tesla-a100", "NVIDIA A100 40GB", 16), ("nvidia-a100-80gb", "NVIDIA A100 80GB", 8),
        ("nvidia-h100-80gb", "NVIDIA H100 80GB", 8), ("nvidia-h100-mega-80gb", "NVIDIA H100 80GB MEGA", 8),
        ("nvidia-h200-141gb", "NVIDIA H200 141GB", 8), ("nvidia-b200", "NVIDIA B200", 8),
    ]

    package static let diskTypes: [(name: String, description: String, sizes: String)] = [
        ("pd-standard", "Standard Persistent Disk", "10GB-65536GB"),
        ("pd-balanced", "Balanced Persistent Disk", "10GB-65536GB"),
        ("pd-ssd", "SSD Persistent Disk", "10GB-65536GB"), ("local-ssd", "Local SSD", "375GB-375GB"),
        ("hyperdisk-balanced", "Hyperdisk Balanced Disk", "4GB-65536GB"),
    ]

    /// What a thing is numbered by follows from its address.
    static func id(_ path: String) -> UInt64 {
        path.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } >> 1 | 1 << 60
    }

    /// Enough regions to choose from; what is missing can be named in the settings.
    package static let someRegions: [String: [String]] = [
        "us-central1": "abcf", "us-east1": "bcd", "us-east4": "abc", "us-west1": "abc", "us-west2": "abc",
        "us-west4": "abc", "northamerica-northeast1": "abc", "southamerica-east1": "abc", "europe-west1": "bcd",
        "europe-west2": "abc", "europe-west3": "abc", "europe-west4": "abc", "europe-north1": "abc",
        "asia-east1": "abc", "asia-northeast1": "abc", "asia-south1": "abc", "asia-southeast1": "abc",
        "australia-southeast1": "abc", "me-west1": "abc", "africa-south1": "abc",
    ].reduce(into: [:]) { all, region in all[region.key] = region.value.map { "\(region.key)-\($0)" } }
}
