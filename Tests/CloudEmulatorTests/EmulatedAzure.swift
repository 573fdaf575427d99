import Cloud
import CloudEmulator
import Provisioning
import PublishedModels
import Testing

/// An emulated Azure with a clock we turn, and a caller who holds every answer against the published descriptions.
final class EmulatedAzure: Sendable {
    let emulator: Emulator
    let clock: TurnedClock

    static let subscription = "11111111-2222-3333-4444-555555555555"
    static let group = "/subscriptions/\(subscription)/resourceGroups/muster"
    static let compute = "\(group)/providers/Microsoft.Compute"
    static let network = "\(group)/providers/Microsoft.Network"
    static let subnet = "\(network)/virtualNetworks/default/subnets/default"
    static let model = try? SwaggerModel(folder: Fixtures.folder.appending(path: "apispecs/azure"))

    init(
        seed: UInt64 = 7, clock: TurnedClock = TurnedClock(), _ change: (inout EmulatorSettings) -> Void = { _ in }
    ) throws {
        var settings = EmulatorSettings.demo
        change(&settings)
        self.clock = clock
        self.emulator = try Emulator(settings: settings, surroundings: clock.surroundings(seed: seed))
    }

    struct Answer {
        let status: Int
        let headers: [HTTPHeader]
        let body: JSONValue

        var code: String? { body["error"]?["code"]?.string }
        var message: String? { body["error"]?["message"]?.string }
        var state: String? { body["properties"]?["provisioningState"]?.string }
        var values: [JSONValue] { body["value"]?.array ?? [] }
        var names: [String] { values.compactMap { $0["name"]?.string } }
        var operation: String? { headers["Azure-AsyncOperation"] }
    }

    /// Sends one call as the demo account would, and finds nothing wrong with what comes back.
    func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, query: String = "", version: String? = nil,
        headers: [HTTPHeader] = [], token: String? = EmulatorSettings.demoBearer.revealed,
        at location: SourceLocation = #_sourceLocation
    ) -> Answer {
        var parts = query.isEmpty ? [] : [query]
        if !query.contains("api-version") { parts.append("api-version=\(version ?? EmulatedAzure.version(of: path))") }
        return send(
            method, path, parts.joined(separator: "&"), body, headers: headers, token: token, at: location)
    }

    /// Follows an address that an answer gave.
    func follow(_ address: String?, at location: SourceLocation = #_sourceLocation) -> Answer {
        let text = address ?? ""
        let rest = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true).last.map(String.init) ?? ""
        let target = rest.split(separator: "?", maxSplits: 1).map(String.init)
        #expect(target.count == 2, "no address: \(text)", sourceLocation: location)
        return send("GET", "/\(target[0])", target.count > 1 ? target[1] : "", nil, at: location)
    }

    private func send(
        _ method: String, _ path: String, _ query: String, _ body: JSONValue?, headers: [HTTPHeader] = [],
        token: String? = EmulatorSettings.demoBearer.revealed, at location: SourceLocation
    ) -> Answer {
        var all = headers
        if let token { all.append(HTTPHeader("Authorization", "Bearer \(token)")) }
        if body != nil { all.append(HTTPHeader("Content-Type", "application/json")) }
        let response = emulator.handle(
            HTTPRequest(
                method: method, endpoint: Endpoint(scheme: .https, host: "management.azure.com"), path: path,
                query: query, headers: all, body: body?.bytes ?? []))
        let answer = response.body.isEmpty ? nil : try? JSONValue(parsing: response.body)
        #expect(response.body.isEmpty || answer != nil, "no JSON", sourceLocation: location)
        check(answer, response, method, path, location)
        return Answer(status: response.status, headers: response.headers, body: answer ?? .null)
    }

    private func check(
        _ body: JSONValue?, _ response: HTTPResponse, _ method: String, _ path: String, _ location: SourceLocation
    ) {
        #expect(response.headers["x-ms-request-id"] != nil, sourceLocation: location)
        #expect(response.headers["x-ms-correlation-request-id"] != nil, sourceLocation: location)
        guard let model = EmulatedAzure.model else {
            Issue.record("the published descriptions cannot be read", sourceLocation: location)
            return
        }
        if response.status >= 400 {
            let hasBody = method == "HEAD" || body?["error"]?["code"]?.string != nil
            #expect(hasBody, "an error without a code", sourceLocation: location)
        }
        // Operations and disks are in none of the descriptions.
        guard model.describes(method, path) else { return }
        let faults = model.faults(inAnswer: body, status: response.status, method, path)
        #expect(faults == [], sourceLocation: location)
    }

    static func version(of path: String) -> String {
        let path = path.lowercased()
        if path.contains("/disks") { return "2024-03-02" }
        if path.hasSuffix("/microsoft.compute/skus") { return "2021-07-01" }
        if path.contains("/microsoft.compute/") { return "2024-07-01" }
        if path.contains("/microsoft.network/") { return "2024-05-01" }
        return path.contains("/resourcegroups") || path.contains("/providers") || path.hasSuffix("/resources")
            ? "2024-07-01" : "2022-12-01"
    }
}

