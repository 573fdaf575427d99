import Catalog
import Glibc
import Provisioning

/// A catalog of ten thousand templates of a kilobyte, as `muster agent run` holds it.
enum HeldCatalog {
    private static let count = 10_000

    static func measure() async throws -> [Figure] {
        try await withScratchFolder { folder in
            try write(to: "\(folder)/templates.yaml")
            let catalog = TemplateCatalog(
                directories: [folder], accounts: [.init(name: "bench", cloud: "aws", isEmulated: true)],
                surroundings: .system)
            let before = residentBytes()
            let start = wallSeconds()
            _ = try catalog.resolve(id(0))
            let loading = (wallSeconds() - start) * 1000
            let loaded = residentBytes()
            for number in 0..<count { _ = try catalog.resolve(id(number)) }
            let resolved = residentBytes()

            let watching = Task { await catalog.keepFresh { _ in } }
            defer { watching.cancel() }
            // It begins with a load of its own, so that everything that was read is watched.
            while catalog.cacheStatus.loads < 2 { try await Task.sleep(for: .milliseconds(10)) }
            for number in 0..<count { _ = try catalog.resolve(id(number)) }
            let loads = catalog.cacheStatus.loads
            let again = wallSeconds()
            for number in 0..<count { _ = try catalog.resolve(id(number)) }
            let each = (wallSeconds() - again) / Double(count) * 1e6
            precondition(catalog.cacheStatus.loads == loads, "it was read again meanwhile")
            return [
                Figure(what: "reading 10,000 templates", measured: "\(round2(loading)) ms", wanted: ""),
                Figure(
                    what: "memory for a template, read; resolved too",
                    measured: "\(perTemplate(before, loaded)) KiB; \(perTemplate(before, resolved)) KiB",
                    wanted: "<= 8 KiB"),
                Figure(
                    what: "resolving a cached template, watched", measured: "\(round2(each)) us", wanted: "<= 20 us"),
            ]
        }
    }

    private static func perTemplate(_ before: Int, _ after: Int) -> String {
        round2(Double(after - before) / Double(count) / 1024)
    }

    private static func id(_ number: Int) -> Template.ID { Template.ID("grid/node-\(number)") }

    private static func write(to path: String) throws {
        let script = (0..<70).map { "word\($0)" }.joined(separator: " ")
        var text = "templates:\n"
        for number in 0..<count {
            text += """
                  grid/node-\(number):
                    description: Node \(number) of the grid
                    machine_image: ami-0abcdef1234567890
                    machine_types: [m6i.large, m6a.large, m5.large]
                    subnet_ids: [subnet-0abcdef1234567890, subnet-0abcdef1234567891]
                    security_group_ids: [sg-0abcdef1234567890]
                    max_machines: \(number % 200 + 1)
                    tags: {team: team-\(number % 97), project: project-\(number % 31), cost: '\(number)'}
                    user_data: |
                      #!/bin/sh
                      # \(script)
                      echo \(number)

                """
        }
        guard let file = fopen(path, "w") else { throw LedgerTrouble(why: "\(path) cannot be written") }
        defer { fclose(file) }
        guard fputs(text, file) >= 0 else { throw LedgerTrouble(why: "\(path) cannot be written") }
    }
}
