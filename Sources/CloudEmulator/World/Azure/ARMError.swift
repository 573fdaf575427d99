/// The cloud's no, in the codes and words of Azure Resource Manager.
package struct ARMError: Error, Sendable, Hashable, Codable {
    package var code: String
    package var message: String
    package var status: Int
    package var target: String?
    package var details: [ARMError] = []
    /// When it is worth asking again.
    package var retryAfter: Int?

    package init(_ code: String, _ message: String, status: Int = 400, target: String? = nil) {
        self.code = code
        self.message = message
        self.status = status
        self.target = target
    }
}

// MARK: - Any call

extension ARMError {
    static func notFound(_ id: ResourceID) -> ARMError {
        ARMError(
            "ResourceNotFound",
            "The Resource '\(id.kindAndNames)' under resource group '\(id.group)' was not found. For more details "
                + "please go to https://aka.ms/ARMResourceNotFoundFix", status: 404)
    }

    static func noGroup(_ name: String) -> ARMError {
        ARMError("ResourceGroupNotFound", "Resource group '\(name)' could not be found.", status: 404)
    }

    static func noEntity(_ what: String) -> ARMError { ARMError("NotFound", what, status: 404) }

    static func invalidContent(_ what: String) -> ARMError {
        ARMError("InvalidRequestContent", "The request content was invalid and could not be deserialized: '\(what)'.")
    }

    static func invalidParameter(_ what: String, target: String) -> ARMError {
        ARMError("InvalidParameter", what, target: target)
    }

    static func missingParameter(_ name: String) -> ARMError {
        ARMError("InvalidParameter", "Required parameter '\(name)' is missing (null).", target: name)
    }

    static let preconditionFailed = ARMError(
        "PreconditionFailed",
        "The condition specified using HTTP conditional header(s) is not met.", status: 412)

    static func noSuchLocation(_ location: String, for type: String) -> ARMError {
        ARMError(
            "LocationNotAvailableForResourceType",
            "The provided location '\(location)' is not available for resource type '\(type)'. List of available "
                + "regions for the resource type is '\(AzureInventory.locations.keys.sorted().joined(separator: ","))'."
        )
    }

    static func elsewhere(_ id: ResourceID, is there: String, wanted here: String) -> ARMError {
        ARMError(
            "InvalidResourceLocation",
            "The resource '\(id.name)' already exists in location '\(there)' in resource group '\(id.group)'. A "
                + "resource with the same name cannot be created in location '\(here)'. Please select a new resource "
                + "name.", status: 409)
    }

    static func missingReference(_ id: String, by holder: ResourceID) -> ARMError {
        ARMError(
            "InvalidResourceReference",
            "Resource \(id) referenced by resource \(holder.text) was not found. Please make sure that the referenced "
                + "resource exists, and that both resources are in the same region.")
    }
}

// MARK: - Machines

extension ARMError {
    static func propertyChange(_ path: String) -> ARMError {
        ARMError(
            "PropertyChangeNotAllowed", "Changing property '\(path)' is not allowed.", status: 409, target: path)
    }

    static func markedForDeletion(_ name: String, _ operation: String) -> ARMError {
        ARMError(
            "OperationNotAllowed",
            "Operation '\(operation)' is not allowed on VM '\(name)' since the VM is marked for deletion. You can only "
                + "retry the Delete operation (or wait for an ongoing one to complete).", status: 409)
    }

    static func noImage(_ urn: String) -> ARMError {
        ARMError(
            "PlatformImageNotFound",
            "The platform image '\(urn)' is not available. Verify that all fields in the storage profile are correct. "
                + "For more details about storage profile information, please refer to https://aka.ms/storageprofile",
            status: 404, target: "imageReference")
    }

    static func noSuchSize(_ size: String, in location: String) -> ARMError {
        ARMError(
            "InvalidParameter",
            "The value \(size) provided for the VM size is not valid. The valid sizes in the current region "
                + "\(location) can be had from the list of resource SKUs.", target: "vmSize")
    }

