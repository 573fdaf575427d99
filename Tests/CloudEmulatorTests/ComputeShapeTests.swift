import FoundationEssentials
import PublishedModels
import Testing

@testable import CloudEmulator

/// The emulated Compute Engine's tables, and the real one's own words.
@Suite struct ComputeShapeTests {
    /// Fields that a body may have are those that Google describes, each of its kind.
    @Test func theTablesSayWhatGoogleSays() throws {
        let schemas = try ComputeCloud.document.get().schemas
        for (name, shape) in GCPShape.all {
            guard let schema = schemas[name], let properties = schema.properties else { continue }
            #expect(Set(shape.fields.keys) == Set(properties.keys), "\(name)")
            for (field, kind) in shape.fields {
                guard let property = properties[field] else { continue }
                #expect(Self.agrees(kind, property), "\(name).\(field) is \(kind)")
            }
        }
        let taken = Set(GCPMethod.byName.values.compactMap(\.body)).subtracting(["TestPermissionsRequest"])
        #expect(taken.isSubset(of: Set(GCPShape.all.keys)))
        #expect(taken.isSubset(of: Set(schemas.keys)))
    }

    private static func agrees(_ kind: GCPShape.Kind, _ schema: DiscoveryDocument.Schema) -> Bool {
        switch kind {
        case .any: true
        case .text: schema.type == "string"
        case .bytes: schema.format == "byte"
        case .choice(let choices): Set(schema.enum ?? []) == choices
        case .bool: schema.type == "boolean"
        case .int: schema.type == "integer"
        case .number: schema.type == "number"
        case .long: schema.format == "int64" || schema.format == "uint64"
        case .list(let item): schema.items.map { agrees(item, $0.schema) } ?? false
        case .map(let value): schema.additionalProperties.map { agrees(value, $0.schema) } ?? false
        case .shape(let name): schema.reference == name || schema.type == "object" && schema.properties != nil
        }
    }

    /// What is served is what Google describes, with its verbs, paths and parameters.
    @Test func theMethodsAreThoseThatGoogleDescribes() throws {
        let described = try ComputeCloud.document.get().methods
        let beyond = [
            "regionInstances.bulkInsert", "instances.simulateMaintenanceEvent", "instances.testIamPermissions",
            "disks.aggregatedList", "diskTypes.aggregatedList", "resourcePolicies.get",
            "subnetworks.testIamPermissions",
        ]
        for method in described where !method.id.hasPrefix("compute.machineImages.") {
            let name = String(method.id.dropFirst("compute.".count))
            let served = try #require(GCPMethod.byName[name], "\(name)")
            #expect(served.verb == method.httpMethod)
            #expect((["projects", "{project}"] + served.path).joined(separator: "/") == method.path)
            #expect(served.body == method.request?.name)
            let query = Set((method.parameters ?? [:]).filter { $0.value.location == "query" }.keys)
            #expect(served.query.subtracting(["returnPartialSuccess"]) == query.subtracting(["returnPartialSuccess"]))
        }
        let names = Set(described.map { String($0.id.dropFirst("compute.".count)) })
        #expect(Set(GCPMethod.byName.keys).subtracting(names) == Set(beyond))
    }

    // MARK: - Recorded answers

    private struct Recorded {
        let target: String
        let body: JSONValue

        static func all() throws -> [Recorded] {
            try Fixtures.text("recorded/gcp-answers.jsonl").split(separator: "\n").map { line in
                let exchange = try JSONValue(parsing: Array(line.utf8))
                return Recorded(target: exchange["target"]?.string ?? "", body: exchange["body"] ?? .null)
            }
        }

        func parts(_ kind: String) -> [JSONValue] {
            func find(_ value: JSONValue) -> [JSONValue] {
                let inner = value.array?.flatMap(find) ?? value.object?.fields.flatMap { find($0.value) } ?? []
                return value["kind"]?.string == kind ? [value] + inner : inner
            }
            return find(body)
        }
    }

