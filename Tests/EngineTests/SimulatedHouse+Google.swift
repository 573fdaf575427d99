import Cloud
import CloudEmulator
import CloudGCP
import Engine
import Provisioning

// An account at the emulated Google Cloud.

extension SimulatedHouse {
    static let site = GCPSite(
        project: "grid-prod", region: "us-central1",
        zones: ["us-central1-a", "us-central1-b", "us-central1-c", "us-central1-f"])
    static let googleCatalog =
        #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/GoogleCatalog"

    static let compute = Endpoint(scheme: .https, host: "compute.googleapis.com")
    static let googleBearer = HTTPHeader("Authorization", "Bearer \(EmulatorSettings.demoBearer.revealed)")

    /// A call that arrives late: by then its requestId is forgotten.
    func late<Reply>(_ call: Call<Reply>) throws -> HTTPRequest {
        try emulator.change { world in
            for name in world.google.projects.keys { world.google.projects[name]?.requests = [:] }
        }
        return HTTPRequest(
            method: call.method, endpoint: SimulatedHouse.compute, path: call.path, query: call.query,
            headers: call.headers + [SimulatedHouse.googleBearer], body: call.body)
    }

    private static let shippedForGoogle = Result {
        let folder = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/providers/gcp"
        return try ProviderDescriptor(
            folder: folder, apiFiles: ["instances.yaml", "bulk-insert.yaml", "instance-group.yaml"])
    }

    func googleAccount(
        _ surroundings: Surroundings, named name: AccountName = SimulatedHouse.account
    ) throws -> Account {
        let descriptor = try SimulatedHouse.shippedForGoogle.get()
        let token = BearerToken(EmulatorSettings.demoBearer, source: "the simulation")
        let session = Session(
            cloud: "gcp", region: SimulatedHouse.site.region,
            endpoints: { _ in SimulatedHouse.compute },
            signer: BearerSigner(tokens: FixedToken(token)), transport: network,
            pace: Pace(reading: .init(perSecond: 1000, burst: 1000), changing: .init(perSecond: 1000, burst: 1000)),
            refusals: descriptor.refusals, surroundings: surroundings)
        let strategies: [any ProviderStrategy] = [
            Instances(at: SimulatedHouse.site), BulkInsert(at: SimulatedHouse.site),
            InstanceGroup(at: SimulatedHouse.site),
        ]
        let apis = strategies.map { AccountAPI(strategy: $0, traits: descriptor.apis[type(of: $0).api]!) }
        return Account(
            name: name, cloud: "gcp", isEmulated: true, session: session,
            strategies: Dictionary(uniqueKeysWithValues: apis.map { ($0.name, $0) }), usualAPI: Instances.api,
            tags: ["site": "lab"], lookUps: nil,
            parameters: ParameterTables(folder: "\(SimulatedHouse.googleCatalog)/none"))
    }

    /// Those that exist; whatever state they are in, their disks are paid for.
    private func googleInstances() throws -> [GCPInstance] {
        let now = clock.now
        return try emulator.world().google.projects.values.flatMap(\.instances.values).filter { $0.isThere(at: now) }
    }

    func livingAtGoogle() throws -> [Living] {
        let now = clock.now
        return try googleInstances().filter { [.provisioning, .staging, .running].contains($0.state(at: now)) }.map {
            let labels = $0.resource["labels"]
            return Living(
                id: $0.key, request: labels?["muster-request"]?.string ?? "",
                token: labels?["muster-token"]?.string ?? "")
        }
    }

    /// What is left at Google Cloud that is no instance.
    func standingAtGoogle() throws -> [String] {
        look()
        return try emulator.world().google.projects.values.flatMap { project in
            project.templates.values.map(\.name) + project.groups.values.map(\.name)
        }
    }

    func limitGoogle(_ type: String, _ zone: String, _ market: Market = .onDemand, to capacity: Int) throws {
        try emulator.change { $0.limits.capacity[.init(type: type, zone: zone, market: market)] = capacity }
    }
}