// MARK: - Machines

extension EmulatedAzure {
    static let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmulatedMusterKeyThatOpensNothing00000000 demo"

    /// The body of a machine that wants nothing special, but for what is said.
    static func machine(
        size: String = "Standard_D2s_v5", zone: String? = nil, spot: Bool = false, tags: JSONValue? = nil,
        location: String = "eastus", deleteOption: String = "Delete", publicAddress: Bool = false
    ) -> JSONValue {
        [
            "location": .string(location), "zones": zone.map { [.string($0)] }, "tags": tags,
            "properties": [
                "hardwareProfile": ["vmSize": .string(size)], "storageProfile": storage(deleteOption),
                "osProfile": login, "networkProfile": network(deleteOption, publicAddress: publicAddress),
                "priority": spot ? "Spot" : nil, "evictionPolicy": spot ? "Delete" : nil,
            ],
        ]
    }

    static func storage(_ deleteOption: String = "Delete") -> JSONValue {
        [
            "imageReference": [
                "publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server", "version": "latest",
            ],
            "osDisk": [
                "createOption": "FromImage", "deleteOption": .string(deleteOption),
                "managedDisk": ["storageAccountType": "Standard_LRS"],
            ],
        ]
    }

    static let login: JSONValue = [
        "computerName": "worker", "adminUsername": "muster", "customData": "IyEvYmluL3NoCg==",
        "linuxConfiguration": [
            "disablePasswordAuthentication": true,
            "ssh": ["publicKeys": [["path": "/home/muster/.ssh/authorized_keys", "keyData": .string(key)]]],
        ],
    ]

    static func network(_ deleteOption: String = "Delete", publicAddress: Bool = false, subnet: String = subnet)
        -> JSONValue
    {
        let address: JSONValue? =
            publicAddress
            ? [
                "name": "address", "sku": ["name": "Standard"],
                "properties": ["deleteOption": .string(deleteOption), "publicIPAllocationMethod": "Static"],
            ] : nil
        return [
            "networkApiVersion": "2020-11-01",
            "networkInterfaceConfigurations": [
                [
                    "name": "card",
                    "properties": [
                        "primary": true, "deleteOption": .string(deleteOption),
                        "ipConfigurations": [
                            [
                                "name": "ipconfig",
                                "properties": [
                                    "subnet": ["id": .string(subnet)], "publicIPAddressConfiguration": address,
                                ],
                            ]
                        ],
                    ],
                ]
            ],
        ]
    }

    static func path(_ machine: String) -> String { "\(compute)/virtualMachines/\(machine)" }

    func launch(
        _ name: String, _ body: JSONValue = machine(), headers: [HTTPHeader] = [],
        at location: SourceLocation = #_sourceLocation
    ) -> Answer {
        call("PUT", EmulatedAzure.path(name), body, headers: headers, at: location)
    }

    func machine(_ name: String, query: String = "", at location: SourceLocation = #_sourceLocation) -> Answer {
        call("GET", EmulatedAzure.path(name), query: query, at: location)
    }

    func list(_ kind: String = "virtualMachines", in folder: String = compute, query: String = "") -> Answer {
        call("GET", "\(folder)/\(kind)", query: query)
    }
}
