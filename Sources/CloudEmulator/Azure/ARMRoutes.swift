import Cloud

/// Which operation a method and a path ask for. Case means nothing in the fixed parts of a path.
enum ARMRoutes {
    private struct Route {
        let parts: [String]
        let operation: String
    }

    struct Found {
        let operation: String
        let names: [String: String]
    }

    /// Nil: there is no such operation.
    static func find(_ method: String, _ path: String) -> Found? {
        let parts = path.split(separator: "/").map(String.init)
        guard let candidates = routes["\(method) \(parts.count)"] else { return nil }
        let lower = parts.map { $0.lowercased() }
        for route in candidates {
            let fits = zip(route.parts, lower).allSatisfy { wanted, part in wanted.hasPrefix("{") || wanted == part }
            guard fits else { continue }
            var names: [String: String] = [:]
            for (wanted, part) in zip(route.parts, parts) where wanted.hasPrefix("{") {
                names[String(wanted.dropFirst().dropLast())] = unescaped(part)
            }
            return Found(operation: route.operation, names: names)
        }
        return nil
    }

    private static func unescaped(_ text: String) -> String {
        guard text.contains("%") else { return text }
        // In a path a plus sign is one.
        let value = text.split(separator: "+", omittingEmptySubsequences: false).joined(separator: "%2B")
        return QueryText("x=\(value)".utf8)?["x"] ?? text
    }

    private static let routes: [String: [Route]] = {
        var routes: [String: [Route]] = [:]
        for line in table {
            let words = line.split(separator: " ").map(String.init)
            // The names of what is asked for are kept as they are written, the rest in lower case.
            let parts = words[1].split(separator: "/").map { $0.hasPrefix("{") ? String($0) : $0.lowercased() }
            routes["\(words[0]) \(parts.count)", default: []].append(Route(parts: parts, operation: words[2]))
        }
        return routes
    }()

    private static let table: [String] =
        subscriptions + groups + compute(machines) + compute(sets) + compute(disksAndImages) + catalog + network

    private static let subscriptions = [
        "GET /subscriptions Subscriptions_List",
        "GET /subscriptions/{subscriptionId} Subscriptions_Get",
        "GET /subscriptions/{subscriptionId}/locations Subscriptions_ListLocations",
        "GET /subscriptions/{subscriptionId}/providers Providers_List",
        "GET /subscriptions/{subscriptionId}/providers/{namespace} Providers_Get",
        "POST /subscriptions/{subscriptionId}/providers/{namespace}/register Providers_Register",
        "GET /subscriptions/{subscriptionId}/resources Resources_List",
        "GET /subscriptions/{subscriptionId}/operationresults/{operationId} Operations_Result",
    ]

    private static let groups: [String] =
        [
            "GET /subscriptions/{subscriptionId}/resourcegroups ResourceGroups_List"
        ]
        + [
            "GET ResourceGroups_Get", "HEAD ResourceGroups_CheckExistence", "PUT ResourceGroups_CreateOrUpdate",
            "PATCH ResourceGroups_Update", "DELETE ResourceGroups_Delete",
            "GET /resources Resources_ListByResourceGroup",
            "POST /providers/Microsoft.Resources/deployments/{name}/validate Deployments_Validate",
            "POST /providers/Microsoft.Resources/deployments/{name}/whatIf Deployments_WhatIf",
        ].map { under("/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}", $0) }

    private static let machines = [
        "GET virtualMachines/{name} VirtualMachines_Get", "PUT virtualMachines/{name} VirtualMachines_CreateOrUpdate",
        "PATCH virtualMachines/{name} VirtualMachines_Update", "DELETE virtualMachines/{name} VirtualMachines_Delete",
        "GET virtualMachines VirtualMachines_List",
        "GET virtualMachines/{name}/instanceView VirtualMachines_InstanceView",
        "POST virtualMachines/{name}/start VirtualMachines_Start",
        "POST virtualMachines/{name}/powerOff VirtualMachines_PowerOff",
        "POST virtualMachines/{name}/deallocate VirtualMachines_Deallocate",
        "POST virtualMachines/{name}/restart VirtualMachines_Restart",
        "POST virtualMachines/{name}/redeploy VirtualMachines_Redeploy",
        "POST virtualMachines/{name}/reapply VirtualMachines_Reapply",
        "POST virtualMachines/{name}/simulateEviction VirtualMachines_SimulateEviction",
    ]

