import Glibc

/// A catalog as a large site has it: templates of about 1 KB each, 250 to a folder, the same each time.
///
/// What all have in common is in `defaults:`. Of twenty templates two extend the base of their folder, and one
/// is changed again in the layer above, by the account's own file.
enum SampleCatalog {
    static let folderSize = 250

    static func make(in directory: String, templates count: Int) throws {
        mkdir(directory, 0o700)
        try write(shared, to: "\(directory)/awsprov_templates.yaml")
        for folder in 0..<(count + folderSize - 1) / folderSize {
            let path = "\(directory)/pool-\(padded(folder, 4))"
            mkdir(path, 0o700)
            var main = "# The templates of pool \(folder).\ntemplates:\n", changes = "templates:\n"
            for number in folder * folderSize..<min(count, (folder + 1) * folderSize) {
                main += template(number, folder: folder)
                if number % 20 == 7 { changes += change(of: number) }
            }
            try write(main, to: "\(path)/awsprov_templates.yaml")
            try write(changes, to: "\(path)/prodinst_templates.yaml")
        }
    }

    private static let shared = """
        defaults:
          provider_api: aws/run-instances
          machine_image: ami-0c7217cdde317cfec
          zones: [us-east-1a, us-east-1b, us-east-1c]
          machine_disk_device: /dev/xvda
          machine_disk_size_gb: 20
          machine_disk_type: gp3
          storage_encryption: true
          monitoring_enabled: false
          tags:
            managed: muster
            site: example

        """

    private static func id(_ number: Int) -> String { "grid-node-\(padded(number, 5))" }

    private static func template(_ number: Int, folder: Int) -> String {
        let family = ["c6i", "m6i", "r6i", "c7g"][number % 4], size = ["large", "xlarge", "2xlarge"][number % 3]
        let parent = number % 10 == 3 ? "    extends: \(id(folder * folderSize))\n" : ""
        // Every other one spells its keys as catalogs from elsewhere do.
        let (types, script) = number % 2 == 0 ? ("machine_types", "machine_bootstrap") : ("instance_types", "user_data")
        return """
              - template_id: \(id(number))
            \(parent)    name: Grid nodes \(number)
                description: "Workers of pool \(folder) for the nightly valuation, queue \(number % 17)"
                \(types): [\(family).\(size), m5.\(size), m5a.\(size), m5n.\(size)]
                zones: [us-east-1a, us-east-1b, us-east-1c, us-east-1d]
                security_group_ids:
                  - sg-0a1b2c3d4e5f\(padded(number, 5))
                  - sg-0f9e8d7c6b5a\(padded(folder, 5))
                key_name: grid-operators
                machine_role: grid-node-profile
                price_type: \(number % 3 == 0 ? "heterogeneous" : "spot")
                machine_disk_size_gb: \(40 + number % 10 * 20)
                iops: 3000
                throughput: 125
                public_ip_assignment: false
                tags:
                  team: risk-\(number % 23)
                  cost-center: "\(4000 + folder)"
                  environment: production
                  queue: valuation-\(number % 17)
                \(script): |
                  #!/bin/bash
                  set -euo pipefail
                  # Joins the grid under the name that the scheduler knows.
                  echo "pool=\(folder) template=\(number)" >> /etc/grid/node.conf
                  systemctl enable --now grid-agent.service
                  until curl --silent --fail http://localhost:9100/ready; do sleep 1; done
                max_machines: \(100 + number % 400)
                lifetime: 12h

            """
    }

    private static func change(of number: Int) -> String {
        """
          - template_id: \(id(number))
            max_machines: \(10 + number % 40)
            tags: {environment: staging}

        """
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    private static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw LedgerTrouble(why: "\(path) cannot be written") }
        defer { fclose(file) }
        guard fputs(text, file) >= 0 else { throw LedgerTrouble(why: "\(path) cannot be written") }
    }
}
