import Catalog
import Provisioning

// The parts of a template, each as data and as a line for people.

extension Disk {
    var rendered: Rendered {
        [
            "device": .text(device), "size_gib": .integer(sizeGiB), "type": .text(type), "iops": .integer(iops),
            "throughput_mibps": .integer(throughputMiBps), "encrypted": .boolean(isEncrypted),
            "encryption_key": .text(encryptionKey), "snapshot": .text(snapshot),
            "outlives_machine": .boolean(outlivesMachine),
        ]
    }

    var text: String {
        line([
            sizeGiB.map { "\($0) GiB" }, type, iops.map { "\($0) IOPS" }, throughputMiBps.map { "\($0) MiB/s" },
            isEncrypted.map { $0 ? "encrypted" : "not encrypted" }, encryptionKey.map { "key \($0)" },
            snapshot.map { "from \($0)" }, device, outlivesMachine == true ? "outlives its machine" : nil,
        ])
    }
}

extension Placement {
    var rendered: Rendered {
        [
            "group": .text(group), "partition": .integer(partition), "tenancy": .text(tenancy), "host": .text(host),
            "capacity_reservation": .text(capacityReservation),
        ]
    }

    var text: String {
        line([
            group.map { "group \($0)" }, partition.map { "partition \($0)" }, tenancy.map { "\($0) tenancy" },
            host.map { "host \($0)" }, capacityReservation.map { "reservation \($0)" },
        ])
    }
}

extension MetadataOptions {
    var rendered: Rendered {
        [
            "enabled": .boolean(isEnabled), "tokens_required": .boolean(needsToken), "hop_limit": .integer(hopLimit),
            "tags": .boolean(showsTags),
        ]
    }

    var text: String {
        line([
            isEnabled.map { $0 ? "enabled" : "disabled" },
            needsToken.map { $0 ? "tokens required" : "tokens optional" }, hopLimit.map { "hop limit \($0)" },
            showsTags.map { $0 ? "with tags" : "without tags" },
        ])
    }
}

extension NetworkOptions {
    var rendered: Rendered {
        [
            "ipv6_addresses": .integer(ipv6Addresses), "fabric_adapter": .boolean(isFabricAdapter),
            "accelerated": .boolean(isAccelerated), "forwards_traffic": .boolean(forwardsTraffic),
        ]
    }

    var text: String {
        line([
            ipv6Addresses.map { "\($0) IPv6 address\($0 == 1 ? "" : "es")" },
            isFabricAdapter == true ? "fabric adapter" : nil, isAccelerated == true ? "accelerated" : nil,
            forwardsTraffic == true ? "forwards traffic" : nil,
        ])
    }
}

extension CPUOptions {
    var rendered: Rendered { ["cores": .integer(cores), "threads_per_core": .integer(threadsPerCore)] }

    var text: String {
        line([
            cores.map { "\($0) core\($0 == 1 ? "" : "s")" },
            threadsPerCore.map { "\($0) thread\($0 == 1 ? "" : "s") a core" },
        ])
    }
}

extension ImageSearch {
    var rendered: Rendered {
        ["owner": .text(owner), "name": .text(name), "architecture": .text(architecture?.rawValue)]
    }
}

extension LaunchTemplate {
    var rendered: Rendered { ["id": .text(id), "version": .text(version)] }
    var text: String { line([id, version.map { "version \($0)" }]) }
}

extension FleetOptions {
    var rendered: Rendered {
        [
            "type": .text(kind?.rawValue), "percent_on_demand": .integer(percentOnDemand),
            "allocation_strategy": .text(allocation?.rawValue),
            "allocation_strategy_on_demand": .text(onDemandAllocation?.rawValue), "weights": counts(weights),
            "on_demand_weights": counts(onDemandWeights), "priorities": counts(priorities), "role": .text(role),
            "pools": .integer(pools), "expiry_minutes": .integer(expiryMinutes), "context": .text(context),
        ]
    }

