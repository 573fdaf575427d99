import Provisioning

/// A persistent disk. One that came with an instance may go with it.
package struct GCPDisk: Sendable, Codable {
    package let id: UInt64
    package let name: String
    package let zone: String
    package let createdAt: Timestamp
    package let sizeGB: Int
    /// `pd-balanced`
    package let type: String
    /// `projects/debian-cloud/global/images/debian-12-bookworm-v20261110`
    package let image: String?
    package var labels: [String: String]
    /// The key of the instance that it is attached to.
    package var instance: String?
    package var isDeletedWithInstance: Bool
    package var goesAt: Timestamp?

    package var key: String { GCPProject.key(zone, name) }
    package func isThere(at now: Timestamp) -> Bool { goesAt.map { $0 > now } ?? true }
}

extension GCPProject {
    /// The instance that a disk is attached to now.
    func user(of disk: GCPDisk, at now: Timestamp) -> GCPInstance? {
        disk.instance.flatMap { instances[$0] }.flatMap { $0.isThere(at: now) ? $0 : nil }
    }

    /// Plans the end of those disks of an instance that go with it, whenever its own end is planned another way.
    mutating func settleDisks(of instance: GCPInstance) {
        for disk in instance.resource["disks"]?.array ?? [] {
            guard let name = disk["source"]?.string?.split(separator: "/").last else { continue }
            let key = GCPProject.key(instance.zone, String(name))
            guard disks[key]?.instance == instance.key, disks[key]?.isDeletedWithInstance == true else { continue }
            disks[key]?.goesAt = instance.goesAt
        }
    }
}
