extension GCPShape {
    /// What else is sent, and of what else is listed the fields that a filter may name.
    static let ofOthers = """
        AcceleratorType: creationTimestamp, deprecated any, description, id long, kind, maximumCardsPerInstance int,
          name, resourceMetadata any, selfLink, zone
        BulkInsertInstanceResource: count long, instanceFlexibilityPolicy InstanceFlexibilityPolicy,
          instanceProperties InstanceProperties, locationPolicy LocationPolicy, minCount long, namePattern,
          perInstanceProperties {BulkInsertInstanceResourcePerInstanceProperties}, sourceInstanceTemplate
        BulkInsertInstanceResourcePerInstanceProperties: hostname, name
        BulkInsertOperationStatus: createdVmCount int, deletedVmCount int, failedToCreateVmCount int, status
          enum(CREATING|DONE|ROLLING_BACK|STATUS_UNSPECIFIED), targetVmCount int
        Disk: accessMode enum(READ_ONLY_MANY|READ_WRITE_MANY|READ_WRITE_SINGLE), architecture
          enum(ARCHITECTURE_UNSPECIFIED|ARM64|X86_64), asyncPrimaryDisk DiskAsyncReplication, asyncSecondaryDisks
          {DiskAsyncReplicationList}, creationTimestamp, description, diskEncryptionKey CustomerEncryptionKey,
          enableConfidentialCompute bool, guestOsFeatures [GuestOsFeature], id long, kind, labelFingerprint bytes,
          labels {text}, lastAttachTimestamp, lastDetachTimestamp, licenseCodes [long], licenses [text], locationHint,
          name, options, params DiskParams, physicalBlockSizeBytes long, provisionedIops long, provisionedThroughput
          long, region, replicaZones [text], resourcePolicies [text], resourceStatus DiskResourceStatus, satisfiesPzi
          bool, satisfiesPzs bool, selfLink, sizeGb long, sourceConsistencyGroupPolicy,
          sourceConsistencyGroupPolicyId, sourceDisk, sourceDiskId, sourceImage, sourceImageEncryptionKey
          CustomerEncryptionKey, sourceImageId, sourceInstantSnapshot, sourceInstantSnapshotId, sourceMachineImage,
          sourceMachineImageDiskDeviceName, sourceMachineImageEncryptionKey CustomerEncryptionKey,
          sourceMachineImageId, sourceSnapshot, sourceSnapshotEncryptionKey CustomerEncryptionKey, sourceSnapshotId,
          sourceStorageObject, status enum(CREATING|DELETING|FAILED|READY|RESTORING|UNAVAILABLE), storagePool, type,
          users [text], zone
        DiskAsyncReplication: consistencyGroupPolicy, consistencyGroupPolicyId, disk, diskId
        DiskAsyncReplicationList: asyncReplicationDisk DiskAsyncReplication
        DiskInstantiationConfig: autoDelete bool, customImage, deviceName, instantiateFrom
          enum(ATTACH_READ_ONLY|BLANK|CUSTOM_IMAGE|DEFAULT|DO_NOT_INCLUDE|SOURCE_IMAGE|SOURCE_IMAGE_FAMILY)
        DiskParams: resourceManagerTags {text}
        DiskResourceStatus: asyncPrimaryDisk DiskResourceStatusAsyncReplicationStatus, asyncSecondaryDisks
          {DiskResourceStatusAsyncReplicationStatus}
        DiskResourceStatusAsyncReplicationStatus: state
          enum(ACTIVE|CREATED|STARTING|STATE_UNSPECIFIED|STOPPED|STOPPING)
        DiskType: creationTimestamp, defaultDiskSizeGb long, deprecated any, description, id long, kind, name,
          region, selfLink, validDiskSize, zone
        Firewall: allowed any, creationTimestamp, denied any, description, destinationRanges [text], direction
          enum(EGRESS|INGRESS), disabled bool, id long, kind, logConfig any, name, network, params any, priority int,
          selfLink, sourceRanges [text], sourceServiceAccounts [text], sourceTags [text], targetServiceAccounts
          [text], targetTags [text]
        GetHealthOperationMetadata: healthInfo GetHealthOperationMetadataHealthInfo
        GetHealthOperationMetadataHealthInfo: availabilitySloStatus, healthStatus
          enum(HEALTH_STATUS_HEALTHY|HEALTH_STATUS_UNHEALTHY|HEALTH_STATUS_UNSPECIFIED), repairCategory,
          unhealthyReason, updateTime
        GetVersionOperationMetadata: inlineSbomInfo GetVersionOperationMetadataSbomInfo
        GetVersionOperationMetadataSbomInfo: currentComponentVersions {text}, targetComponentVersions {text}
        Image: architecture enum(ARCHITECTURE_UNSPECIFIED|ARM64|X86_64), archiveSizeBytes long, creationTimestamp,
          deprecated any, description, diskSizeGb long, enableConfidentialCompute bool, family, guestOsFeatures any,
          id long, imageEncryptionKey any, kind, labelFingerprint bytes, labels {text}, licenseCodes [long], licenses
          [text], name, params any, rawDisk any, satisfiesPzi bool, satisfiesPzs bool, selfLink,
          shieldedInstanceInitialState any, sourceDisk, sourceDiskEncryptionKey any, sourceDiskId, sourceImage,
          sourceImageEncryptionKey any, sourceImageId, sourceSnapshot, sourceSnapshotEncryptionKey any,
          sourceSnapshotId, sourceType enum(RAW), status enum(DELETING|FAILED|PENDING|READY), storageLocations [text]
        InstanceFlexibilityPolicy: instanceSelections {InstanceFlexibilityPolicyInstanceSelection}
        InstanceFlexibilityPolicyInstanceSelection: disks [AttachedDisk], machineTypes [text], minCpuPlatform, rank
          long
        InstanceGroup: creationTimestamp, description, fingerprint bytes, id long, kind, name, namedPorts any,
          network, region, selfLink, size int, subnetwork, zone
        InstanceGroupManagersAbandonInstancesRequest: instances [text]
        InstanceGroupManagersCreateInstancesRequest: instances [PerInstanceConfig]
        InstanceGroupManagersDeleteInstancesRequest: instances [text], skipInstancesOnValidationError bool
        InstanceGroupManagersRecreateInstancesRequest: instances [text]
        InstanceGroupManagersSetInstanceTemplateRequest: instanceTemplate
        InstanceGroupsListInstancesRequest: instanceState enum(ALL|RUNNING)
        InstanceTemplate: creationTimestamp, description, id long, kind, name, properties InstanceProperties,
          region, selfLink, sourceInstance, sourceInstanceParams SourceInstanceParams
        InstancesBulkInsertOperationMetadata: perLocationStatus {BulkInsertOperationStatus}
        InstancesSetLabelsRequest: labelFingerprint bytes, labels {text}
        LocationPolicy: locations {LocationPolicyLocation}, targetShape enum(ANY|ANY_SINGLE_ZONE|BALANCED), zones
          [LocationPolicyZoneConfiguration]
        LocationPolicyLocation: constraints LocationPolicyLocationConstraints, preference
          enum(ALLOW|DENY|PREFERENCE_UNSPECIFIED)
        LocationPolicyLocationConstraints: maxCount int
        LocationPolicyZoneConfiguration: zone
        MachineType: accelerators any, architecture enum(ARCHITECTURE_UNSPECIFIED|ARM64|X86_64), bundledLocalSsds
          any, creationTimestamp, deprecated any, description, guestCpus int, id long, imageSpaceGb int, isSharedCpu
          bool, kind, maximumPersistentDisks int, maximumPersistentDisksSizeGb long, memoryMb int, name, selfLink,
          zone
        Network: IPv4Range, additionalTags [text], autoCreateSubnetworks bool, creationTimestamp, description,
          enableUlaInternalIpv6 bool, firewallPolicy, gatewayIPv4, id long, internalIpv6Range, kind, mtu int, name,
          networkFirewallPolicyEnforcementOrder enum(AFTER_CLASSIC_FIREWALL|BEFORE_CLASSIC_FIREWALL), networkProfile,
          params any, peerings any, routingConfig any, selfLink, selfLinkWithId, subnetworks [text]
        Operation: clientOperationId, creationTimestamp, description, endTime, error OperationError,
          getHealthOperationMetadata GetHealthOperationMetadata, getVersionOperationMetadata
          GetVersionOperationMetadata, httpErrorMessage, httpErrorStatusCode int, id long, insertTime,
          instancesBulkInsertOperationMetadata InstancesBulkInsertOperationMetadata, kind, name, operationGroupId,
          operationType, progress int, region, selfLink, setCommonInstanceMetadataOperationMetadata
          SetCommonInstanceMetadataOperationMetadata, startTime, status enum(DONE|PENDING|RUNNING), statusMessage,
          targetId long, targetLink, user, warnings [OperationWarnings], zone
        OperationError: errors [OperationErrorErrors]
        OperationErrorErrors: code, errorDetails [OperationErrorErrorsErrorDetails], location, message
        OperationErrorErrorsErrorDetails: errorInfo ErrorInfo, help Help, localizedMessage LocalizedMessage,
          quotaInfo QuotaExceededInfo
        OperationWarnings: code, data [OperationWarningsData], message
        OperationWarningsData: key, value
        PerInstanceConfig: fingerprint bytes, name, preservedState PreservedState, status
          enum(APPLYING|DELETING|EFFECTIVE|NONE|UNAPPLIED|UNAPPLIED_DELETION)
        PreservedState: disks {PreservedStatePreservedDisk}, externalIPs {PreservedStatePreservedNetworkIp},
          internalIPs {PreservedStatePreservedNetworkIp}, metadata {text}
        PreservedStatePreservedDisk: autoDelete enum(NEVER|ON_PERMANENT_INSTANCE_DELETION), mode
          enum(READ_ONLY|READ_WRITE), source
        PreservedStatePreservedNetworkIp: autoDelete enum(NEVER|ON_PERMANENT_INSTANCE_DELETION), ipAddress
          PreservedStatePreservedNetworkIpIpAddress
        PreservedStatePreservedNetworkIpIpAddress: address, literal
        Region: creationTimestamp, deprecated any, description, id long, kind, name, quotaStatusWarning any, quotas
          any, selfLink, status enum(DOWN|UP), supportsPzs bool, zones [text]
        RegionInstanceGroupManagersAbandonInstancesRequest: instances [text]
        RegionInstanceGroupManagersCreateInstancesRequest: instances [PerInstanceConfig]
        RegionInstanceGroupManagersDeleteInstancesRequest: instances [text], skipInstancesOnValidationError bool
        RegionInstanceGroupManagersRecreateRequest: instances [text]
        RegionInstanceGroupManagersSetTemplateRequest: instanceTemplate
        Reservation: advancedDeploymentControl any, aggregateReservation any, commitment, confidentialComputeType
          enum(CONFIDENTIAL_COMPUTE_TYPE_BMSAI|CONFIDENTIAL_COMPUTE_TYPE_TDX|CONFIDENTIAL_COMPUTE_TYPE_UNSPECIFIED),
          creationTimestamp, deleteAfterDuration any, deleteAtTime, deploymentType
          enum(DENSE|DEPLOYMENT_TYPE_UNSPECIFIED), description, earlyAccessMaintenance
          enum(NO_EARLY_ACCESS|WAVE1|WAVE2), enableEmergentMaintenance bool, id long, kind, linkedCommitments [text],
          name, params any, protectionTier enum(CAPACITY_OPTIMIZED|PROTECTION_TIER_UNSPECIFIED|STANDARD),
          reservationSharingPolicy any, resourceMetadata any, resourcePolicies {text}, resourceStatus any,
          satisfiesPzs bool, schedulingType enum(GROUPED|GROUP_MAINTENANCE_TYPE_UNSPECIFIED|INDEPENDENT), selfLink,
          shareSettings any, specificReservation any, specificReservationRequired bool, status
          enum(CREATING|DELETING|INVALID|READY|UPDATING), zone
        SetCommonInstanceMetadataOperationMetadata: clientOperationId, perLocationOperations
          {SetCommonInstanceMetadataOperationMetadataPerLocationOperationInfo}
        SetCommonInstanceMetadataOperationMetadataPerLocationOperationInfo: error Status, state
          enum(ABANDONED|DONE|FAILED|PROPAGATED|PROPAGATING|UNSPECIFIED)
        SourceInstanceParams: diskConfigs [DiskInstantiationConfig]
        Status: code int, details [{any}], message
        Subnetwork: allowSubnetCidrRoutesOverlap bool, creationTimestamp, description, enableFlowLogs bool,
          externalIpv6Prefix, fingerprint bytes, gatewayAddress, id long, internalIpv6Prefix, ipCidrRange,
          ipCollection, ipv6AccessType enum(EXTERNAL|INTERNAL), ipv6CidrRange, ipv6GceEndpoint
          enum(VM_AND_FR|VM_ONLY), kind, logConfig any, name, network, params any, privateIpGoogleAccess bool,
          privateIpv6GoogleAccess
          enum(DISABLE_GOOGLE_ACCESS|ENABLE_BIDIRECTIONAL_ACCESS_TO_GOOGLE|ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE),
          purpose, region, reservedInternalRange, resolveSubnetMask, role enum(ACTIVE|BACKUP), secondaryIpRanges any,
          selfLink, stackType enum(IPV4_IPV6|IPV4_ONLY|IPV6_ONLY), state enum(DRAINING|READY),
          systemReservedExternalIpv6Ranges [text], systemReservedInternalIpv6Ranges [text], utilizationDetails any
        TestPermissionsRequest: permissions [text]
        Zone: availableCpuPlatforms [text], creationTimestamp, deprecated any, description, id long, kind, name,
          region, resourceStatus any, selfLink, status enum(DOWN|UP), supportsPzs bool
        """
}
