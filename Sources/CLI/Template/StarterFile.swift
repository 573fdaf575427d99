import Catalog
import Provisioning

/// A template file to begin with: what a template needs, and commented out all else that it may say.
struct StarterFile {
    let cloud: CloudName
    let id: String
    let keys: [TemplateKey]

    var fileName: String { "\(cloud)prov_templates.yaml" }

    var text: String {
        var lines = [
            "# Templates for \(cloud): save this file as `\(fileName)` in a directory of your catalog, then see",
            "# `muster template validate`. What is commented out is not needed; take what you want.",
            "",
            "templates:",
            "  \(id):",
            "    description: What it is for, in a line",
        ]
        let examples = StarterFile.examples(at: cloud)
        let needed: Set = ["machine_image", "machine_types", "max_machines", "tags"]
        for key in keys where key.isSupported && key.key != "description" {
            guard let example = examples[key.key] else { continue }
            lines.append("")
            lines += folded(key.meaning)
            let mark = needed.contains(key.key) ? "    " : "    # "
            lines += "\(key.key):\(example.hasPrefix("\n") ? "" : " ")\(example)".split(separator: "\n").map {
                mark + $0
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// As comments of at most a hundred columns, each beginning with `#:` so that it is not taken for a value.
    private func folded(_ meaning: String) -> [String] {
        var lines: [String] = []
        for word in meaning.split(separator: " ") {
            if let last = lines.last, last.count + word.count < 100 {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append("    #: \(word)")
            }
        }
        return lines
    }

    // MARK: - Examples

    static let clouds = TemplateKeys.clouds

    /// A value a key may have at a cloud; a key that is not here is nothing to begin with, or nothing for that cloud.
    static func examples(at cloud: CloudName) -> [String: String] {
        let own: [String: String] =
            switch cloud {
            case "azure": azure
            case "gcp": gcp
            default: aws
            }
        return everywhere.merging(own) { $1 }
    }

    private static let everywhere: [String: String] = [
        "name": "A name for people",
        "extends": "another-template",
        "is_active": "false",
        "parameters": "\n  size: {type: enum, values: [small, large], default: small}",
        "requirements": "{vcpus: {min: 4}, memory: {min: 16GiB}, architecture: x86_64}",
        "machine_bootstrap": "|\n  #!/bin/sh\n  echo started",
        "machine_bootstrap_file": "scripts/start.sh",
        "machine_disk_size_gb": "100",
        "zones": "all",
        "public_ip_assignment": "false",
        "tags": "{team: me}",
        "price_type": "heterogeneous",
        "max_machines": "10",
        "lifetime": "8h",
        "at_least": "80%",
        "metadata": "{owner: me}",
        "version": "\"1\"",
    ]

    private static let aws: [String: String] = [
        "provider_api": "aws/run-instances",
        "machine_image": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
        "machine_types": "[m6i.large, m6a.large]",
        "subnet_ids": "[subnet-0123456789abcdef0]",
        "security_group_ids": "[sg-0123456789abcdef0]",
        "machine_ssh_key": "my-key",
        "machine_role": "my-instance-profile",
        "machine_disk_type": "gp3",
        "machine_disk_device": "/dev/xvda",
        "iops": "3000",
        "throughput": "125",
        "storage_encryption": "true",
        "encryption_key": "alias/my-key",
        "machine_disks": "[{device: /dev/sdf, size_gb: 500, type: gp3}]",
        "monitoring_enabled": "true",
        "placement": "{group: my-group}",
        "capacity_reservation": "open",
        "metadata_options": "{tokens: required, hop_limit: 2}",
        "network_options": "{ipv6_addresses: 1}",
        "cpu_options": "{threads_per_core: 1, cores: 1}",
        "hibernation": "true",
        "max_price": "\"0.05\"",
    ]

    private static let azure: [String: String] = [
        "provider_api": "azure/virtual-machines",
        "machine_image": "Canonical:ubuntu-24_04-lts:server:latest",
        "machine_types": "[Standard_D2s_v5, Standard_D2as_v5]",
        "machine_disk_type": "Premium_LRS",
    ]

    private static let gcp: [String: String] = [
        "provider_api": "gcp/instances",
        "machine_image": "projects/debian-cloud/global/images/family/debian-12",
        "machine_types": "[n2-standard-2, n2d-standard-2]",
        "machine_disk_type": "pd-balanced",
    ]
}