    var text: String {
        line([
            kind?.rawValue, percentOnDemand.map { "\($0) % on-demand" }, allocation?.rawValue,
            onDemandAllocation.map { "\($0.rawValue) on-demand" }, list("weights", weights),
            list("on-demand weights", onDemandWeights), list("priorities", priorities), role.map { "role \($0)" },
            pools.map { "\($0) pools" }, expiryMinutes.map { "expires after \($0)m" }, context,
        ])
    }

    private func counts(_ counts: [String: Int]?) -> Rendered {
        guard let counts else { return .null }
        return .object(counts.sorted { $0.key < $1.key }.map { .init(key: $0, value: .integer($1)) })
    }

    private func list(_ name: String, _ counts: [String: Int]?) -> String? {
        counts.map { counts in
            "\(name) " + counts.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: " ")
        }
    }
}

extension LeastCount {
    var text: String {
        switch self {
        case .count(let count): "\(count)"
        case .percent(let percent): "\(percent)%"
        }
    }
}

extension Parameter {
    var rendered: Rendered {
        [
            "name": .text(name), "type": .text(kind.rawValue), "values": .texts(values), "default": .text(usual),
            "min": bound(min), "max": bound(max), "example": .text(example), "description": .text(description),
        ]
    }

    private func bound(_ number: Double?) -> Rendered {
        guard let number else { return .null }
        return Int(exactly: number).map { .integer($0) } ?? .number(number)
    }

    /// What its values may be: `small|large`, `integer, 1 to 24`.
    var choice: String {
        if kind == .enum { return values.joined(separator: "|") }
        func shown(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
        return switch (min, max) {
        case (let least?, let most?): "\(kind.rawValue), \(shown(least)) to \(shown(most))"
        case (let least?, nil): "\(kind.rawValue), at least \(shown(least))"
        case (nil, let most?): "\(kind.rawValue), at most \(shown(most))"
        case (nil, nil): kind.rawValue
        }
    }
}

extension Requirements {
    var rendered: Rendered {
        [
            "vcpus": vcpus.rendered, "memory_mib": memoryMiB.rendered, "memory_per_vcpu_mib": memoryPerVCPU.rendered,
            "architecture": .text(architecture?.rawValue), "cpu_makers": makers.map { .texts($0) } ?? .null,
            "gpu": gpu.map {
                [
                    "name": .text($0.name), "count": $0.count.rendered, "memory_gib": $0.memoryGiB.rendered,
                ]
            } ?? .null,
            "local_disk": .text(localDisk.rawValue), "local_disk_gib": localDiskGiB?.rendered ?? .null,
            "burstable": .text(burstable.rawValue), "bare_metal": .text(bareMetal.rawValue),
            "exclude": .texts(exclude), "only": only.map { .texts($0) } ?? .null,
        ]
    }

    var text: String {
        line([
            vcpus.text("vCPUs"), memoryMiB.text("MiB"), memoryPerVCPU.text("MiB a vCPU"), architecture?.rawValue,
            makers.map { "by \($0.joined(separator: " or "))" },
            gpu.map { line([$0.count.text($0.name.map { "GPUs \($0)" } ?? "GPUs"), $0.memoryGiB.text("GiB each")]) },
            localDisk == .included ? nil : "local disk \(localDisk.rawValue)", localDiskGiB?.text("GiB of it"),
            burstable == .excluded ? nil : "burstable \(burstable.rawValue)",
            bareMetal == .excluded ? nil : "bare metal \(bareMetal.rawValue)",
            exclude.isEmpty ? nil : "not \(exclude.joined(separator: " "))",
            only.map { "only \($0.joined(separator: " "))" },
        ])
    }
}

extension Requirements.Bounds {
    fileprivate var rendered: Rendered { ["min": .integer(min), "max": .integer(max)] }
}

extension RawValue {
    var rendered: Rendered {
        switch self {
        case .null: .null
        case .boolean(let value): .boolean(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .text(let value): .text(value)
        case .list(let items): .list(items.map(\.rendered))
        case .map(let fields): .object(fields.map { .init(key: $0.key, value: $0.value.rendered) })
        }
    }
}

private func line(_ parts: [String?]) -> String { parts.compactMap(\.self).joined(separator: ", ") }
