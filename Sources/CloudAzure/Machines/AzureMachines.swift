import Cloud
import Provisioning

/// What every API for machines has in common: how they are listed and ended, and asked why they did not come up.
protocol AzureMachines: ProviderStrategy {
    var site: AzureSite { get }
}

extension AzureMachines {
    package func observe(_ query: FleetQuery, after cursor: String?) throws -> Call<Page> {
        try AzureListing(site: site, query: query).page(after: cursor)
    }

    /// A call for each; what is gone already counts as ended.
    package func terminations(_ instances: [Instance.ID], token: IntentToken) throws -> [Call<Void>] {
        instances.map { instance in
            var call = machine("VirtualMachines_Delete", "DELETE", instance.text).change()
            call.consent = { $0.status == 404 ? () : nil }
            return call
        }
    }

    /// The operation that was to bring a machine tells why it did not; where nobody knows it, the machine itself.
    package func reasons(for instances: [Granted]) throws -> [Call<[InstanceFault]>] {
        instances.map { granted in
            var call = granted.operation.map { reason(for: granted.instance, in: $0) } ?? state(of: granted.instance)
            // Azure forgets operations after a while: then there is nothing to be learned.
            call.consent = { $0.status == 404 ? [] : nil }
            return call
        }
    }

    private func reason(for instance: Instance.ID, in operation: String) -> Call<[InstanceFault]> {
        ARMRequest.following(operation, action: "Operations_Get") { response in
            let reply = try JSONReply(response.body)
            guard ["Failed", "Canceled"].contains(reply["status"].text ?? "") else { return [] }
            let fault =
                ARMReply.fault(in: reply["error"], status: response.status)
                ?? Fault(
                    status: response.status, code: nil, message: "its operation \(reply["status"].text ?? "failed")")
            return [InstanceFault(instance, fault)]
        }
    }

    private func state(of instance: Instance.ID) -> Call<[InstanceFault]> {
        var request = machine("VirtualMachines_Get", "GET", instance.text)
        request.query = [("$expand", "instanceView")]
        return request.call(.reads) { response in
            let reply = try JSONReply(response.body)
            return AzureListing.faults(in: reply["properties", "instanceView", "statuses"], status: response.status)
                .map { InstanceFault(instance, $0) }
        }
    }

    /// The resource group: without it nothing can be made, and who may read it is known to Azure.
    package func probe() throws -> Call<Void> {
        let request = ARMRequest(
            action: "ResourceGroups_Get", method: "GET",
            path: "/subscriptions/\(site.subscription)/resourcegroups/\(site.resourceGroup.percentEncoded())",
            version: .resources)
        var call = request.call(.reads) { _ = try JSONReply($0.body).required("id") }
        let (fault, site) = (call.fault, site)
        call.fault = { response in
            var fault = fault(response)
            if fault.code == "ResourceGroupNotFound" {
                fault.message +=
                    " Make it with `az group create --name \(site.resourceGroup) --location \(site.location)`, or name"
                    + " another by `resource_group`."
            }
            return fault
        }
        return call
    }

    /// A request about one machine.
    func machine(_ action: String, _ method: String, _ name: String, body: JSONBody? = nil) -> ARMRequest {
        ARMRequest(
            action: action, method: method,
            path: site.requestPath("Microsoft.Compute/virtualMachines/\(name.percentEncoded())"), version: .compute,
            body: body)
    }
}