    static func skuNotAvailable(_ size: String, in location: String, zones: [String]) -> ARMError {
        ARMError(
            "SkuNotAvailable",
            "The requested VM size for resource 'Following SKUs have failed for Capacity Restrictions: \(size)' is "
                + "currently not available in location '\(location)'\(zones.isEmpty ? "" : " zones '\(zones.joined(separator: ","))'"). "
                + "Please try another size or deploy to a different location or different zone. See "
                + "https://aka.ms/azureskunotavailable for details.", status: 409)
    }

    /// What Azure says once it has looked for a place and found none; nobody hears it before the operation ends.
    static func allocationFailed(zonal: Bool, spot: Bool) -> ARMError {
        switch (zonal, spot) {
        case (false, false):
            ARMError(
                "AllocationFailed",
                "Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read "
                    + "more about improving likelihood of allocation success at http://aka.ms/allocation-guidance",
                status: 409)
        case (true, false):
            ARMError(
                "ZonalAllocationFailed",
                "Allocation failed. We do not have sufficient capacity for the requested VM size in this zone. Read "
                    + "more about improving likelihood of allocation success at http://aka.ms/allocation-guidance",
                status: 409)
        case (_, true):
            ARMError(
                zonal ? "OverconstrainedZonalAllocationRequest" : "OverconstrainedAllocationRequest",
                "Allocation failed. VM(s) with the following constraints cannot be allocated, because the condition is "
                    + "too restrictive. Please remove some constraints and try again. Constraints applied are:\n"
                    + (zonal ? "  - Availability Zone\n" : "") + "  - Low Priority VMs\n  - VM Size\n", status: 409)
        }
    }

    static func quotaExceeded(_ quota: QuotaUse, in location: String) -> ARMError {
        ARMError(
            "OperationNotAllowed",
            "Operation could not be completed as it results in exceeding approved \(quota.words) quota. Additional "
                + "details - Deployment Model: Resource Manager, Location: \(location), Current Limit: \(quota.limit), "
                + "Current Usage: \(quota.used), Additional Required: \(quota.wanted), (Minimum) New Limit Required: "
                + "\(quota.used + quota.wanted). Setup Alerts when Quota reaches threshold. Learn more at "
                + "https://aka.ms/quotamonitoringalerting . Submit a request for Quota increase at "
                + "https://aka.ms/ProdportalCRP/#blade/Microsoft_Azure_Capacity/UsageAndQuota.ReactView by specifying "
                + "parameters listed in the 'Details' section for deployment to succeed. Please read more about quota "
                + "limits at https://docs.microsoft.com/en-us/azure/azure-supportability/per-vm-quota-requests",
            status: 409)
    }
}

// MARK: - Networks

extension ARMError {
    static func nicReserved(for machine: String) -> ARMError {
        ARMError(
            "NicReservedForAnotherVm",
            "Nic(s) in request is reserved for another Virtual Machine for 180 seconds. Please provide another nic(s) "
                + "or retry after 180 seconds. Reserved VM: \(machine)")
    }

    static func nicInUse(_ id: ResourceID, by user: String) -> ARMError {
        ARMError(
            "NicInUse",
            "Network Interface \(id.text) is used by existing resource \(user). In order to delete the network "
                + "interface, it must be dissociated from the resource. To learn more, see aka.ms/deletenic.")
    }

    static func subnetFull(_ name: String, prefix: String, wanted: Int) -> ARMError {
        ARMError(
            "SubnetIsFull",
            "Subnet \(name) with address prefix \(prefix) does not have enough capacity for \(wanted) IP addresses.")
    }

    static func addressTaken(_ address: String, by holder: String) -> ARMError {
        ARMError(
            "PrivateIPAddressIsAllocated", "IP configuration \(holder) is using the private IP address \(address).")
    }

    static func inUse(_ code: String, _ what: String, _ id: ResourceID, by users: String) -> ARMError {
        ARMError(code, "\(what) \(id.name) is in use by \(users) and cannot be deleted.")
    }
}
