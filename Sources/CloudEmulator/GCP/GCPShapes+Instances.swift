extension GCPShape {
    /// What instances and their parts are made of.
    static let ofInstances = """
        AcceleratorConfig: acceleratorCount int, acceleratorType
        AccessConfig: externalIpv6, externalIpv6PrefixLength int, ipCollection, kind, name, natIP, networkTier
          enum(FIXED_STANDARD|PREMIUM|STANDARD|STANDARD_OVERRIDES_FIXED_STANDARD), publicPtrDomainName,
          securityPolicy, setPublicPtr bool, type enum(DIRECT_IPV6|ONE_TO_ONE_NAT)
        AdvancedMachineFeatures: enableNestedVirtualization bool, enableUefiNetworking bool,
          performanceMonitoringUnit enum(ARCHITECTURAL|ENHANCED|PERFORMANCE_MONITORING_UNIT_UNSPECIFIED|STANDARD),
          threadsPerCore int, turboMode, visibleCoreCount int
        AliasIpRange: ipCidrRange, subnetworkRangeName
        AttachedDisk: architecture enum(ARCHITECTURE_UNSPECIFIED|ARM64|X86_64), autoDelete bool, boot bool,
          deviceName, diskEncryptionKey CustomerEncryptionKey, diskSizeGb long, forceAttach bool, guestOsFeatures
          [GuestOsFeature], index int, initializeParams AttachedDiskInitializeParams, interface enum(NVME|SCSI), kind,
          licenses [text], mode enum(READ_ONLY|READ_WRITE), savedState enum(DISK_SAVED_STATE_UNSPECIFIED|PRESERVED),
          shieldedInstanceInitialState InitialStateConfig, source, type enum(PERSISTENT|SCRATCH)
        AttachedDiskInitializeParams: architecture enum(ARCHITECTURE_UNSPECIFIED|ARM64|X86_64), description,
          diskName, diskSizeGb long, diskType, enableConfidentialCompute bool, labels {text}, licenses [text],
          onUpdateAction enum(RECREATE_DISK|RECREATE_DISK_IF_SOURCE_CHANGED|USE_EXISTING_DISK), provisionedIops long,
          provisionedThroughput long, replicaZones [text], resourceManagerTags {text}, resourcePolicies [text],
          sourceImage, sourceImageEncryptionKey CustomerEncryptionKey, sourceSnapshot, sourceSnapshotEncryptionKey
          CustomerEncryptionKey, storagePool
        ConfidentialInstanceConfig: confidentialInstanceType
          enum(BMSAI|CCA|CONFIDENTIAL_INSTANCE_TYPE_UNSPECIFIED|SEV|SEV_SNP|TDX), confidentialParavisorConfig
          ConfidentialParavisorConfig, enableConfidentialCompute bool
        ConfidentialParavisorConfig: confidentialTpmType
          enum(CONFIDENTIAL_TPM_TYPE_UNSPECIFIED|EPHEMERAL|NO_CC_TPM), sevSnpIrqMode
          enum(RESTRICTED|SEV_SNP_IRQ_MODE_UNSPECIFIED|UNRESTRICTED)
        CustomerEncryptionKey: kmsKeyName, kmsKeyServiceAccount, rawKey, rsaEncryptedKey, sha256
        DisplayDevice: enableDisplay bool
        Duration: nanos int, seconds long
        FileContentBuffer: content bytes, fileType enum(BIN|UNDEFINED|X509)
        GuestOsFeature: type
        InitialStateConfig: dbs [FileContentBuffer], dbxs [FileContentBuffer], keks [FileContentBuffer], pk
          FileContentBuffer
        Instance: advancedMachineFeatures AdvancedMachineFeatures, canIpForward bool, confidentialInstanceConfig
          ConfidentialInstanceConfig, cpuPlatform, creationTimestamp, deletionProtection bool, description, disks
          [AttachedDisk], displayDevice DisplayDevice, fingerprint bytes, guestAccelerators [AcceleratorConfig],
          hostname, id long, instanceEncryptionKey CustomerEncryptionKey, keyRevocationActionType
          enum(KEY_REVOCATION_ACTION_TYPE_UNSPECIFIED|NONE|STOP), kind, labelFingerprint bytes, labels {text},
          lastStartTimestamp, lastStopTimestamp, lastSuspendedTimestamp, localSsdEncryptionMode
          enum(EPHEMERAL_KEY_ENCRYPTION|LOCAL_SSD_ENCRYPTION_MODE_UNSPECIFIED|STANDARD_ENCRYPTION), machineType,
          metadata Metadata, minCpuPlatform, name, networkInterfaces [NetworkInterface], networkPerformanceConfig
          NetworkPerformanceConfig, params InstanceParams, privateIpv6GoogleAccess
          enum(ENABLE_BIDIRECTIONAL_ACCESS_TO_GOOGLE|ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE|INHERIT_FROM_SUBNETWORK),
          reservationAffinity ReservationAffinity, resourcePolicies [text], resourceStatus ResourceStatus,
          satisfiesPzi bool, satisfiesPzs bool, scheduling Scheduling, selfLink, serviceAccounts [ServiceAccount],
          shieldedInstanceConfig ShieldedInstanceConfig, shieldedInstanceIntegrityPolicy
          ShieldedInstanceIntegrityPolicy, sourceMachineImage, sourceMachineImageEncryptionKey CustomerEncryptionKey,
          startRestricted bool, status, statusMessage, tags Tags, workloadIdentityConfig WorkloadIdentityConfig, zone
        InstanceParams: requestValidForDuration Duration, resourceManagerTags {text}
        InstanceProperties: advancedMachineFeatures AdvancedMachineFeatures, canIpForward bool,
          confidentialInstanceConfig ConfidentialInstanceConfig, description, disks [AttachedDisk], guestAccelerators
          [AcceleratorConfig], keyRevocationActionType enum(KEY_REVOCATION_ACTION_TYPE_UNSPECIFIED|NONE|STOP), labels
          {text}, localSsdEncryptionMode
          enum(EPHEMERAL_KEY_ENCRYPTION|LOCAL_SSD_ENCRYPTION_MODE_UNSPECIFIED|STANDARD_ENCRYPTION), machineType,
          metadata Metadata, minCpuPlatform, networkInterfaces [NetworkInterface], networkPerformanceConfig
          NetworkPerformanceConfig, privateIpv6GoogleAccess
          enum(ENABLE_BIDIRECTIONAL_ACCESS_TO_GOOGLE|ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE|INHERIT_FROM_SUBNETWORK),
          reservationAffinity ReservationAffinity, resourceManagerTags {text}, resourcePolicies [text], scheduling
          Scheduling, serviceAccounts [ServiceAccount], shieldedInstanceConfig ShieldedInstanceConfig, tags Tags,
          workloadIdentityConfig WorkloadIdentityConfig
        Metadata: fingerprint bytes, items [MetadataItems], kind
        MetadataItems: key, value
        NetworkInterface: accessConfigs [AccessConfig], aliasIpRanges [AliasIpRange], aliasIpv6Ranges
          [AliasIpRange], enableVpcScopedDns bool, fingerprint bytes, igmpQuery
          enum(IGMP_QUERY_DISABLED|IGMP_QUERY_V2), internalIpv6PrefixLength int, ipv6AccessConfigs [AccessConfig],
          ipv6AccessType enum(EXTERNAL|INTERNAL), ipv6Address, kind, name, network, networkAttachment, networkIP,
          nicType enum(GVNIC|IDPF|IRDMA|MRDMA|UNSPECIFIED_NIC_TYPE|VIRTIO_NET), parentNicName, queueCount int,
          serviceClassId, stackType enum(IPV4_IPV6|IPV4_ONLY|IPV6_ONLY), subnetwork, vlan int
        NetworkPerformanceConfig: totalEgressBandwidthTier enum(DEFAULT|TIER_1)
        ReservationAffinity: consumeReservationType
          enum(ANY_RESERVATION|NO_RESERVATION|SPECIFIC_RESERVATION|UNSPECIFIED), key, values [text]
        ResourceStatus: effectiveInstanceMetadata ResourceStatusEffectiveInstanceMetadata, physicalHost,
          physicalHostTopology ResourceStatusPhysicalHostTopology, reservationConsumptionInfo
          ResourceStatusReservationConsumptionInfo, scheduling ResourceStatusScheduling, shutdownDetails
          ResourceStatusShutdownDetails, upcomingMaintenance UpcomingMaintenance
        ResourceStatusEffectiveInstanceMetadata: blockProjectSshKeysMetadataValue bool,
          enableGuestAttributesMetadataValue bool, enableOsInventoryMetadataValue bool, enableOsconfigMetadataValue
          bool, enableOsloginMetadataValue bool, gceContainerDeclarationMetadataValue bool,
          serialPortEnableMetadataValue bool, serialPortLoggingEnableMetadataValue bool, vmDnsSettingMetadataValue
        ResourceStatusPhysicalHostTopology: additionalAttributes
          ResourceStatusPhysicalHostTopologyAdditionalAttributes, block, cluster, host, subblock
        ResourceStatusPhysicalHostTopologyAdditionalAttributes: acceleratorTopologyIds {text}
        ResourceStatusReservationConsumptionInfo: consumedReservation, consumedReservationBlock,
          consumedReservationSubBlock
        ResourceStatusScheduling: availabilityDomain int, gracefulShutdownTimestamp, protectionTier
          enum(PROTECTION_TIER_CAPACITY_OPTIMIZED|PROTECTION_TIER_STANDARD|PROTECTION_TIER_UNSPECIFIED),
          terminationTimestamp
        ResourceStatusShutdownDetails: maxDuration Duration, requestTimestamp, stopState
          enum(PENDING_STOP|STOPPING), targetState enum(DELETED|STOPPED)
        Scheduling: automaticRestart bool, availabilityDomain int, exposeHostTopology bool, gracefulShutdown
          SchedulingGracefulShutdown, hostErrorTimeoutSeconds int, instanceTerminationAction
          enum(DELETE|INSTANCE_TERMINATION_ACTION_UNSPECIFIED|STOP), localSsdRecoveryTimeout Duration, locationHint,
          maxRunDuration Duration, minNodeCpus int, nodeAffinities [SchedulingNodeAffinity], onHostMaintenance
          enum(MIGRATE|TERMINATE), onInstanceStopAction SchedulingOnInstanceStopAction, preemptible bool,
          preemptionNoticeDuration Duration, protectionTier
          enum(PROTECTION_TIER_CAPACITY_OPTIMIZED|PROTECTION_TIER_STANDARD|PROTECTION_TIER_UNSPECIFIED),
          provisioningModel enum(FLEX_START|RESERVATION_BOUND|SPOT|STANDARD), skipGuestOsShutdown bool,
          terminationTime
        SchedulingGracefulShutdown: enabled bool, maxDuration Duration
        SchedulingNodeAffinity: key, operator enum(IN|NOT_IN|OPERATOR_UNSPECIFIED), values [text]
        SchedulingOnInstanceStopAction: discardLocalSsd bool
        ServiceAccount: email, scopes [text]
        ShieldedInstanceConfig: enableIntegrityMonitoring bool, enableSecureBoot bool, enableVtpm bool
        ShieldedInstanceIntegrityPolicy: updateAutoLearnPolicy bool
        Tags: fingerprint bytes, items [text]
        UpcomingMaintenance: canReschedule bool, latestWindowStartTime, maintenanceOnShutdown bool,
          maintenanceReasons [text], maintenanceStatus enum(ONGOING|PENDING|UNKNOWN), type
          enum(MULTIPLE|SCHEDULED|UNKNOWN_TYPE|UNSCHEDULED), windowEndTime, windowStartTime
        WorkloadIdentityConfig: identity, identityCertificateEnabled bool, identityType
          enum(AGENT_IDENTITY|IDENTITY_TYPE_UNSPECIFIED|SERVICE_ACCOUNT)
        """
}
