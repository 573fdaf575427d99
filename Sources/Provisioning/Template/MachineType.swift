/// What a cloud's manual says of one of its machine types.
package struct MachineType: Hashable, Sendable {
    package var name: String
    package var family: String
    package var vcpus: Int
    package var memoryMiB: Int
    package var architecture: Architecture
    /// Of its processor: `intel`, `amd`, or the cloud's own name.
    package var maker: String
    package var gpu: GPU?
    package var localDiskGiB: Int
    package var isBurstable: Bool
    package var isBareMetal: Bool

    package struct GPU: Hashable, Sendable {
        package var name: String
        package var count: Int
        package var memoryGiB: Int

        package init(name: String, count: Int, memoryGiB: Int) {
            self.name = name
            self.count = count
            self.memoryGiB = memoryGiB
        }
    }

    package init(
        name: String, family: String, vcpus: Int, memoryMiB: Int, architecture: Architecture, maker: String,
        gpu: GPU? = nil, localDiskGiB: Int = 0, isBurstable: Bool = false, isBareMetal: Bool = false
    ) {
        self.name = name
        self.family = family
        self.vcpus = vcpus
        self.memoryMiB = memoryMiB
        self.architecture = architecture
        self.maker = maker
        self.gpu = gpu
        self.localDiskGiB = localDiskGiB
        self.isBurstable = isBurstable
        self.isBareMetal = isBareMetal
    }

    package func meets(_ wanted: Requirements) -> Bool {
        wanted.vcpus.holds(vcpus) && wanted.memoryMiB.holds(memoryMiB)
            && wanted.memoryPerVCPU.holds(memoryMiB / max(1, vcpus))
            && (wanted.architecture ?? architecture) == architecture
            && (wanted.makers?.contains(maker) ?? true) && hasGPU(wanted.gpu)
            && wanted.localDisk.admits(localDiskGiB > 0) && (wanted.localDiskGiB?.holds(localDiskGiB) ?? true)
            && wanted.burstable.admits(isBurstable) && wanted.bareMetal.admits(isBareMetal)
            && !wanted.exclude.contains { matches(name, $0) }
            && (wanted.only?.contains { matches(name, $0) } ?? true)
    }

    private func hasGPU(_ wanted: Requirements.GPU?) -> Bool {
        guard let wanted else { return gpu == nil }
        guard let gpu else { return false }
        return (wanted.name ?? gpu.name).lowercased() == gpu.name.lowercased()
            && wanted.count.holds(gpu.count) && wanted.memoryGiB.holds(gpu.memoryGiB)
    }
}

extension Requirements.Inclusion {
    func admits(_ isOfThatKind: Bool) -> Bool {
        switch self {
        case .included: true
        case .required: isOfThatKind
        case .excluded: !isOfThatKind
        }
    }
}

extension [MachineType] {
    /// The types that meet some requirements, in order of preference: of each family the smallest that does, the
    /// families by what that one has, least first; of equals the one that the cloud's table lists first.
    ///
    /// One of each family, because a larger size of the same family comes out of the same hosts: where the small
    /// one has no capacity left, the large one seldom has.
    package func meeting(_ wanted: Requirements) -> [MachineType] { meeting(wanted) { _ in true } }

    /// The same of those alone that something else is true of.
    func meeting(_ wanted: Requirements, where isEligible: (MachineType) -> Bool) -> [MachineType] {
        var smallest: [String: Int] = [:]
        for (index, type) in enumerated() where type.meets(wanted) && isEligible(type) {
            if let best = smallest[type.family], self[best].isNoLarger(than: type) { continue }
            smallest[type.family] = index
        }
        return smallest.values.sorted { a, b in
            self[a].size == self[b].size ? a < b : self[a].size < self[b].size
        }.map { self[$0] }
    }
}

extension MachineType {
    var size: (Int, Int, Int, Int) { (gpu?.count ?? 0, vcpus, memoryMiB, localDiskGiB) }
    fileprivate func isNoLarger(than other: MachineType) -> Bool { size <= other.size }
}

/// Whether a name has a form in which `*` stands for anything, whatever its capitals.
package func matches(_ name: String, _ form: String) -> Bool {
    // Names of types and images are of ASCII, and are looked at as they are, without a copy.
    if name.utf8.isASCII, form.utf8.isASCII { return matches(name.utf8, form.utf8) }
    return matches(name.lowercased().utf8, form.lowercased().utf8)
}

private func matches(_ name: String.UTF8View, _ form: String.UTF8View) -> Bool {
    var inName = name.startIndex, inForm = form.startIndex
    /// Behind the last `*`, and where in the name what follows it was tried last.
    var retry: (inForm: String.Index, inName: String.Index)?
    while inName != name.endIndex {
        if inForm != form.endIndex, form[inForm] == UInt8(ascii: "*") {
            inForm = form.index(after: inForm)
            retry = (inForm, inName)
        } else if inForm != form.endIndex, lowerCase(form[inForm]) == lowerCase(name[inName]) {
            inForm = form.index(after: inForm)
            inName = name.index(after: inName)
        } else if let last = retry {
            // The `*` stands for one more letter.
            inForm = last.inForm
            inName = name.index(after: last.inName)
            retry = (inForm, inName)
        } else {
            return false
        }
    }
    return form[inForm...].allSatisfy { $0 == UInt8(ascii: "*") }
}

extension String.UTF8View {
    fileprivate var isASCII: Bool { allSatisfy { $0 < 0x80 } }
}

private func lowerCase(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
