/// What there is in every subscription of the emulated Azure from the start. Nobody can change it, so it is no part of
/// a world.
package enum AzureInventory {
    /// The group and the network that a new subscription has.
    package static let group = "muster"
    package static let homeLocation = "eastus"

    static let networkProperties: JSONValue = [
        "addressSpace": ["addressPrefixes": ["10.0.0.0/8"]], "virtualNetworkPeerings": [],
        "enableDdosProtection": false,
    ]

    static let subnetProperties: JSONValue = [
        "addressPrefix": "10.0.0.0/12", "delegations": [], "privateEndpointNetworkPolicies": "Disabled",
        "privateLinkServiceNetworkPolicies": "Enabled",
    ]

    /// An image of the marketplace.
    package struct Image: Sendable, Hashable {
        package let publisher, offer, sku: String
        /// The oldest first.
        package let versions: [String]
        package let isWindows: Bool
        package let isArm: Bool
        package let generation: Int

        package var sizeGB: Int { isWindows ? 127 : 30 }
    }

    package static let images: [Image] = [
        linux("Canonical", "ubuntu-24_04-lts", "server", "24.04.202611100"),
        linux("Canonical", "ubuntu-24_04-lts", "server-arm64", "24.04.202611100", isArm: true),
        linux("Canonical", "ubuntu-24_04-lts", "minimal", "24.04.202611100"),
        linux("Canonical", "ubuntu-24_04-lts", "server-gen1", "24.04.202611100", generation: 1),
        linux("Canonical", "0001-com-ubuntu-server-jammy", "22_04-lts", "22.04.202610290", generation: 1),
        linux("Canonical", "0001-com-ubuntu-server-jammy", "22_04-lts-gen2", "22.04.202610290"),
        linux("Canonical", "0001-com-ubuntu-server-jammy", "22_04-lts-arm64", "22.04.202610290", isArm: true),
        linux("Debian", "debian-12", "12-gen2", "0.20261103.2283"),
        linux("Debian", "debian-12", "12-arm64", "0.20261103.2283", isArm: true),
        linux("Debian", "debian-13", "13-gen2", "0.20261103.2283"),
        linux("RedHat", "RHEL", "9-lvm-gen2", "9.6.2026101518"),
        linux("RedHat", "RHEL", "810-gen2", "8.10.2026101519"),
        linux("almalinux", "almalinux-x86_64", "9-gen2", "9.6.202610150"),
        linux("resf", "rockylinux-x86_64", "9-base", "9.6.20261015"),
        linux("SUSE", "sles-15-sp6", "gen2", "2026.10.21"),
        linux("microsoftcblmariner", "azure-linux-3", "azure-linux-3-gen2", "3.20261101.01"),
        linux("microsoftcblmariner", "azure-linux-3", "azure-linux-3-arm64", "3.20261101.01", isArm: true),
        linux("microsoft-dsvm", "ubuntu-hpc", "2204", "22.04.2026102901"),
        Image(
            publisher: "MicrosoftWindowsServer", offer: "WindowsServer", sku: "2016-Datacenter",
            versions: ["14393.8519.261009", "14393.8594.261106"], isWindows: true, isArm: false, generation: 1),
        Image(
            publisher: "MicrosoftWindowsServer", offer: "WindowsServer", sku: "2022-datacenter-azure-edition",
            versions: ["20348.4294.261009", "20348.4405.261106"], isWindows: true, isArm: false, generation: 2),
        Image(
            publisher: "MicrosoftWindowsServer", offer: "WindowsServer", sku: "2025-datacenter-azure-edition",
            versions: ["26100.6899.261009", "26100.7171.261106"], isWindows: true, isArm: false, generation: 2),
    ]

    private static func linux(
        _ publisher: String, _ offer: String, _ sku: String, _ latest: String, isArm: Bool = false, generation: Int = 2
    ) -> Image {
        // One before it too, for whoever wants to pin a version.
        let digits = String(latest.reversed().prefix(while: \.isNumber).reversed())
        let before = String(max(0, (Int(digits) ?? 1) - 1))
        let padding = String(repeating: "0", count: max(0, digits.count - before.count))
        let older = latest.dropLast(digits.count) + padding + before
        return Image(
            publisher: publisher, offer: offer, sku: sku, versions: [String(older), latest],
            isWindows: false, isArm: isArm, generation: generation)
    }

    /// Families of sizes, `#` standing for the vCPUs, and how many those may be.
    static let families: [(pattern: String, vcpus: [Int])] =
        [
            ("B#s", [1]), ("B#ms", [1, 2, 4, 8, 12, 16, 20]), ("B#s_v2", [2, 4, 8, 16, 32]),
            ("B#ls_v2", [2, 4, 8, 16, 32]), ("B#as_v2", [2, 4, 8, 16, 32]), ("B#ps_v2", [2, 4, 8, 16]),
        ]
        + ["D#s_v3", "D#s_v4", "D#as_v4", "D#ds_v4", "D#_v5", "E#s_v3", "E#s_v4", "E#as_v4", "E#ds_v4"].map {
            ($0, [2, 4, 8, 16, 32, 48, 64])
        }
        + [
            "D#s_v5", "D#ds_v5", "D#as_v5", "D#ads_v5", "D#ls_v5", "D#lds_v5", "D#s_v6", "D#ds_v6", "D#as_v6",
            "D#ads_v6", "D#ls_v6", "D#lds_v6", "D#als_v6", "D#alds_v6", "D#ps_v6", "D#pds_v6", "D#pls_v6",
            "D#plds_v6", "E#s_v5", "E#ds_v5", "E#as_v5", "E#ads_v5", "E#bs_v5", "E#bds_v5", "E#s_v6", "E#ds_v6",
            "E#as_v6", "E#ads_v6", "E#ps_v6", "E#pds_v6",
        ].map { ($0, [2, 4, 8, 16, 32, 48, 64, 96]) }
        + [
            ("D#ps_v5", [2, 4, 8, 16, 32, 48, 64]), ("D#pls_v5", [2, 4, 8, 16, 32, 48, 64]),
            ("D#pds_v5", [2, 4, 8, 16, 32, 48, 64]), ("D#plds_v5", [2, 4, 8, 16, 32, 48, 64]),
            ("E#ps_v5", [2, 4, 8, 16, 20, 32]), ("E#pds_v5", [2, 4, 8, 16, 20, 32]),
            ("F#s_v2", [2, 4, 8, 16, 32, 48, 64, 72]), ("F#als_v6", [2, 4, 8, 16, 32, 48, 64]),
            ("F#as_v6", [2, 4, 8, 16, 32, 48, 64]), ("F#ams_v6", [2, 4, 8, 16, 32, 48, 64]),
            ("L#s_v3", [8, 16, 32, 48, 64, 80]), ("L#as_v3", [8, 16, 32, 48, 64, 80]), ("M#ms_v2", [32, 64, 128]),
            ("NC#as_T4_v3", [4, 8, 16, 64]), ("NC#ads_A100_v4", [24, 48, 96]), ("NC#ads_H100_v5", [40, 80]),
            ("NV#ads_A10_v5", [36, 72]), ("ND#isr_H100_v5", [96]), ("HB#rs_v3", [120]),
        ]

    /// The sizes that listings name; any other that is written like one exists too.
    package static let sizes: [AzureSize] = families.flatMap { family in
        family.vcpus.compactMap { vcpus in
            AzureSize(
                "Standard_"
                    + family.pattern.split(separator: "#", omittingEmptySubsequences: false)
                    .joined(separator: "\(vcpus)"))
        }
    }
}