    /// If it were too strict for the real one, it would prove nothing about ours.
    @Test func theRealOnesAnswersPassTheSameTest() throws {
        let document = try ComputeCloud.document.get()
        var count = 0
        for recorded in try Recorded.all() {
            guard let schema = document.method("GET", recorded.target)?.response?.name else { continue }
            #expect(document.flaws(in: Data(recorded.body.bytes), as: schema) == [], "\(recorded.target)")
            count += 1
        }
        #expect(count >= 15)
    }

    /// Every field that each recorded one has ours has, too, and of the same type.
    @Test(arguments: [
        "compute#instance", "compute#operation", "compute#disk", "compute#instanceTemplate", "compute#project",
        "compute#instanceList", "compute#instanceAggregatedList", "compute#diskList",
    ])
    func oursHaveTheFormOfTheRecorded(kind: String) throws {
        let cloud = try ComputeCloud()
        let begun = try cloud.insert(
            "one",
            [
                "labels": ["a": "b"],
                "disks": [
                    [
                        "boot": true,
                        "initializeParams": [
                            "sourceImage": "projects/debian-cloud/global/images/family/debian-12", "labels": ["a": "b"],
                        ],
                    ]
                ], "networkInterfaces": [["accessConfigs": [["name": "External NAT"]]]],
                "serviceAccounts": [["email": "default", "scopes": ["https://www.googleapis.com/auth/compute"]]],
            ])
        cloud.clock.turn(.seconds(5))
        let operation = try cloud.operation(begun)
        cloud.clock.turn(.seconds(15))
        let properties = ComputeCloud.instance(
            nil,
            [
                "description": "", "canIpForward": false, "metadata": [:],
                "scheduling": ["automaticRestart": true, "onHostMaintenance": "MIGRATE", "preemptible": false],
                "serviceAccounts": [["email": "default", "scopes": ["x"]]],
            ])
        _ = try cloud.post("global/instanceTemplates", ["name": "worker", "properties": properties])
        let answers = try [
            cloud.get("\(ComputeCloud.zone)/instances/one"), operation, cloud.get("\(ComputeCloud.zone)/disks/one"),
            cloud.get("global/instanceTemplates/worker"), cloud.get(""), cloud.get("\(ComputeCloud.zone)/instances"),
            cloud.get("aggregated/instances"), cloud.get("\(ComputeCloud.zone)/disks"),
        ]
        let ours = try #require(answers.first { $0.json["kind"]?.string == kind }?.json)
        let recorded = try Recorded.all().flatMap { $0.parts(kind) }
        try #require(!recorded.isEmpty)
        var common = Self.form(of: recorded[0])
        for one in recorded.dropFirst() { common = common.intersection(Self.form(of: one)) }
        let missing = common.subtracting(Self.form(of: ours)).filter { !Self.isTheirOwn($0) }
        #expect(missing == [], "of \(common.count)")
    }

    /// Every path to a value with the value's type; what is in a list counts as one.
    private static func form(of value: JSONValue, at path: String = "") -> Set<String> {
        switch value {
        case .object(let object):
            // Labels and the places of a list are named by whoever made them.
            let isNamed = path.hasSuffix("labels") || path == ".items"
            return object.fields.reduce(into: ["\(path) object"]) { form, field in
                form.formUnion(self.form(of: field.value, at: "\(path).\(isNamed ? "*" : field.name)"))
            }
        case .array(let values):
            return values.reduce(into: ["\(path) list"]) { $0.formUnion(form(of: $1, at: path + "[]")) }
        case .string: return ["\(path) text"]
        case .integer, .number: return ["\(path) number"]
        case .bool: return ["\(path) bool"]
        case .null: return ["\(path) null"]
        }
    }

    /// What was set for those machines rather than by the cloud.
    private static func isTheirOwn(_ path: String) -> Bool {
        [
            "commonInstanceMetadata.items", "licenseCodes", "initializeParams.diskSizeGb", "initializeParams.diskType",
            ".deviceName",
            ".index", "[].kind", "[].mode", "[].type", "accessConfigs",
        ].contains { path.contains($0) }
            && (path.hasPrefix(".properties") || path.contains("commonInstanceMetadata")
                || path.contains("licenseCodes"))
    }
}
