import Cloud
import FoundationEssentials
import Provisioning
import PublishedModels
import Testing

@testable import CloudEmulator

/// An emulated Google Cloud with a clock we turn and a caller who knows how to ask. Every answer is held against what
/// Google says that it may be.
final class ComputeCloud: Sendable {
    let emulator: Emulator
    let clock: TurnedClock

    static let zone = "zones/us-central1-a"
    static let region = "regions/us-central1"

    init(
        seed: UInt64 = 7, clock: TurnedClock = TurnedClock(), _ change: (inout EmulatorSettings) -> Void = { _ in }
    ) throws {
        var settings = EmulatorSettings.demo
        change(&settings)
        self.clock = clock
        emulator = try Emulator(settings: settings, surroundings: clock.surroundings(seed: seed))
    }

    /// Sends one call to a path below the project `demo`.
    func call(
        _ verb: String, _ path: String, query: [String: String] = [:], _ body: JSONValue? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> ComputeAnswer {
        let request = request(verb, path, query: query, body)
        let answer = ComputeAnswer(emulator.handle(request))
        if answer.status == 200 {
            let document = try ComputeCloud.document.get()
            // Of what the reduced description leaves out, a change is an operation like any other.
            let schema = document.method(verb, request.path)?.response?.name ?? (verb == "GET" ? nil : "Operation")
            let flaws = schema.map { document.flaws(in: Data(answer.bytes), as: $0) } ?? []
            #expect(flaws == [], "\(verb) \(path)", sourceLocation: sourceLocation)
        }
        return answer
    }

    func get(_ path: String, query: [String: String] = [:]) throws -> ComputeAnswer {
        try call("GET", path, query: query)
    }

    func post(_ path: String, query: [String: String] = [:], _ body: JSONValue? = nil) throws -> ComputeAnswer {
        try call("POST", path, query: query, body)
    }

    func request(
        _ verb: String, _ path: String, query: [String: String] = [:], _ body: JSONValue? = nil,
        token: String? = EmulatorSettings.demoBearer.revealed
    ) -> HTTPRequest {
        let query = query.sorted { $0.key < $1.key }.map { "\($0.key)=\(encoded($0.value))" }
        return HTTPRequest(
            method: verb, endpoint: Endpoint(scheme: .https, host: "compute.googleapis.com"),
            path: "/compute/v1/projects/demo/\(path)", query: query.joined(separator: "&"),
            headers: token.map { [HTTPHeader("Authorization", "Bearer \($0)")] } ?? [], body: body?.bytes ?? [])
    }

    static let document = Result { try DiscoveryDocument(try Fixtures.data("apispecs/gcp/compute.v1.json")) }

    // MARK: - What most tests want

    /// An instance that wants nothing special, but for what is said.
    static func instance(_ name: String? = nil, _ more: JSONValue = [:]) -> JSONValue {
        let plain: JSONValue = [
            "name": name.map(JSONValue.string),
            "machineType": .string(name == nil ? "n2-standard-4" : "\(zone)/machineTypes/n2-standard-4"),
            "disks": [
                [
                    "boot": true, "autoDelete": true,
                    "initializeParams": ["sourceImage": "projects/debian-cloud/global/images/family/debian-12"],
                ]
            ], "networkInterfaces": [["network": "global/networks/default"]],
        ]
        return plain.with(more)
    }

    static let spot: JSONValue = ["scheduling": ["provisioningModel": "SPOT"]]

    func insert(_ name: String, _ more: JSONValue = [:], query: [String: String] = [:]) throws -> ComputeAnswer {
        try post("\(ComputeCloud.zone)/instances", query: query, ComputeCloud.instance(name, more))
    }

    func bulk(_ more: JSONValue, in place: String = zone, query: [String: String] = [:]) throws -> ComputeAnswer {
        let plain: JSONValue = ["namePattern": "w-###", "instanceProperties": ComputeCloud.instance()]
        return try post("\(place)/instances/bulkInsert", query: query, plain.with(more))
    }

    /// An operation as it stands now.
    func operation(_ answer: ComputeAnswer) throws -> ComputeAnswer {
        let link = try #require(answer.json["selfLink"]?.string)
        let path = try #require(link.split(separator: "/projects/demo/").last)
        return try get(String(path))
    }

    /// The codes of what went wrong with an operation, once it is done.
    func errors(of answer: ComputeAnswer) throws -> [String] {
        let done = try operation(answer)
        #expect(done.json["status"]?.string == "DONE")
        return done.json["error"]?["errors"]?.array?.compactMap { $0["code"]?.string } ?? []
    }

    func names(_ path: String = "\(zone)/instances", query: [String: String] = [:]) throws -> [String] {
        try get(path, query: query).items.compactMap { $0["name"]?.string }
    }

    func status(_ name: String) throws -> String? {
        try get("\(ComputeCloud.zone)/instances/\(name)").json["status"]?.string
    }

    /// A template, and a group of so many by it.
    func group(_ size: Int, in place: String = zone, _ more: JSONValue = [:]) throws -> ComputeAnswer {
        _ = try post("global/instanceTemplates", ["name": "worker", "properties": ComputeCloud.instance()])
        let plain: JSONValue = [
            "name": "workers", "instanceTemplate": "global/instanceTemplates/worker", "targetSize": .integer(size),
            "baseInstanceName": "worker",
        ]
        return try post("\(place)/instanceGroupManagers", plain.with(more))
    }

    func members(in place: String = zone) throws -> [JSONValue] {
        try post("\(place)/instanceGroupManagers/workers/listManagedInstances").json["managedInstances"]?.array ?? []
    }
}

struct ComputeAnswer {
    let status: Int
    let bytes: [UInt8]
    let json: JSONValue
    let headers: [HTTPHeader]

    init(_ response: HTTPResponse) {
        status = response.status
        bytes = response.body
        headers = response.headers
        json = (try? JSONValue(parsing: response.body)) ?? .null
    }

    var items: [JSONValue] { json["items"]?.array ?? [] }
    var reason: String? { json["error"]?["errors"]?.array?.first?["reason"]?.string }
    var message: String { json["error"]?["message"]?.string ?? "" }
}
