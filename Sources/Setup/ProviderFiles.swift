import Cloud
import Documents
import Glibc
import Provisioning

/// What `providers/` says of each cloud: read once, by whoever wants it first, while all others wait for it.
final class ProviderFiles: Sendable {
    private let folder: String
    private let descriptors = Lock<[CloudName: Result<ProviderDescriptor, any Error>]>([:])
    private let rules = Lock<[CloudName: Result<CloudRules, Rejected>?]>([:])

    init(folder: String) { self.folder = folder }

    /// - Throws: `Rejected` with everything that is wrong in the cloud's files.
    func descriptor(of cloud: CloudName) throws -> ProviderDescriptor {
        try descriptors.withLock { known in
            if let descriptor = known[cloud] { return descriptor }
            let descriptor = Result { try readDescriptor(of: cloud) }
            known[cloud] = descriptor
            return descriptor
        }.get()
    }

    /// What templates are held to; nil: there is nothing on templates for this cloud.
    func rules(of cloud: CloudName) -> Result<CloudRules, Rejected>? {
        rules.withLock { known in
            if let rules = known[cloud] { return rules }
            let rules = readRules(of: cloud)
            known[cloud] = rules
            return rules
        }
    }

    private func readDescriptor(of cloud: CloudName) throws -> ProviderDescriptor {
        let folder = "\(self.folder)/\(cloud)"
        return try ProviderDescriptor(folder: folder, apiFiles: try files(in: "\(folder)/apis"))
    }

    private func readRules(of cloud: CloudName) -> Result<CloudRules, Rejected>? {
        let folder = "\(self.folder)/\(cloud)"
        guard access("\(folder)/rules.yaml", F_OK) == 0 else { return nil }
        return Result { () throws(Rejected) in
            var rules = try CloudRules(cloud, folder: folder)
            rules.builtAPIs = Set(House.apis).intersection(rules.apis)
            return rules
        }
    }

    private func files(in folder: String) throws -> [String] {
        guard let stream = opendir(folder) else {
            throw Rejected(
                Diagnostic(.error, "file.missing", "`\(folder)` cannot be read: \(String(cString: strerror(errno)))"))
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = entryName(entry)
            if name.hasSuffix(".yaml") { names.append(name) }
        }
        return names.sorted()
    }
}
