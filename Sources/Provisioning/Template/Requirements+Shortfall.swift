// Why no type meets some requirements, in words.

extension Requirements {
    /// One of the things that a type must be or have.
    struct Criterion {
        /// `has` or `is`.
        let verb: Verb
        /// What stands behind it: `8 GPUs`, `for arm64`.
        let what: String
        let holds: (MachineType) -> Bool

        enum Verb { case has, `is` }

        init(_ verb: Verb, _ what: String, _ holds: @escaping (MachineType) -> Bool) {
            self.verb = verb
            self.what = what
            self.holds = holds
        }

        func text(of count: Int) -> String {
            switch verb {
            case .has: "\(count > 1 ? "have" : "has") \(what)"
            case .is: "\(count > 1 ? "are" : "is") \(what)"
            }
        }
    }

    /// All that `MachineType.meets` asks, one by one.
    var criteria: [Criterion] {
        var all: [Criterion] = []
        func add(_ verb: Criterion.Verb, _ what: String?, _ holds: @escaping (MachineType) -> Bool) {
            if let what { all.append(Criterion(verb, what, holds)) }
        }
        addGPU(add)
        add(.is, architecture.map { "for \($0.rawValue)" }) { $0.architecture == architecture }
        add(.has, vcpus.text("vCPUs")) { vcpus.holds($0.vcpus) }
        add(.has, memoryMiB.sizeText.map { "\($0) of memory" }) { memoryMiB.holds($0.memoryMiB) }
        add(.has, memoryPerVCPU.sizeText.map { "\($0) of memory a vCPU" }) {
            memoryPerVCPU.holds($0.memoryMiB / max(1, $0.vcpus))
        }
        add(.has, makers.map { "a processor by \($0.joined(separator: " or "))" }) { makers!.contains($0.maker) }
        add(.has, words(localDisk, "a local disk", "no local disk")) { localDisk.admits($0.localDiskGiB > 0) }
        add(.has, localDiskGiB?.text("GiB of local disk")) { localDiskGiB!.holds($0.localDiskGiB) }
        add(.is, words(burstable, "burstable", "of steady performance")) { burstable.admits($0.isBurstable) }
        add(.is, words(bareMetal, "bare metal", "virtual")) { bareMetal.admits($0.isBareMetal) }
        add(.is, exclude.isEmpty ? nil : "left by `exclude`") { type in !exclude.contains { matches(type.name, $0) } }
        add(.is, only.map { _ in "among `only`" }) { type in only!.contains { matches(type.name, $0) } }
        return all
    }

    private func addGPU(_ add: (Criterion.Verb, String?, @escaping (MachineType) -> Bool) -> Void) {
        guard let gpu else { return add(.has, "no GPU") { $0.gpu == nil } }
        let count = gpu.count.min == 1 && gpu.count.max == nil ? "a GPU" : gpu.count.text("GPUs") ?? "a GPU"
        add(.has, count) { $0.gpu.map { gpu.count.holds($0.count) } ?? false }
        add(.has, gpu.name.map { "a GPU called \($0)" }) { $0.gpu?.name.lowercased() == gpu.name!.lowercased() }
        add(.has, gpu.memoryGiB.text("GiB of memory a GPU")) {
            $0.gpu.map { gpu.memoryGiB.holds($0.memoryGiB) } ?? false
        }
    }

    private func words(_ inclusion: Inclusion, _ required: String, _ excluded: String) -> String? {
        switch inclusion {
        case .included: nil
        case .required: required
        case .excluded: excluded
        }
    }
}

extension [MachineType] {
    /// Which requirement excludes the last of the types that meet the others, where none meets all of them:
    /// `of 812 types, 14 have 8 GPUs; none of these is for arm64`.
    package func shortfall(of wanted: Requirements) -> String { shortfall(of: wanted.criteria) }

    /// The rarest thing first: what few types have at all tells most about why none is left.
    func shortfall(of criteria: [Requirements.Criterion]) -> String {
        let rarest = criteria.enumerated().map { (index: $0, criterion: $1, count: count(where: $1.holds)) }
            .sorted { ($0.count, $0.index) < ($1.count, $1.index) }.map(\.criterion)
        let all = count == 1 ? "1 type" : "\(count) types"
        var left = self
        var story: [String] = []
        for criterion in rarest {
            let those = left.filter(criterion.holds)
            if those.isEmpty {
                let none = story.isEmpty ? ", none" : "; none of these"
                return "of \(all)\(story.map { ", \($0)" }.joined())\(none) \(criterion.text(of: 1))"
            }
            if those.count < left.count {
                let whose = story.isEmpty ? "" : " of these"
                story.append("\(those.count)\(whose) \(criterion.text(of: those.count))")
            }
            left = those
        }
        return "of \(all), \(left.count) would do"
    }
}

// MARK: - Bounds

extension Requirements.Bounds {
    /// `at least 8 vCPUs`; nil: there is no bound.
    package func text(_ unit: String) -> String? {
        switch (min, max) {
        case (let least?, let most?) where least == most: "\(least) \(unit)"
        case (let least?, let most?): "\(least) to \(most) \(unit)"
        case (let least?, nil): "at least \(least) \(unit)"
        case (nil, let most?): "at most \(most) \(unit)"
        case (nil, nil): nil
        }
    }

    /// The same of a size in MiB, in the unit that a person would take.
    fileprivate var sizeText: String? {
        switch (min, max) {
        case (let least?, let most?) where least == most: Provisioning.sizeText(mebibytes: least)
        case (let least?, let most?):
            "\(Provisioning.sizeText(mebibytes: least)) to \(Provisioning.sizeText(mebibytes: most))"
        case (let least?, nil): "at least \(Provisioning.sizeText(mebibytes: least))"
        case (nil, let most?): "at most \(Provisioning.sizeText(mebibytes: most))"
        case (nil, nil): nil
        }
    }
}

/// `512 MiB`, `16 GiB`, `1.5 GiB`.
package func sizeText(mebibytes: Int) -> String {
    if mebibytes < 1024 { return "\(mebibytes) MiB" }
    let gibibytes = Double(mebibytes) / 1024
    return gibibytes == gibibytes.rounded() ? "\(Int(gibibytes)) GiB" : "\(gibibytes) GiB"
}
