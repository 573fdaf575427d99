import Cloud
import FoundationEssentials
import Provisioning
import Testing

@testable import CloudAWS

/// The tables of parameters, held against the published models.
@Suite struct ParameterTableTests {
    /// What a template writes of each call, and the model that describes it.
    struct Case: Sendable, CustomTestStringConvertible {
        let api: APIName
        let model: Result<PublishedModel, any Error>
        let root: String
        var beside: [(name: String, value: String)] = []

        var testDescription: String { api.text }
    }

    private static let cases = [
        Case(api: "aws/run-instances", model: PublishedModel.ec2, root: "RunInstancesRequest"),
        Case(api: "aws/ec2-fleet", model: PublishedModel.ec2, root: "CreateFleetRequest"),
        Case(api: "aws/spot-fleet", model: PublishedModel.ec2, root: "SpotFleetRequestConfigData"),
        Case(api: "aws/auto-scaling-group", model: PublishedModel.autoScaling, root: "CreateAutoScalingGroupType"),
        Case(
            api: "aws/launch-template", model: PublishedModel.ec2, root: "RequestLaunchTemplateData",
            beside: [("LaunchTemplateName", "one")]),
    ]

    private static let tables = ParameterTables(folder: Fixtures.house.appending(path: "providers/aws").path)

    private static func table(_ api: APIName) throws -> ParameterTable { try #require(try tables.call(of: api)) }

    // MARK: - Nothing more, nothing less

    @Test(arguments: cases) func aTableSaysWhatTheModelSays(_ sample: Case) throws {
        let table = try Self.table(sample.api)
        let model = try sample.model.get()
        #expect(table.root == sample.root)
        var waiting = [sample.root], seen: Set<String> = []
        while let name = waiting.popLast() {
            guard seen.insert(name).inserted else { continue }
            let structure = try #require(table.structures[name], "\(name)")
            let members = model.shapes[name]?.members ?? [:]
            #expect(Set(structure.names) == Set(members.keys), "\(name)")
            for (key, reference) in members {
                let member = try #require(structure[key], "\(name).\(key)")
                #expect(member.wire == model.wireName(key, reference), "\(name).\(key)")
                #expect(agrees(member.kind, reference.shape, model, &waiting), "\(name).\(key)")
            }
        }
        #expect(Set(table.structures.keys) == seen)
    }

    /// Whether a kind is the model's; structures are put among those to be looked at.
    private func agrees(
        _ kind: ParameterTable.Kind, _ name: String, _ model: PublishedModel, _ waiting: inout [String]
    ) -> Bool {
        guard let shape = model.shapes[name] else { return false }
        switch kind {
        case .structure(let own):
            waiting.append(own)
            return shape.type == "structure" && own == name
        case .list(let item, let mark):
            return shape.type == "list" && mark == model.itemName(of: shape)
                && agrees(item, shape.member?.shape ?? "", model, &waiting)
        case .words(let words): return shape.enum == words
        // New ones come faster than models.
        case .text: return shape.type == "string" && (shape.enum == nil || (shape.enum ?? []).count > 100)
        case .integer: return shape.type == "integer"
        case .long: return shape.type == "long"
        case .number: return shape.type == "double"
        case .boolean: return shape.type == "boolean"
        case .time: return shape.type == "timestamp"
        }
    }

    @Test(arguments: cases) func whatIsOursIsAmongTheParameters(_ sample: Case) throws {
        let table = try Self.table(sample.api)
        #expect(!table.ours.isEmpty)
        for path in table.ours.keys {
            var structure = table.structures[table.root]
            for name in path.split(separator: ".") {
                let member = try #require(structure?[String(name)], "\(path)")
                #expect(member.name == name)
                if case .structure(let next) = member.kind {
                    structure = table.structures[next]
                } else {
                    structure = nil
                }
            }
        }
    }

    @Test func aCloudWithoutTablesHasNone() throws {
        let tables = ParameterTables(folder: Fixtures.house.appending(path: "providers/gcp").path)
        #expect(try tables.call(of: "gcp/instances") == nil)
        #expect(throws: Rejected.self) { try Self.tables.call(of: "aws/no-such-api") }
    }

    // MARK: - On the wire

    /// Every parameter there is, said at once.
    @Test(arguments: cases) func everyParameterGoesByItsNameInTheModel(_ sample: Case) throws {
        let table = try Self.table(sample.api)
        let raw = table.raw(Self.everything(.structure(table.root), in: table))
        let written = raw.values.map { (name: $0.name, value: $0.value) }
        #expect(written.count > 100 && Set(written.map(\.name)).count == written.count)
        let model = try sample.model.get()
        let call = [("Action", table.action), ("Version", model.metadata.apiVersion)] + sample.beside + written
        #expect(model.faults(in: call) == [])
    }

    private static func everything(
        _ kind: ParameterTable.Kind, in table: ParameterTable, named name: String = "", above: Set<String> = []
    ) -> RawValue {
        switch kind {
        case .structure(let own):
            if above.contains(own) { return .null }
            let structure = table.structures[own] ?? ParameterTable.Structure([])
            return .map(
                structure.names.map { name in
                    let kind = structure[name]?.kind ?? .text
                    return .init(name, everything(kind, in: table, named: name, above: above.union([own])))
                })
        case .list(let item, _):
            return .list([
                everything(item, in: table, named: name, above: above), .null,
                everything(item, in: table, named: name, above: above),
            ])
        case .words(let words): return .text(words.last ?? "")
        case .text: return .text(["InstanceType": "m6i.large", "ResourceType": "instance"][name] ?? "x y=&")
        case .integer, .long: return .integer(100)
        case .number: return .number(2.0)
        case .boolean: return .boolean(false)
        case .time: return .text("2027-01-31T18:00:00Z")
        }
    }

    @Test func valuesGoAsTheyAreWritten() throws {
        let raw = try Self.table("aws/ec2-fleet").raw(
            .map([
                .init("spotOptions", .map([.init("MaxTotalPrice", .text("1.10")), .init("MinTargetCapacity", .null)])),
                .init("ReplaceUnhealthyInstances", .boolean(true)),
                .init("Big", .integer(.max)), .init("Whole", .number(3)), .init("Part", .number(0.25)),
            ]))
        #expect(
            raw.values == [
                .init("SpotOptions.MaxTotalPrice", "1.10"), .init("ReplaceUnhealthyInstances", "true"),
                .init("Big", "9223372036854775807"), .init("Whole", "3"), .init("Part", "0.25"),
            ])
        #expect(raw.replaces == [])
    }

