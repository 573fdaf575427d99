/// The portable way to say machine types: what a machine must have, instead of what a cloud calls it.
///
/// Where nothing is said, burstable machines and bare metal are left out, as EC2's attribute-based selection does.
package struct Requirements: Hashable, Sendable, Codable {
    /// From and to, both included; nil: no bound.
    package struct Bounds: Hashable, Sendable, Codable {
        package var min: Int?
        package var max: Int?

        package init(min: Int? = nil, max: Int? = nil) {
            self.min = min
            self.max = max
        }

        package func holds(_ value: Int) -> Bool { value >= (min ?? .min) && value <= (max ?? .max) }
    }

    package struct GPU: Hashable, Sendable, Codable {
        /// As its maker names it, in any mixture of capitals: `A10G`; nil: any.
        package var name: String?
        package var count = Bounds(min: 1)
        /// Of each, in GiB.
        package var memoryGiB = Bounds()

        package init() {}
    }

    /// Whether machines of a kind may, must or must not be taken.
    package enum Inclusion: String, Hashable, Sendable, Codable, CaseIterable { case included, required, excluded }

    package var vcpus = Bounds()
    package var memoryMiB = Bounds()
    /// In MiB.
    package var memoryPerVCPU = Bounds()
    package var architecture: Architecture?
    /// `intel`, `amd`, or the cloud's own name as the maker of its own; nil: any.
    package var makers: [String]?
    /// Nil: machines without any.
    package var gpu: GPU?
    /// Disks that are part of the host and empty at the start, in GiB together; nil: does not matter.
    package var localDiskGiB: Bounds?
    package var localDisk = Inclusion.included
    package var burstable = Inclusion.excluded
    package var bareMetal = Inclusion.excluded
    /// Types not to take, in which `*` stands for anything: `t*`, `m5.large`.
    package var exclude: [String] = []
    /// Nothing but these, in the same form; nil: all.
    package var only: [String]?
    /// Attributes that only the cloud itself can judge, in its own words; for APIs that select by attributes.
    package var native: RawValue?

    /// How many types are tried at most: enough to find room, few enough to be read.
    package static let typesMax = 20

    package init() {}
}
