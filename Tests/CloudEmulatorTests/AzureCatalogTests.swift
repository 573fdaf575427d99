import Cloud
import CloudEmulator
import Provisioning
import Testing

/// What there is to choose from in the emulated Azure, and what calls must look like.
@Suite struct AzureCatalogTests {
    private let azure: EmulatedAzure
    private let subscription = "/subscriptions/\(EmulatedAzure.subscription)"

    init() throws { azure = try EmulatedAzure() }

    // MARK: - Calls

    @Test func versionsAreChecked() throws {
        let path = EmulatedAzure.path("one")
        #expect(azure.call("GET", path, query: "api-version=").code == "MissingApiVersionParameter")
        #expect(azure.call("GET", path, version: "yesterday").code == "InvalidApiVersionParameter")
        #expect(azure.call("GET", path, version: "2099-01-01").code == "NoRegisteredProviderFound")
        #expect(
            azure.call("GET", "\(subscription)/resourcegroups", version: "2099-01-01").code
                == "InvalidApiVersionParameter")
    }

    @Test func whatThereIsNotIsRefused() throws {
        #expect(azure.call("GET", "/subscriptions/mine/resourcegroups").code == "InvalidSubscriptionId")
        #expect(azure.call("GET", "\(EmulatedAzure.compute)/gizmos/one").code == "InvalidResourceType")
        #expect(azure.call("POST", EmulatedAzure.path("one")).code == "HttpMethodNotSupported")
        let request = HTTPRequest(
            method: "PUT", endpoint: Endpoint(scheme: .https, host: "management.azure.com"),
            path: EmulatedAzure.path("one"), query: "api-version=2024-07-01",
            headers: [HTTPHeader("Authorization", "Bearer \(EmulatorSettings.demoBearer.revealed)")],
            body: Array("{".utf8))
        let response = azure.emulator.handle(request)
        #expect(response.status == 400)
        #expect(String(decoding: response.body, as: UTF8.self).contains("InvalidRequestContent"))
    }

    @Test func idsOfRequestsComeBack() throws {
        let answer = azure.call(
            "GET", subscription,
            headers: [
                HTTPHeader("x-ms-client-request-id", "mine"), HTTPHeader("x-ms-return-client-request-id", "true"),
                HTTPHeader("x-ms-correlation-request-id", "ours"),
            ])
        #expect(answer.headers["x-ms-client-request-id"] == "mine")
        #expect(answer.headers["x-ms-correlation-request-id"] == "ours")
    }

    // MARK: - Subscriptions and groups

    @Test func subscriptionsLocationsAndProvidersAreListed() throws {
        _ = azure.call("PUT", "\(subscription)/resourcegroups/mine", ["location": "East US"])
        let listed = azure.call("GET", "/subscriptions")
        let ids = listed.values.compactMap { $0["subscriptionId"]?.string }
        #expect(Set(ids) == [EmulatedAzure.subscription, AzureAccess.demo.subscription])
        #expect(azure.call("GET", subscription).body["state"] == "Enabled")
        let locations = azure.call("GET", "\(subscription)/locations")
        #expect(locations.names.count == AzureInventory.locations.count)
        #expect(locations.values.first { $0["name"] == "eastus2" }?["displayName"] == "East US 2")
        let provider = azure.call("POST", "\(subscription)/providers/Microsoft.Compute/register")
        #expect(provider.body["registrationState"] == "Registered")
        #expect(azure.call("GET", "\(subscription)/providers").values.count == 3)
    }

    @Test func groupsComeAndGoWithWhatIsInThem() throws {
        let path = "\(subscription)/resourcegroups/mine"
        #expect(azure.call("HEAD", path).status == 404)
        #expect(azure.call("PUT", path, ["location": "eastus", "tags": ["a": "1"]]).status == 201)
        #expect(azure.call("PUT", path, ["location": "eastus"]).status == 200)
        #expect(azure.call("PUT", path, ["location": "westus"]).code == "InvalidResourceGroupLocation")
        #expect(azure.call("PATCH", path, ["tags": ["b": "2"]]).body["tags"] == ["b": "2"])
        #expect(azure.call("HEAD", path).status == 204)
        let machine = "\(subscription)/resourceGroups/mine/providers/Microsoft.Compute/virtualMachines/one"
        #expect(azure.call("PUT", machine, EmulatedAzure.machine()).status == 201)
        let found = azure.call("GET", "\(subscription)/resourceGroups/mine/resources").values.compactMap {
            $0["type"]?.string
        }
        #expect(Set(found).count == 3)
        let filter = "$filter=resourceType%20eq%20'Microsoft.Compute%2FvirtualMachines'"
        #expect(azure.call("GET", "\(subscription)/resources", query: filter).names == ["one"])
        let gone = azure.call("DELETE", path)
        #expect(gone.status == 202)
        #expect(azure.follow(gone.headers["Location"]).status == 202)
        azure.clock.turn(.seconds(10))
        #expect(azure.follow(gone.headers["Location"]).status == 200)
        #expect(azure.call("GET", path).code == "ResourceGroupNotFound")
        #expect(azure.call("GET", machine).code == "ResourceGroupNotFound")
    }

    // MARK: - Sizes and images

    @Test func sizesSayWhatTheyHave() throws {
        let skus = azure.call(
            "GET", "\(subscription)/providers/Microsoft.Compute/skus", query: "$filter=location%20eq%20'eastus'")
        #expect(skus.names.count > 300)
        func capabilities(_ name: String) -> [String: String] {
            let sku = skus.values.first { $0["name"]?.string == name }
            return (sku?["capabilities"]?.array ?? []).reduce(into: [:]) { all, pair in
                all[pair["name"]?.string ?? ""] = pair["value"]?.string
            }
        }
        let plain = capabilities("Standard_D4s_v5")
        #expect(plain["vCPUs"] == "4" && plain["MemoryGB"] == "16" && plain["CpuArchitectureType"] == "x64")
        #expect(capabilities("Standard_E8ps_v6")["CpuArchitectureType"] == "Arm64")
        #expect(capabilities("Standard_NC64as_T4_v3")["GPUs"] == "4")
        #expect(capabilities("Standard_B2ms")["LowPriorityCapable"] == "False")
        let one = skus.values.first { $0["name"] == "Standard_D4s_v5" }
        #expect(one?["family"] == "standardDSv5Family")
        #expect(one?["locationInfo"]?.array?.first?["zones"] == ["1", "2", "3"])
        let everywhere = azure.call("GET", "\(subscription)/providers/Microsoft.Compute/skus")
        #expect(everywhere.values.count == 500)
        #expect(azure.follow(everywhere.body["nextLink"]?.string).values.count == 500)
    }

    @Test(arguments: [
        ("Standard_D2s_v3", "standardDSv3Family"), ("Standard_D4ads_v5", "standardDADSv5Family"),
        ("Standard_E8ps_v6", "standardEPSv6Family"), ("Standard_F4s_v2", "standardFSv2Family"),
        ("Standard_B2ms", "standardBSFamily"), ("Standard_B2s_v2", "standardBsv2Family"),
        ("Standard_L8as_v3", "standardLASv3Family"), ("Standard_NC4as_T4_v3", "Standard NCASv3_T4 Family"),
    ]) func familiesAreReadOffTheName(_ size: String, _ family: String) {
        #expect(AzureSize(size)?.family == family)
    }

    @Test(arguments: [
        "", "Standard", "Standard_", "Standard_2s", "m6i.large", "Standard_D2s_x y", "Standard_D99999s_v5",
    ])
    func whatIsNoSizeIsNone(_ name: String) {
        #expect(AzureSize(name) == nil)
    }

    @Test func imagesAreFoundFromTheirPublisherOn() throws {
        let start = "\(subscription)/providers/Microsoft.Compute/locations/eastus/publishers"
        func names(_ path: String) -> [String] {
            azure.call("GET", start + path).body.array?.compactMap { $0["name"]?.string } ?? []
        }
        #expect(names("").contains("Canonical"))
        #expect(names("/Canonical/artifacttypes/vmimage/offers").contains("ubuntu-24_04-lts"))
        let skus = "/Canonical/artifacttypes/vmimage/offers/ubuntu-24_04-lts/skus"
        #expect(names(skus).contains("server"))
        let versions = names(skus + "/server/versions")
        #expect(versions.count == 2)
        let latest = azure.call("GET", start + skus + "/server/versions/latest").body
        #expect(latest["name"]?.string == versions.last)
        #expect(latest.way("properties", "architecture") == "x64")
        #expect(azure.call("GET", start + "/Nobody/artifacttypes/vmimage/offers").status == 404)
    }

    // MARK: - Rehearsals

    private func deployment(_ resources: JSONValue, _ parameters: JSONValue = [:]) -> JSONValue {
        [
            "properties": [
                "mode": "Incremental", "parameters": parameters,
                "template": [
                    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
                    "contentVersion": "1.0.0.0", "parameters": ["name": ["type": "string"]], "resources": resources,
                ],
            ]
        ]
    }

    private var machine: JSONValue {
        var body = EmulatedAzure.machine()
        body["type"] = "Microsoft.Compute/virtualMachines"
        body["apiVersion"] = "2024-07-01"
        body["name"] = "[parameters('name')]"
        body["location"] = "[resourceGroup().location]"
        return [body]
    }

    private let deployments = "\(EmulatedAzure.group)/providers/Microsoft.Resources/deployments/try"

    @Test func aRehearsalChecksAndMakesNothing() throws {
        let body = deployment(machine, ["name": ["value": "one"]])
        let good = azure.call("POST", deployments + "/validate", body)
        #expect(good.status == 200)
        #expect(
            good.body.way("properties", "validatedResources")?.array?.first?["id"]?.string == EmulatedAzure.path("one"))
        #expect(azure.list().names == [])
        #expect(azure.list("networkInterfaces", in: EmulatedAzure.network).names == [])
        let missing = azure.call("POST", deployments + "/validate", deployment(machine))
        #expect(missing.code == "InvalidTemplate")
        try azure.emulator.change { $0.limits.quotas[Quota(family: "cores", region: "eastus")] = 1 }
        let refused = azure.call("POST", deployments + "/validate", body)
        #expect(refused.code == "InvalidTemplateDeployment")
        #expect(refused.body.way("error", "details")?.array?.first?["code"] == "OperationNotAllowed")
    }

    @Test func whatIfTellsWhatWouldChange() throws {
        _ = azure.launch("there")
        azure.clock.turn(.seconds(30))
        for (name, change) in [("there", "NoChange"), ("new", "Create")] {
            let asked = azure.call(
                "POST", deployments + "/whatIf", deployment(machine, ["name": ["value": .string(name)]]))
            #expect(asked.status == 202)
            #expect(azure.follow(asked.headers["Location"]).status == 202)
            azure.clock.turn(.seconds(5))
            let answer = azure.follow(asked.headers["Location"])
            #expect(answer.body["status"] == "Succeeded")
            let changes = answer.body.way("properties", "changes")?.array ?? []
            #expect(changes.map { $0["changeType"]?.string } == [change])
        }
        #expect(azure.list().names == ["there"])
    }
}
