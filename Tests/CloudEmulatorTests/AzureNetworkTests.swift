import Cloud
import CloudEmulator
import Provisioning
import Testing

/// Cards, addresses and networks of the emulated Azure.
@Suite struct AzureNetworkTests {
    private let azure: EmulatedAzure
    private let network = EmulatedAzure.network

    init() throws { azure = try EmulatedAzure() }

    private func makeNetwork(_ name: String, _ prefix: String, location: String = "eastus") -> EmulatedAzure.Answer {
        azure.call(
            "PUT", "\(network)/virtualNetworks/\(name)",
            [
                "location": .string(location),
                "properties": [
                    "addressSpace": ["addressPrefixes": ["10.1.0.0/16"]],
                    "subnets": [["name": "work", "properties": ["addressPrefix": .string(prefix)]]],
                ],
            ])
    }

    private func card(_ subnet: String, address: String? = nil, publicAddress: String? = nil) -> JSONValue {
        [
            "location": "eastus",
            "properties": [
                "ipConfigurations": [
                    [
                        "name": "first",
                        "properties": [
                            "subnet": ["id": .string(subnet)],
                            "privateIPAddress": address.map(JSONValue.string),
                            "privateIPAllocationMethod": address == nil ? "Dynamic" : "Static",
                            "publicIPAddress": publicAddress.map { ["id": .string($0)] },
                        ],
                    ]
                ]
            ],
        ]
    }

    private func address(of answer: EmulatedAzure.Answer) -> String? {
        answer.body.way("properties", "ipConfigurations")?.array?.first?.way("properties", "privateIPAddress")?.string
    }

    @Test func aNewSubscriptionHasAGroupAndANetwork() throws {
        let other = "/subscriptions/0badc0de-0000-0000-0000-000000000000"
        #expect(azure.call("GET", "\(other)/resourcegroups").names == ["muster"])
        let networks = azure.call("GET", "\(other)/providers/Microsoft.Network/virtualNetworks")
        #expect(networks.names == ["default"])
        #expect(networks.values[0].way("properties", "subnets")?.array?.first?["name"] == "default")
        // It reaches every location.
        var body = EmulatedAzure.machine(location: "japaneast")
        let subnet =
            "\(other)/resourceGroups/muster/providers/Microsoft.Network/virtualNetworks/default/subnets/default"
        body["properties"]?["networkProfile"] = EmulatedAzure.network(subnet: subnet)
        let path = "\(other)/resourceGroups/muster/providers/Microsoft.Compute/virtualMachines/one"
        #expect(azure.call("PUT", path, body).status == 201)
    }

    @Test func subnetsFillUp() throws {
        #expect(makeNetwork("small", "10.1.0.0/29").status == 201)
        let subnet = "\(network)/virtualNetworks/small/subnets/work"
        var taken: [String?] = []
        for number in 1...3 {
            let made = azure.call("PUT", "\(network)/networkInterfaces/card\(number)", card(subnet))
            #expect(made.status == 201)
            taken.append(address(of: made))
        }
        #expect(taken == ["10.1.0.4", "10.1.0.5", "10.1.0.6"])
        let full = azure.call("PUT", "\(network)/networkInterfaces/card4", card(subnet))
        #expect(full.status == 400)
        #expect(full.code == "SubnetIsFull")
        var body = EmulatedAzure.machine()
        body["properties"]?["networkProfile"] = EmulatedAzure.network(subnet: subnet)
        #expect(azure.launch("one", body).code == "SubnetIsFull")
        #expect(azure.machine("one").status == 404)
        let inUse = azure.call("DELETE", subnet)
        #expect(inUse.code == "InUseSubnetCannotBeDeleted")
        for number in 1...3 {
            #expect(azure.call("DELETE", "\(network)/networkInterfaces/card\(number)").status == 202)
        }
        azure.clock.turn(.seconds(5))
        #expect(azure.launch("one", body).status == 201)
    }

    @Test func addressesThatAreNamedMustBeFree() throws {
        _ = makeNetwork("small", "10.1.0.0/24")
        let subnet = "\(network)/virtualNetworks/small/subnets/work"
        let first = azure.call("PUT", "\(network)/networkInterfaces/one", card(subnet, address: "10.1.0.9"))
        #expect(address(of: first) == "10.1.0.9")
        let again = azure.call("PUT", "\(network)/networkInterfaces/two", card(subnet, address: "10.1.0.9"))
        #expect(again.code == "PrivateIPAddressIsAllocated")
        let outside = azure.call("PUT", "\(network)/networkInterfaces/two", card(subnet, address: "10.9.0.9"))
        #expect(outside.code == "PrivateIPAddressNotInSubnet")
    }

