import Cloud
import CloudEmulator
import Provisioning
import Testing

/// The life of an emulated machine of Azure.
@Suite struct AzureMachineTests {
    private let azure: EmulatedAzure

    init() throws { azure = try EmulatedAzure() }

    @Test func aMachineIsMadeRunsAndGoesWithAllThatWasMadeForIt() throws {
        let made = azure.launch("one", EmulatedAzure.machine(publicAddress: true))
        #expect(made.status == 201)
        #expect(made.state == "Creating")
        #expect(made.headers["Retry-After"] != nil)
        #expect(azure.follow(made.operation).body["status"] == "InProgress")
        azure.clock.turn(.seconds(15))
        let over = azure.follow(made.operation)
        #expect(over.body["status"] == "Succeeded")
        #expect(over.headers["Retry-After"] == nil)

        let running = azure.machine("one", query: "$expand=instanceView")
        #expect(running.state == "Succeeded")
        let codes = running.body.way("properties", "instanceView", "statuses")?.array?.compactMap { $0["code"]?.string }
        #expect(codes == ["ProvisioningState/succeeded", "PowerState/running"])
        #expect(azure.list("networkInterfaces", in: EmulatedAzure.network).names.count == 1)
        #expect(azure.list("publicIPAddresses", in: EmulatedAzure.network).names.count == 1)
        #expect(azure.list("disks").names.count == 1)

        let ended = azure.call("DELETE", EmulatedAzure.path("one"))
        #expect(ended.status == 202)
        #expect(ended.headers["Location"]?.contains("monitor=true") == true)
        #expect(azure.follow(ended.headers["Location"]).status == 202)
        #expect(azure.machine("one").state == "Deleting")
        azure.clock.turn(.seconds(10))
        #expect(azure.follow(ended.operation).body["status"] == "Succeeded")
        #expect(azure.follow(ended.headers["Location"]).status == 204)
        #expect(azure.machine("one").code == "ResourceNotFound")
        #expect(azure.list("networkInterfaces", in: EmulatedAzure.network).names == [])
        #expect(azure.list("publicIPAddresses", in: EmulatedAzure.network).names == [])
        #expect(azure.list("disks").names == [])
        #expect(azure.call("DELETE", EmulatedAzure.path("one")).status == 204)
    }
}

extension JSONValue {
    func way(_ path: String...) -> JSONValue? {
        var value: JSONValue? = self
        for name in path { value = value?[name] }
        return value
    }
}
