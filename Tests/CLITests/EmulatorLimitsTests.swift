import CloudEmulator
import FoundationEssentials
import Provisioning
import Setup
import Testing

/// A file says what the emulated cloud has, allows and gets wrong.
@Suite struct EmulatorLimitsTests {
    private func read(_ text: String, as name: String = "limits.yaml") throws -> EmulatorLimits {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-limits-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        return try EmulatorLimits.read(file.path)
    }

    private func refusals(_ text: String) throws -> [String] {
        do {
            _ = try read(text)
            return []
        } catch let error as Rejected {
            return error.diagnostics.map { "\($0.code)@\($0.place?.line ?? 0)" }
        }
    }

    @Test func everythingInItCounts() throws {
        let found = try read(
            """
            capacity:
              - {type: m6i.large, zone: us-east-1a, market: spot, machines: 2}
              - {type: c6i.large, machines: 0}
            unoffered: [{type: m7i.large, zone: us-east-1b}]
            quotas: [{region: us-east-1, family: g, market: on-demand, vcpus: 16}]
            rates: {RunInstances: {size: 5, per_second: 0.5}}
            subnets: {subnet-0000000a: us-east-1c}
            faults:
              - {effect: refuse, action: RunInstances, code: InternalError, status: 500, times: 2}
              - {effect: lose-reply}
              - {effect: fail-late, code: Server.InternalError, message: broken}
            """)
        let limits = found.limits
        #expect(limits.capacity[Pool(type: "m6i.large", zone: "us-east-1a", market: .spot)] == 2)
        #expect(limits.capacity[Pool(type: "m6i.large", zone: "us-east-1a")] == nil)
        #expect(limits.capacity[Pool(type: "c6i.large", zone: "eu-west-1c", market: .spot)] == 0)
        let both = Market.allCases.map { Pool(type: "m7i.large", zone: "us-east-1b", market: $0) }
        #expect(limits.unoffered == Set(both))
        #expect(limits.quotas == [Quota(family: "g", region: "us-east-1"): 16])
        #expect(limits.rates == ["RunInstances": RateBucket(size: 5, perSecond: 0.5)])
        #expect(limits.subnets == ["subnet-0000000a": "us-east-1c"])
        #expect(
            found.faults == [
                Fault(
                    .refuse(code: "InternalError", message: "This is a fault that was asked for.", status: 500),
                    on: "RunInstances", times: 2),
                Fault(.loseReply), Fault(.failLate(.init(code: "Server.InternalError", message: "broken"))),
            ])
    }

    @Test func googlesTypesAndMetricsAreOfItsOwnPlaces() throws {
        let limits = try read(
            """
            capacity:
              - {type: n2-standard-4, market: spot, machines: 2}
              - {type: n2-custom-4-8192, zone: us-central1-a, machines: 0}
            quotas: [{family: N2_CPUS, vcpus: 64}, {family: CPUS_ALL_REGIONS, region: global, vcpus: 96}]
            """
        ).limits
        #expect(limits.capacity[Pool(type: "n2-standard-4", zone: "europe-west1-b", market: .spot)] == 2)
        #expect(limits.capacity[Pool(type: "n2-standard-4", zone: "us-east-1a", market: .spot)] == nil)
        #expect(limits.capacity[Pool(type: "n2-custom-4-8192", zone: "us-central1-a")] == 0)
        #expect(limits.quotas[Quota(family: "N2_CPUS", region: "us-central1")] == 64)
        #expect(limits.quotas[Quota(family: "N2_CPUS", region: "us-east-1")] == nil)
        #expect(limits.quotas[Quota(family: "CPUS_ALL_REGIONS", region: "global")] == 96)
    }

    @Test func sizesOfAzureHaveZonesOfTheirOwn() throws {
        let limits = try read(
            """
            capacity:
              - {type: Standard_D2s_v5, market: spot, machines: 2}
              - {type: Standard_D4s_v5, zone: eastus-1, market: on-demand, machines: 1}
            quotas: [{region: eastus, family: standardDSv5Family, market: on-demand, vcpus: 4}]
            """
        ).limits
        for zone in ["", "1", "2", "3"] {
            #expect(limits.capacity[Pool(type: "Standard_D2s_v5", zone: zone, market: .spot)] == 2)
        }
        #expect(limits.capacity[Pool(type: "Standard_D4s_v5", zone: "eastus-1")] == 1)
        #expect(limits.capacity.count == 5)
        #expect(limits.quotas == [Quota(family: "standardDSv5Family", region: "eastus"): 4])
    }

    @Test func nothingIsLimitedByAnEmptyFile() throws {
        let found = try read("")
        #expect(found.limits.capacity.isEmpty && found.limits.quotas.isEmpty && found.faults.isEmpty)
        let json = #"{"rates": {"RunInstances": {"size": 1, "per_second": 1}}}"#
        #expect(try read(json, as: "limits.json").limits.rates.keys.sorted() == ["RunInstances"])
    }

    @Test func everyMistakeIsToldAtOnce() throws {
        let found = try refusals(
            """
            capacty: []
            capacity:
              - {type: m6i, machines: 2}
              - {zone: us-east-1a, machines: -1}
            quotas: [{vcpus: many}]
            rates: {RunInstances: {size: 5}}
            faults:
              - {effect: explode}
              - {effect: refuse, status: 200}
              - {effect: lose-reply, code: X}
            """)
        #expect(
            found == [
                "field.range@3", "field.missing@4", "field.range@4", "field.type@5", "field.missing@6",
                "field.range@8", "field.missing@9", "field.range@9", "limit.unknown-key@10", "limit.unknown-key@1",
            ])
        #expect(throws: Rejected.self) { try EmulatorLimits.read("/nonexistent/limits.yaml") }
    }
}
