import Cloud
import Provisioning

/// What Azure counts calls by, beside their operation: a bucket may have the name of either.
enum ARMPolicies {
    /// Without the times they are counted over; each is counted over three minutes and over thirty.
    static func names(of operation: String) -> [String] {
        let policy: String? =
            switch operation {
            case "VirtualMachines_CreateOrUpdate", "VirtualMachines_Update": "PutVM"
            case "VirtualMachines_Delete": "DeleteVM"
            case "VirtualMachines_Get", "VirtualMachines_InstanceView": "LowCostGet"
            case "VirtualMachines_List", "VirtualMachines_ListAll", "VirtualMachines_ListByLocation": "HighCostGet"
            case "Operations_Get": "GetOperation"
            case "VirtualMachineScaleSets_CreateOrUpdate": "CreateVMScaleSet"
            case "VirtualMachineScaleSets_Update", "VirtualMachineScaleSets_DeleteInstances": "VMScaleSetActions"
            case "VirtualMachineScaleSets_Delete": "DeleteVMScaleSet"
            case "VirtualMachineScaleSets_Get": "GetVMScaleSet"
            case "VirtualMachineScaleSetVMs_List": "HighCostGetVMScaleSet"
            case "VirtualMachineScaleSetVMs_Get": "GetVMScaleSetVM"
            case let name where name.hasPrefix("VirtualMachines_"): "UpdateVM"
            default: nil
            }
        return policy.map { ["\($0)3Min", "\($0)30Min"] } ?? []
    }

    /// What is left where nothing is limited.
    private static let plenty = ["3Min": 1500, "30Min": 7500]

    /// `Microsoft.Compute/PutVM3Min;740,Microsoft.Compute/PutVM30Min;3715`
    static func remaining(of operation: String, in world: World, at now: Timestamp) -> HTTPHeader? {
        let names = names(of: operation)
        guard !names.isEmpty else { return nil }
        let counts = names.map { name in
            let left =
                world.limits.rates[name].map { Int($0.level(at: now)) }
                ?? plenty[name.hasSuffix("30Min") ? "30Min" : "3Min"] ?? 0
            return "Microsoft.Compute/\(name);\(left)"
        }
        return HTTPHeader("x-ms-ratelimit-remaining-resource", counts.joined(separator: ","))
    }
}

extension World {
    /// Takes from the buckets of an operation and of its policies, those that there are.
    mutating func takeARMRates(_ operation: String, at now: Timestamp) throws(ARMError) {
        for name in [operation] + ARMPolicies.names(of: operation) where limits.rates[name] != nil {
            touch()
            guard limits.rates[name]?.take(at: now) != true else { continue }
            let seconds = limits.rates[name]?.seconds(untilNextAt: now) ?? 60
            throw name == operation ? .tooManyRequests(operation, seconds) : .overPolicy(name, seconds, at: now)
        }
    }
}

extension ARMError {
    static func tooManyRequests(_ operation: String, _ seconds: Int) -> ARMError {
        var error = ARMError(
            "TooManyRequests",
            "The request is being throttled as the limit has been reached for operation type - \(operation). For more "
                + "information, see - https://aka.ms/computeThrottling", status: 429)
        error.retryAfter = seconds
        return error
    }

    /// The code is that of a quota, and the status is not: what is counted by a policy says so only within.
    static func overPolicy(_ policy: String, _ seconds: Int, at now: Timestamp) -> ARMError {
        var error = ARMError(
            "OperationNotAllowed",
            "The server rejected the request because too many requests have been received for this subscription.",
            status: 429)
        let end = now + .seconds(seconds)
        error.details = [
            ARMError(
                "TooManyRequests",
                "{\"operationGroup\":\"\(policy)\",\"startTime\":\"\(now.inARM)\",\"endTime\":\"\(end.inARM)\","
                    + "\"allowedRequestCount\":1,\"measuredRequestCount\":2}", target: policy)
        ]
        error.retryAfter = seconds
        return error
    }
}