    @Test func machinesTakeCardsThatAreThereAndGiveThemBack() throws {
        let path = "\(network)/networkInterfaces/mine"
        #expect(azure.call("PUT", path, card(EmulatedAzure.subnet)).status == 201)
        var body = EmulatedAzure.machine()
        body["properties"]?["networkProfile"] = [
            "networkInterfaces": [["id": .string(path), "properties": ["primary": true, "deleteOption": "Detach"]]]
        ]
        #expect(azure.launch("one", body).status == 201)
        let held = azure.call("GET", path).body
        #expect(held.way("properties", "virtualMachine", "id")?.string == EmulatedAzure.path("one"))
        #expect(azure.launch("two", body).code == "NicInUse")
        azure.clock.turn(.seconds(15))
        _ = azure.call("DELETE", EmulatedAzure.path("one"))
        azure.clock.turn(.seconds(10))
        #expect(azure.call("GET", path).body.way("properties", "virtualMachine") == nil)
        #expect(azure.launch("two", body).status == 201)
        body["properties"]?["networkProfile"] = [
            "networkInterfaces": [["id": .string("\(network)/networkInterfaces/none")]]
        ]
        #expect(azure.launch("three", body).code == "InvalidResourceReference")
    }

    @Test func publicAddressesBelongToOneCard() throws {
        let path = "\(network)/publicIPAddresses/mine"
        #expect(azure.call("PUT", path, ["location": "eastus", "sku": ["name": "Standard"]]).status == 201)
        #expect(azure.call("GET", path).body.way("properties", "ipAddress")?.string?.hasPrefix("198.18.") == true)
        let body = card(EmulatedAzure.subnet, publicAddress: path)
        #expect(azure.call("PUT", "\(network)/networkInterfaces/one", body).status == 201)
        #expect(azure.call("PUT", "\(network)/networkInterfaces/two", body).code == "PublicIPAddressInUse")
        #expect(azure.call("DELETE", path).code == "PublicIPAddressCannotBeDeleted")
        let shown = azure.call("GET", path).body
        #expect(
            shown.way("properties", "ipConfiguration", "id")?.string?.hasSuffix("one/ipConfigurations/first") == true)
        _ = azure.call("DELETE", "\(network)/networkInterfaces/one")
        azure.clock.turn(.seconds(5))
        #expect(azure.call("DELETE", path).status == 202)
    }

    @Test func networksAreWhereTheyAre() throws {
        _ = makeNetwork("west", "10.1.0.0/24", location: "westeurope")
        let subnet = "\(network)/virtualNetworks/west/subnets/work"
        #expect(azure.call("PUT", "\(network)/networkInterfaces/one", card(subnet)).code == "InvalidResourceReference")
        let overlap = azure.call(
            "PUT", "\(network)/virtualNetworks/west/subnets/more", ["properties": ["addressPrefix": "10.1.0.128/25"]])
        #expect(overlap.code == "NetcfgSubnetRangesOverlap")
        let outside = azure.call(
            "PUT", "\(network)/virtualNetworks/west/subnets/more", ["properties": ["addressPrefix": "10.2.0.0/24"]])
        #expect(outside.code == "NetcfgInvalidSubnet")
        #expect(azure.call("GET", "\(network)/virtualNetworks/west/subnets").names == ["work"])
    }

    @Test func groupsOfRulesAreKept() throws {
        let path = "\(network)/networkSecurityGroups/rules"
        let body: JSONValue = [
            "location": "eastus",
            "properties": [
                "securityRules": [
                    [
                        "name": "ssh",
                        "properties": [
                            "protocol": "Tcp", "access": "Allow", "priority": 100, "direction": "Inbound",
                            "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*",
                            "destinationPortRange": "22",
                        ],
                    ]
                ]
            ],
        ]
        #expect(azure.call("PUT", path, body).status == 201)
        #expect(azure.call("PUT", path, body).status == 200)
        #expect(azure.call("GET", "\(network)/networkSecurityGroups").names == ["rules"])
        #expect(azure.call("DELETE", path).status == 202)
    }
}
