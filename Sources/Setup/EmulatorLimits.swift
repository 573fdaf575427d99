import CloudEmulator
import Documents
import Provisioning

/// What a file says that the emulated cloud has left, lets its account have, and gets wrong on purpose.
///
/// It is all that is limited: what the file does not name is without limit.
package struct EmulatorLimits: Sendable {
    package private(set) var limits = Limits()
    package private(set) var faults: [Fault] = []

    /// - Throws: `Rejected` with everything that is wrong in it.
    package static func read(_ path: String) throws -> EmulatorLimits {
        let (document, found) = Document.read(path)
        try found.rejectErrors()
        var read = EmulatorLimits()
        if let root = document?.root { try read.take(Layered(root, layer: "limits")).rejectErrors() }
        return read
    }

    /// Sets an emulated cloud's limits and faults, for everybody who sees its world.
    package func apply(to emulator: Emulator) throws {
        try emulator.change { world in
            world.limits = limits
            world.faults = faults
        }
    }

    private mutating func take(_ fields: Layered) -> [Diagnostic] {
        var reader = FieldReader(fields, what: "limit")
        each("capacity", &reader) { item in
            let pools = EmulatorLimits.pools(&item)
            guard let count = item.required("machines", { $0.integer($1, in: 0...Int.max) }) else { return }
            for pool in pools { limits.capacity[pool] = count }
        }
        each("unoffered", &reader) { limits.unoffered.formUnion(EmulatorLimits.pools(&$0)) }
        each("quotas", &reader) { item in
            let named = item.string("region"), family = item.string("family") ?? "standard"
            let markets = EmulatorLimits.markets(&item)
            guard let vcpus = item.required("vcpus", { $0.integer($1, in: 0...Int.max) }) else { return }
            // Google's metrics are written large.
            let isGoogles = family == family.uppercased()
            let everywhere = isGoogles ? GCPInventory.someRegions.keys.sorted() : EmulatorLimits.regions
            for region in named.map({ [$0] }) ?? everywhere {
                for market in markets {
                    limits.quotas[Quota(family: family, market: market, region: region)] = vcpus
                }
            }
        }
        for entry in reader.entries("rates") ?? [] {
            var rate = FieldReader(entry.value, what: "limit")
            let size = rate.required("size") { $0.number($1, in: 0...1e9) }
            let perSecond = rate.required("per_second") { $0.number($1, in: 0...1e9) }
            if let size, let perSecond { limits.rates[entry.key] = RateBucket(size: size, perSecond: perSecond) }
            rate.finish().forEach { reader.report($0) }
        }
        limits.subnets = reader.texts("subnets") ?? [:]
        limits.denied = reader.strings("denied").map { Set($0) }
        each("faults", &reader) { item in
            if let fault = EmulatorLimits.fault(&item) { faults.append(fault) }
        }
        return reader.finish()
    }

    private func each(_ name: FieldName, _ reader: inout FieldReader, _ read: (inout FieldReader) -> Void) {
        for value in reader.list(name) ?? [] {
            var item = FieldReader(value, what: "limit")
            read(&item)
            item.finish().forEach { reader.report($0) }
        }
    }

    private static let regions = EmulatorSettings.someRegions.keys.sorted() + AzureInventory.locations.keys.sorted()

    /// A type in one zone or in all, on one market or on both.
    private static func pools(_ item: inout FieldReader) -> [Pool] {
        let type = item.required("type") { $0.string($1) }
        let isAzure = type.map { AzureSize($0) != nil } ?? false
        let isGoogles = type.flatMap(GCPMachineType.named) != nil
        if let type, !isInstanceType(type), !isAzure, !isGoogles {
            item.report("field.range", "`\(type)` is not an instance type", at: item.map["type"]?.place)
        }
        let everywhere = isGoogles ? GCPInventory.someRegions : EmulatorSettings.someRegions
        // Azure's zones are numbers, and a machine may be in none.
        let all = isAzure ? ["", "1", "2", "3"] : everywhere.values.flatMap(\.self)
        let zones = item.string("zone").map { [$0] } ?? all
        let markets = markets(&item)
        return zones.flatMap { zone in
            markets.compactMap { market in type.map { Pool(type: $0, zone: zone, market: market) } }
        }
    }

    private static func markets(_ item: inout FieldReader) -> [Market] {
        item.choice("market", of: ["spot": .spot, "on-demand": .onDemand]).map { [$0] } ?? Market.allCases
    }

    private enum Kind { case refuse, failAfterwards, loseRequest, loseReply, failLate }

    private static func fault(_ item: inout FieldReader) -> Fault? {
        let kind = item.required("effect") { reader, name in
            reader.choice(
                name,
                of: [
                    "refuse": Kind.refuse, "fail-afterwards": .failAfterwards, "lose-request": .loseRequest,
                    "lose-reply": .loseReply, "fail-late": .failLate,
                ])
        }
        let action = item.string("action"), times = item.integer("times", in: 1...Int.max) ?? 1
        guard let kind else {
            item.accept("code", "message", "status")
            return nil
        }
        switch kind {
        case .loseRequest: return Fault(.loseRequest, on: action, times: times)
        case .loseReply: return Fault(.loseReply, on: action, times: times)
        case .refuse, .failAfterwards, .failLate: break
        }
        let message = item.string("message") ?? "This is a fault that was asked for."
        let code = item.required("code") { $0.string($1) }
        if kind == .failLate {
            return code.map { Fault(.failLate(.init(code: $0, message: message)), on: action, times: times) }
        }
        let status = item.integer("status", in: 400...599) ?? 400
        return code.map { code in
            let effect: Fault.Effect =
                kind == .refuse
                ? .refuse(code: code, message: message, status: status)
                : .failAfterwards(code: code, message: message, status: status)
            return Fault(effect, on: action, times: times)
        }
    }
}
