import Provisioning

/// How machines are doing, as Azure tells it.
extension World {
    func instanceView(of machine: AzureResource, at now: Timestamp) -> JSONValue {
        let power = machine.machine?.power(at: now)
        let login = machine.properties["osProfile"]
        let isWindows = login?["windowsConfiguration"] != nil
        let disk = machine.properties.at("storageProfile", "osDisk", "name")
        let isRunning = power == .running
        var shown: JSONValue = [
            "computerName": isRunning ? login?["computerName"] : nil,
            "osName": isRunning ? (isWindows ? "Windows Server 2022 Datacenter" : "ubuntu") : nil,
            "osVersion": isRunning ? (isWindows ? "10.0.20348.4294" : "24.04") : nil,
        ]
        if isRunning { shown["vmAgent"] = agent(since: machine.settledAt) }
        if let disk {
            shown["disks"] = [
                [
                    "name": disk,
                    "statuses": [
                        [
                            "code": "ProvisioningState/succeeded", "level": "Info",
                            "displayStatus": "Provisioning succeeded", "time": .string(machine.createdAt.inARM),
                        ]
                    ],
                ]
            ]
        }
        shown["hyperVGeneration"] = "V2"
        shown["statuses"] = statuses(of: machine, at: now)
        return shown
    }

    func statuses(of machine: AzureResource, at now: Timestamp) -> JSONValue {
        var statuses = [provisioning(of: machine, at: now)]
        if let power = machine.machine?.power(at: now) {
            statuses.append([
                "code": .string("PowerState/\(power.rawValue)"), "level": "Info",
                "displayStatus": .string("VM \(power.rawValue)"),
            ])
        }
        return .array(statuses)
    }

    private func provisioning(of machine: AzureResource, at now: Timestamp) -> JSONValue {
        if let failure = machine.failure(at: now), !machine.isBeingDeleted(at: now) {
            return [
                "code": .string("ProvisioningState/failed/\(failure.code)"), "level": "Error",
                "displayStatus": "Provisioning failed", "message": .string(failure.message),
                "time": .string(machine.settledAt.inARM),
            ]
        }
        let state = machine.provisioningState(at: now).lowercased()
        let words = state == "succeeded" ? "Provisioning succeeded" : state.prefix(1).uppercased() + state.dropFirst()
        return [
            "code": .string("ProvisioningState/\(state)"), "level": "Info", "displayStatus": .string(words),
            "time": .string((now < machine.settledAt ? machine.createdAt : machine.settledAt).inARM),
        ]
    }

    private func agent(since moment: Timestamp) -> JSONValue {
        [
            "vmAgentVersion": "2.14.0.1",
            "statuses": [
                [
                    "code": "ProvisioningState/succeeded", "level": "Info", "displayStatus": "Ready",
                    "message": "Guest Agent is running", "time": .string(moment.inARM),
                ]
            ],
            "extensionHandlers": [],
        ]
    }
}
