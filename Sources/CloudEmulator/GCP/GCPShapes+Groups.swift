extension GCPShape {
    /// What managed groups and their parts are made of.
    static let ofGroups = """
        DistributionPolicy: targetShape enum(ANY|ANY_SINGLE_ZONE|BALANCED|EVEN), zones
          [DistributionPolicyZoneConfiguration]
        DistributionPolicyZoneConfiguration: zone
        ErrorInfo: domain, metadatas {text}, reason
        FixedOrPercent: calculated int, fixed int, percent int
        Help: links [HelpLink]
        HelpLink: description, url
        InstanceGroupManager: allInstancesConfig InstanceGroupManagerAllInstancesConfig, autoHealingPolicies
          [InstanceGroupManagerAutoHealingPolicy], baseInstanceName, creationTimestamp, currentActions
          InstanceGroupManagerActionsSummary, description, distributionPolicy DistributionPolicy, fingerprint bytes,
          id long, instanceFlexibilityPolicy InstanceGroupManagerInstanceFlexibilityPolicy, instanceGroup,
          instanceLifecyclePolicy InstanceGroupManagerInstanceLifecyclePolicy, instanceTemplate, kind,
          listManagedInstancesResults enum(PAGELESS|PAGINATED), name, namedPorts [NamedPort], region, resourcePolicies
          InstanceGroupManagerResourcePolicies, satisfiesPzi bool, satisfiesPzs bool, selfLink, standbyPolicy
          InstanceGroupManagerStandbyPolicy, statefulPolicy StatefulPolicy, status InstanceGroupManagerStatus,
          targetPools [text], targetSize int, targetSizePolicy InstanceGroupManagerTargetSizePolicy, targetStoppedSize
          int, targetSuspendedSize int, updatePolicy InstanceGroupManagerUpdatePolicy, versions
          [InstanceGroupManagerVersion], zone
        InstanceGroupManagerActionsSummary: abandoning int, creating int, creatingWithoutRetries int, deleting int,
          none int, recreating int, refreshing int, restarting int, resuming int, starting int, stopping int,
          suspending int, verifying int
        InstanceGroupManagerAllInstancesConfig: properties InstancePropertiesPatch
        InstanceGroupManagerAutoHealingPolicy: healthCheck, initialDelaySec int
        InstanceGroupManagerInstanceFlexibilityPolicy: instanceSelections
          {InstanceGroupManagerInstanceFlexibilityPolicyInstanceSelection}
        InstanceGroupManagerInstanceFlexibilityPolicyInstanceSelection: disks [AttachedDisk], machineTypes [text],
          minCpuPlatform, rank int
        InstanceGroupManagerInstanceLifecyclePolicy: defaultActionOnFailure enum(DO_NOTHING|REPAIR),
          forceUpdateOnRepair enum(NO|YES), onFailedHealthCheck enum(DEFAULT_ACTION|DO_NOTHING|REPAIR), onRepair
          InstanceGroupManagerInstanceLifecyclePolicyOnRepair
        InstanceGroupManagerInstanceLifecyclePolicyOnRepair: allowChangingZone enum(NO|YES)
        InstanceGroupManagerResourcePolicies: workloadPolicy
        InstanceGroupManagerStandbyPolicy: initialDelaySec int, mode enum(MANUAL|SCALE_OUT_POOL)
        InstanceGroupManagerStatus: allInstancesConfig InstanceGroupManagerStatusAllInstancesConfig,
          appliedAcceleratorTopologies [InstanceGroupManagerStatusAcceleratorTopology], autoscaler,
          bulkInstanceOperation InstanceGroupManagerStatusBulkInstanceOperation, currentInstanceStatuses
          InstanceGroupManagerStatusInstanceStatusSummary, isStable bool, stateful InstanceGroupManagerStatusStateful,
          versionTarget InstanceGroupManagerStatusVersionTarget
        InstanceGroupManagerStatusAcceleratorTopology: acceleratorTopology, state
          enum(ACTIVATING|ACTIVE|ACTIVE_DEGRADED|DEACTIVATING|FAILED|INCOMPLETE|REACTIVATING), stateDetails
          InstanceGroupManagerStatusAcceleratorTopologyAcceleratorTopologyStateDetails
        InstanceGroupManagerStatusAcceleratorTopologyAcceleratorTopologyStateDetails: error
          InstanceGroupManagerStatusAcceleratorTopologyAcceleratorTopologyStateDetailsError, timestamp
        InstanceGroupManagerStatusAcceleratorTopologyAcceleratorTopologyStateDetailsError: errors
          [InstanceGroupManagerStatusAcceleratorTopologyAcceleratorTopologyStateDetailsErrorErrors]
        InstanceGroupManagerStatusAcceleratorTopologyAcceleratorTopologyStateDetailsErrorErrors: code, errorDetails
          [InstanceGroupManagerStatusAcceleratorTopologyAcceleratorTopologyStateDetailsErrorErrorsErrorDetails],
          location, message
        InstanceGroupManagerStatusAcceleratorTopologyAcceleratorTopologyStateDetailsErrorErrorsErrorDetails:
          errorInfo ErrorInfo, help Help, localizedMessage LocalizedMessage, quotaInfo QuotaExceededInfo
        InstanceGroupManagerStatusAllInstancesConfig: currentRevision, effective bool
        InstanceGroupManagerStatusBulkInstanceOperation: inProgress bool, lastProgressCheck
          InstanceGroupManagerStatusBulkInstanceOperationLastProgressCheck
        InstanceGroupManagerStatusBulkInstanceOperationLastProgressCheck: error
          InstanceGroupManagerStatusBulkInstanceOperationLastProgressCheckError, timestamp
        InstanceGroupManagerStatusBulkInstanceOperationLastProgressCheckError: errors
          [InstanceGroupManagerStatusBulkInstanceOperationLastProgressCheckErrorErrors]
        InstanceGroupManagerStatusBulkInstanceOperationLastProgressCheckErrorErrors: code, errorDetails
          [InstanceGroupManagerStatusBulkInstanceOperationLastProgressCheckErrorErrorsErrorDetails], location, message
        InstanceGroupManagerStatusBulkInstanceOperationLastProgressCheckErrorErrorsErrorDetails: errorInfo
          ErrorInfo, help Help, localizedMessage LocalizedMessage, quotaInfo QuotaExceededInfo
        InstanceGroupManagerStatusInstanceStatusSummary: deprovisioning int, nonExistent int, pending int,
          pendingStop int, provisioning int, repairing int, running int, staging int, stopped int, stopping int,
          suspended int, suspending int, terminated int
        InstanceGroupManagerStatusStateful: hasStatefulConfig bool, perInstanceConfigs
          InstanceGroupManagerStatusStatefulPerInstanceConfigs
        InstanceGroupManagerStatusStatefulPerInstanceConfigs: allEffective bool
        InstanceGroupManagerStatusVersionTarget: isReached bool
        InstanceGroupManagerTargetSizePolicy: mode enum(BULK|INDIVIDUAL|UNSPECIFIED_MODE)
        InstanceGroupManagerUpdatePolicy: instanceRedistributionType enum(NONE|PROACTIVE), maxSurge FixedOrPercent,
          maxUnavailable FixedOrPercent, minimalAction enum(NONE|REFRESH|REPLACE|RESTART), mostDisruptiveAllowedAction
          enum(NONE|REFRESH|REPLACE|RESTART), replacementMethod enum(RECREATE|SUBSTITUTE), type
          enum(OPPORTUNISTIC|PROACTIVE)
        InstanceGroupManagerVersion: instanceTemplate, name, targetSize FixedOrPercent
        InstancePropertiesPatch: exposeHostTopology bool, labels {text}, metadata {text}
        LocalizedMessage: locale, message
        NamedPort: name, port int
        QuotaExceededInfo: dimensions {text}, futureLimit number, limit number, limitName, metricName, rolloutStatus
          enum(IN_PROGRESS|ROLLOUT_STATUS_UNSPECIFIED)
        StatefulPolicy: preservedState StatefulPolicyPreservedState
        StatefulPolicyPreservedState: disks {StatefulPolicyPreservedStateDiskDevice}, externalIPs
          {StatefulPolicyPreservedStateNetworkIp}, internalIPs {StatefulPolicyPreservedStateNetworkIp}
        StatefulPolicyPreservedStateDiskDevice: autoDelete enum(NEVER|ON_PERMANENT_INSTANCE_DELETION)
        StatefulPolicyPreservedStateNetworkIp: autoDelete enum(NEVER|ON_PERMANENT_INSTANCE_DELETION)
        """
}