    private static let sets = [
        "GET virtualMachineScaleSets/{name} VirtualMachineScaleSets_Get",
        "PUT virtualMachineScaleSets/{name} VirtualMachineScaleSets_CreateOrUpdate",
        "PATCH virtualMachineScaleSets/{name} VirtualMachineScaleSets_Update",
        "DELETE virtualMachineScaleSets/{name} VirtualMachineScaleSets_Delete",
        "GET virtualMachineScaleSets VirtualMachineScaleSets_List",
        "GET virtualMachineScaleSets/{name}/instanceView VirtualMachineScaleSets_GetInstanceView",
        "POST virtualMachineScaleSets/{name}/delete VirtualMachineScaleSets_DeleteInstances",
        "GET virtualMachineScaleSets/{name}/virtualMachines VirtualMachineScaleSetVMs_List",
        "GET virtualMachineScaleSets/{name}/virtualMachines/{child} VirtualMachineScaleSetVMs_Get",
        "DELETE virtualMachineScaleSets/{name}/virtualMachines/{child} VirtualMachineScaleSetVMs_Delete",
    ]

    private static let disksAndImages = [
        "GET disks/{name} Disks_Get", "DELETE disks/{name} Disks_Delete", "GET disks Disks_ListByResourceGroup",
        "GET images/{name} Images_Get", "PUT images/{name} Images_CreateOrUpdate",
        "DELETE images/{name} Images_Delete", "GET images Images_ListByResourceGroup",
    ]

    private static let catalog: [String] = [
        "GET virtualMachines VirtualMachines_ListAll", "GET disks Disks_List", "GET images Images_List",
        "GET virtualMachineScaleSets VirtualMachineScaleSets_ListAll", "GET skus ResourceSkus_List",
        "GET locations/{location}/usages Usage_List", "GET locations/{location}/vmSizes VirtualMachineSizes_List",
        "GET locations/{location}/virtualMachines VirtualMachines_ListByLocation",
        "GET locations/{location}/virtualMachineScaleSets VirtualMachineScaleSets_ListByLocation",
        "GET locations/{location}/operations/{operationId} Operations_Get",
        "GET locations/{location}/publishers VirtualMachineImages_ListPublishers",
        "GET locations/{location}/publishers/{publisher}/artifacttypes/vmimage/offers VirtualMachineImages_ListOffers",
        "GET locations/{location}/publishers/{publisher}/artifacttypes/vmimage/offers/{offer}/skus "
            + "VirtualMachineImages_ListSkus",
        "GET locations/{location}/publishers/{publisher}/artifacttypes/vmimage/offers/{offer}/skus/{sku}/versions "
            + "VirtualMachineImages_List",
        "GET locations/{location}/publishers/{publisher}/artifacttypes/vmimage/offers/{offer}/skus/{sku}/versions"
            + "/{version} VirtualMachineImages_Get",
    ].map { under("/subscriptions/{subscriptionId}/providers/Microsoft.Compute/", $0) }

    private static let network: [String] = {
        let kinds = [
            ("networkInterfaces", "NetworkInterfaces"), ("publicIPAddresses", "PublicIPAddresses"),
            ("virtualNetworks", "VirtualNetworks"), ("networkSecurityGroups", "NetworkSecurityGroups"),
        ]
        let group = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/"
        let all = "/subscriptions/{subscriptionId}/providers/Microsoft.Network/"
        var lines = [
            "GET \(all)locations/{location}/operations/{operationId} Operations_Get",
            "GET \(all)locations/{location}/operationResults/{operationId} Operations_Result",
            "GET \(group)virtualNetworks/{name}/subnets Subnets_List",
            "GET \(group)virtualNetworks/{name}/subnets/{child} Subnets_Get",
            "PUT \(group)virtualNetworks/{name}/subnets/{child} Subnets_CreateOrUpdate",
            "DELETE \(group)virtualNetworks/{name}/subnets/{child} Subnets_Delete",
        ]
        for (path, name) in kinds {
            lines += [
                "GET \(all)\(path) \(name)_ListAll", "GET \(group)\(path) \(name)_List",
                "GET \(group)\(path)/{name} \(name)_Get", "PUT \(group)\(path)/{name} \(name)_CreateOrUpdate",
                "PATCH \(group)\(path)/{name} \(name)_UpdateTags", "DELETE \(group)\(path)/{name} \(name)_Delete",
            ]
        }
        return lines
    }()

    private static func compute(_ lines: [String]) -> [String] {
        lines.map {
            under("/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/", $0)
        }
    }

    /// A line with the way to it before its path.
    private static func under(_ start: String, _ line: String) -> String {
        let words = line.split(separator: " ").map(String.init)
        return words.count == 2
            ? "\(words[0]) \(start) \(words[1])" : "\(words[0]) \(start)\(words[1]) \(words[2])"
    }
}