    @Test func aListReplacesWhatTheTemplateSaidOtherwise() throws {
        var order = Sample.order { template in
            template.securityGroups = ["sg-1", "sg-2", "sg-3"]
            template.monitoring = true
            template.metadataOptions = MetadataOptions()
            template.metadataOptions?.needsToken = true
        }
        let spec: RawValue = .map([
            .init("SecurityGroupIds", .list([.text("sg-9")])),
            .init("Monitoring", .map([.init("Enabled", .boolean(false))])),
            .init("MetadataOptions", .map([.init("HttpPutResponseHopLimit", .integer(2))])),
            .init("EbsOptimized", .boolean(true)),
        ])
        order.rawCall = try Self.table("aws/run-instances").raw(spec)
        let call = try Sample.strategy.launch(order, token: Sample.token)
        #expect(try PublishedModel.ec2.get().faults(in: call.form) == [])
        let sent = Dictionary(uniqueKeysWithValues: call.form.map { ($0.name, $0.value) })
        #expect(sent.filter { $0.key.hasPrefix("SecurityGroupId") } == ["SecurityGroupId.1": "sg-9"])
        #expect(sent["Monitoring.Enabled"] == "false" && sent["EbsOptimized"] == "true")
        // A map is laid over what is there.
        #expect(sent["MetadataOptions.HttpTokens"] == "required")
        #expect(sent["MetadataOptions.HttpPutResponseHopLimit"] == "2")
    }
}
