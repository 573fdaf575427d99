extension GCPMethod {
    /// The methods served: name, verb, path below the project, what a body holds, and what the query may say. `list`
    /// stands for what every listing takes.
    ///
    /// https://cloud.google.com/compute/docs/reference/rest/v1
    static let table = """
        acceleratorTypes.aggregatedList GET aggregated/acceleratorTypes - list includeAllScopes serviceProjectNumber
        acceleratorTypes.get GET zones/{zone}/acceleratorTypes/{acceleratorType} -
        acceleratorTypes.list GET zones/{zone}/acceleratorTypes - list
        diskTypes.aggregatedList GET aggregated/diskTypes - list includeAllScopes serviceProjectNumber
        diskTypes.get GET zones/{zone}/diskTypes/{diskType} -
        diskTypes.list GET zones/{zone}/diskTypes - list
        disks.aggregatedList GET aggregated/disks - list includeAllScopes serviceProjectNumber
        disks.delete DELETE zones/{zone}/disks/{disk} - requestId
        disks.get GET zones/{zone}/disks/{disk} -
        disks.insert POST zones/{zone}/disks Disk requestId sourceImage
        disks.list GET zones/{zone}/disks - list
        firewalls.get GET global/firewalls/{firewall} -
        firewalls.list GET global/firewalls - list
        globalOperations.aggregatedList GET aggregated/operations - list includeAllScopes serviceProjectNumber
        globalOperations.delete DELETE global/operations/{operation} -
        globalOperations.get GET global/operations/{operation} -
        globalOperations.list GET global/operations - list
        globalOperations.wait POST global/operations/{operation}/wait -
        images.get GET global/images/{image} -
        images.getFromFamily GET global/images/family/{family} -
        images.list GET global/images - list
        instanceGroupManagers.abandonInstances POST \
        zones/{zone}/instanceGroupManagers/{instanceGroupManager}/abandonInstances \
        InstanceGroupManagersAbandonInstancesRequest requestId
        instanceGroupManagers.aggregatedList GET aggregated/instanceGroupManagers - list includeAllScopes \
        serviceProjectNumber
        instanceGroupManagers.createInstances POST \
        zones/{zone}/instanceGroupManagers/{instanceGroupManager}/createInstances \
        InstanceGroupManagersCreateInstancesRequest requestId
        instanceGroupManagers.delete DELETE zones/{zone}/instanceGroupManagers/{instanceGroupManager} - \
        noGracefulShutdown requestId
        instanceGroupManagers.deleteInstances POST \
        zones/{zone}/instanceGroupManagers/{instanceGroupManager}/deleteInstances \
        InstanceGroupManagersDeleteInstancesRequest noGracefulShutdown requestId
        instanceGroupManagers.get GET zones/{zone}/instanceGroupManagers/{instanceGroupManager} -
        instanceGroupManagers.insert POST zones/{zone}/instanceGroupManagers InstanceGroupManager requestId
        instanceGroupManagers.list GET zones/{zone}/instanceGroupManagers - list
        instanceGroupManagers.listErrors GET zones/{zone}/instanceGroupManagers/{instanceGroupManager}/listErrors - \
        list
        instanceGroupManagers.listManagedInstances POST \
        zones/{zone}/instanceGroupManagers/{instanceGroupManager}/listManagedInstances - list
        instanceGroupManagers.patch PATCH zones/{zone}/instanceGroupManagers/{instanceGroupManager} \
        InstanceGroupManager requestId
        instanceGroupManagers.recreateInstances POST \
        zones/{zone}/instanceGroupManagers/{instanceGroupManager}/recreateInstances \
        InstanceGroupManagersRecreateInstancesRequest noGracefulShutdown requestId
        instanceGroupManagers.resize POST zones/{zone}/instanceGroupManagers/{instanceGroupManager}/resize - \
        requestId size
        instanceGroupManagers.setInstanceTemplate POST \
        zones/{zone}/instanceGroupManagers/{instanceGroupManager}/setInstanceTemplate \
        InstanceGroupManagersSetInstanceTemplateRequest requestId
        instanceGroups.get GET zones/{zone}/instanceGroups/{instanceGroup} -
        instanceGroups.list GET zones/{zone}/instanceGroups - list
        instanceGroups.listInstances POST zones/{zone}/instanceGroups/{instanceGroup}/listInstances \
        InstanceGroupsListInstancesRequest list
        instanceTemplates.delete DELETE global/instanceTemplates/{instanceTemplate} - requestId
        instanceTemplates.get GET global/instanceTemplates/{instanceTemplate} -
        instanceTemplates.insert POST global/instanceTemplates InstanceTemplate requestId
        instanceTemplates.list GET global/instanceTemplates - list
        instances.aggregatedList GET aggregated/instances - list includeAllScopes serviceProjectNumber
        instances.bulkInsert POST zones/{zone}/instances/bulkInsert BulkInsertInstanceResource requestId
        instances.delete DELETE zones/{zone}/instances/{instance} - noGracefulShutdown requestId
        instances.get GET zones/{zone}/instances/{instance} -
        instances.getSerialPortOutput GET zones/{zone}/instances/{instance}/serialPort - port start
        instances.insert POST zones/{zone}/instances Instance requestId sourceInstanceTemplate sourceMachineImage
        instances.list GET zones/{zone}/instances - list
        instances.reset POST zones/{zone}/instances/{instance}/reset - requestId
        instances.setLabels POST zones/{zone}/instances/{instance}/setLabels InstancesSetLabelsRequest requestId
        instances.setMetadata POST zones/{zone}/instances/{instance}/setMetadata Metadata requestId
        instances.setScheduling POST zones/{zone}/instances/{instance}/setScheduling Scheduling requestId
        instances.setTags POST zones/{zone}/instances/{instance}/setTags Tags requestId
        instances.simulateMaintenanceEvent POST zones/{zone}/instances/{instance}/simulateMaintenanceEvent - \
        requestId withExtendedNotifications
        instances.start POST zones/{zone}/instances/{instance}/start - requestId
        instances.stop POST zones/{zone}/instances/{instance}/stop - discardLocalSsd noGracefulShutdown requestId
        instances.testIamPermissions POST zones/{zone}/instances/{resource}/testIamPermissions TestPermissionsRequest
        machineTypes.aggregatedList GET aggregated/machineTypes - list includeAllScopes serviceProjectNumber
        machineTypes.get GET zones/{zone}/machineTypes/{machineType} -
        machineTypes.list GET zones/{zone}/machineTypes - list
        networks.get GET global/networks/{network} -
        networks.list GET global/networks - list
        projects.get GET . -
        regionInstanceGroupManagers.abandonInstances POST \
        regions/{region}/instanceGroupManagers/{instanceGroupManager}/abandonInstances \
        RegionInstanceGroupManagersAbandonInstancesRequest requestId
        regionInstanceGroupManagers.createInstances POST \
        regions/{region}/instanceGroupManagers/{instanceGroupManager}/createInstances \
        RegionInstanceGroupManagersCreateInstancesRequest requestId
        regionInstanceGroupManagers.delete DELETE regions/{region}/instanceGroupManagers/{instanceGroupManager} - \
        noGracefulShutdown requestId
        regionInstanceGroupManagers.deleteInstances POST \
        regions/{region}/instanceGroupManagers/{instanceGroupManager}/deleteInstances \
        RegionInstanceGroupManagersDeleteInstancesRequest noGracefulShutdown requestId
        regionInstanceGroupManagers.get GET regions/{region}/instanceGroupManagers/{instanceGroupManager} -
        regionInstanceGroupManagers.insert POST regions/{region}/instanceGroupManagers InstanceGroupManager requestId
        regionInstanceGroupManagers.list GET regions/{region}/instanceGroupManagers - list
        regionInstanceGroupManagers.listErrors GET \
        regions/{region}/instanceGroupManagers/{instanceGroupManager}/listErrors - list
        regionInstanceGroupManagers.listManagedInstances POST \
        regions/{region}/instanceGroupManagers/{instanceGroupManager}/listManagedInstances - list
        regionInstanceGroupManagers.patch PATCH regions/{region}/instanceGroupManagers/{instanceGroupManager} \
        InstanceGroupManager requestId
        regionInstanceGroupManagers.recreateInstances POST \
        regions/{region}/instanceGroupManagers/{instanceGroupManager}/recreateInstances \
        RegionInstanceGroupManagersRecreateRequest noGracefulShutdown requestId
        regionInstanceGroupManagers.resize POST regions/{region}/instanceGroupManagers/{instanceGroupManager}/resize \
        - requestId size
        regionInstanceGroupManagers.setInstanceTemplate POST \
        regions/{region}/instanceGroupManagers/{instanceGroupManager}/setInstanceTemplate \
        RegionInstanceGroupManagersSetTemplateRequest requestId
        regionInstanceTemplates.delete DELETE regions/{region}/instanceTemplates/{instanceTemplate} - requestId
        regionInstanceTemplates.get GET regions/{region}/instanceTemplates/{instanceTemplate} -
        regionInstanceTemplates.insert POST regions/{region}/instanceTemplates InstanceTemplate requestId
        regionInstanceTemplates.list GET regions/{region}/instanceTemplates - list
        regionInstances.bulkInsert POST regions/{region}/instances/bulkInsert BulkInsertInstanceResource requestId
        regionOperations.delete DELETE regions/{region}/operations/{operation} -
        regionOperations.get GET regions/{region}/operations/{operation} -
        regionOperations.list GET regions/{region}/operations - list
        regionOperations.wait POST regions/{region}/operations/{operation}/wait -
        regions.get GET regions/{region} -
        regions.list GET regions - list
        reservations.get GET zones/{zone}/reservations/{reservation} -
        reservations.list GET zones/{zone}/reservations - list
        resourcePolicies.get GET regions/{region}/resourcePolicies/{resourcePolicy} -
        subnetworks.aggregatedList GET aggregated/subnetworks - list includeAllScopes serviceProjectNumber views
        subnetworks.get GET regions/{region}/subnetworks/{subnetwork} - views
        subnetworks.list GET regions/{region}/subnetworks - list views
        subnetworks.testIamPermissions POST regions/{region}/subnetworks/{resource}/testIamPermissions \
        TestPermissionsRequest
        zoneOperations.delete DELETE zones/{zone}/operations/{operation} -
        zoneOperations.get GET zones/{zone}/operations/{operation} -
        zoneOperations.list GET zones/{zone}/operations - list
        zoneOperations.wait POST zones/{zone}/operations/{operation}/wait -
        zones.get GET zones/{zone} -
        zones.list GET zones - list
        """
}
