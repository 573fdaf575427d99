import Cloud
import FoundationEssentials
import Provisioning
import Testing

@testable import CloudAzure

/// What Azure's error codes mean, as the shipped table has it.
@Suite struct RefusalTests {
    private let azure: ProviderDescriptor

    init() throws {
        azure = try ProviderDescriptor(
            folder: Fixtures.house.appending(path: "providers/azure").path,
            apiFiles: ["virtual-machines.yaml", "scale-set.yaml"])
    }

    private func refusal(_ code: String?, _ message: String = "", status: Int = 409) -> Refusal? {
        azure.refusals.judge(Fault(status: status, code: code, message: message))
    }

    private static let codes: [Refusal.Meaning: String] = [
        .capacity: """
        AllocationFailed ZonalAllocationFailed OverconstrainedAllocationRequest OverconstrainedZonalAllocationRequest
        SpotPriceGreaterThanProvidedMaxPrice
        """,
        .unoffered: """
        SkuNotAvailable NotAvailableForSubscription AvailabilityZoneNotSupported AzureSpotIsNotSupportedForThisVMSize
        """,
        .quota: """
        QuotaExceeded ResourceQuotaExceeded PublicIPCountLimitReached PublicIPAddressCountLimitReached
        StaticPublicIPCountLimitReached NetworkInterfaceCountLimitReached
        """,
        .addresses: "SubnetIsFull InsufficientSubnetSize PrivateIPAddressIsAllocated",
        .throttled: """
        TooManyRequests RequestRateTooLarge SubscriptionRequestsThrottled ResourceRequestsThrottled
        OperationNotAllowedThrottled RetryableError RetryableErrorDueToAnotherOperation AnotherOperationInProgress
        OperationInProgress NicReservedForAnotherVm NicInUse ReferencedResourceNotProvisioned
        """,
        .credentials: """
        InvalidAuthenticationToken InvalidAuthenticationTokenTenant ExpiredAuthenticationToken AuthenticationFailed
        AuthenticationFailedMissingToken AuthorizationFailed LinkedAuthorizationFailed AuthorizationPermissionMismatch
        RequestDisallowedByPolicy ScopeLocked ReadOnlyDisabledSubscription DisabledSubscription SubscriptionNotFound
        InvalidSubscriptionId SubscriptionNotRegistered MissingSubscriptionRegistration
        """,
        .invalid: """
        BadRequest InvalidParameter InvalidRequestContent InvalidRequestFormat InvalidRequestUri InvalidRequestParameter
        InvalidApiVersionParameter InvalidResourceName InvalidResourceReference InvalidResourceType
        InvalidResourceLocation InvalidTemplate InvalidTemplateDeployment MissingRegistrationForLocation
        LocationNotAvailableForResourceType NoRegisteredProviderFound ResourceGroupNotFound ResourceNotFound
        ParentResourceNotFound PlatformImageNotFound ImageNotFound GalleryImageNotFound
        MarketplacePurchaseEligibilityFailed ResourcePurchaseValidationFailed VMMarketplaceInvalidInput
        LinkedInvalidPropertyId InvalidSubnet NetworkInterfaceConfigurationMissing
        NetworkInterfaceMustHaveIpConfiguration KeyVaultAccessForbidden VMSizeNotSupported
        EvictionPolicyCanBeSetOnlyOnAzureSpotVirtualMachines MaxPriceCanBeSetOnlyOnAzureSpotVirtualMachines
        AzureSpotVMNotSupportedInAvailabilitySet MaxPriceValueInvalid VMPriorityCannotBeApplied
        """,
        .conflict: "PropertyChangeNotAllowed PreconditionFailed ResourceExists",
        .absent: "NotFound OperationNotFound",
    ]

    private static let doubtful = """
        InternalOperationError InternalExecutionError InternalServerError InternalError ServerTimeout GatewayTimeout
        RequestTimeout OperationTimedOut ServiceUnavailable ServerBusy VMStartTimedOut OSProvisioningTimedOut
        OSProvisioningInternalError
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    private static let rows = codes.flatMap { meaning, codes in
        codes.split(whereSeparator: \.isWhitespace).map { (String($0), meaning) }
    }.sorted { $0.0 < $1.0 }

    @Test(arguments: rows)
    func everyCodeHasItsMeaningWhateverItsStatus(code: String, expected: Refusal.Meaning) {
        for status in [200, 400, 403, 404, 409, 500] { #expect(refusal(code, status: status)?.meaning == expected) }
    }

    @Test(arguments: doubtful)
    func whatLeavesDoubtIsNoRefusal(code: String) {
        for status in [200, 409, 500] { #expect(refusal(code, status: status) == nil) }
    }

    @Test func noRowOfTheTableIsUntested() throws {
        let file = Fixtures.house.appending(path: "providers/azure/errors.yaml")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let listed = Set(lines.filter { $0.hasPrefix("    - ") }.map { String($0.dropFirst(6)) })
        #expect(listed == Set(RefusalTests.rows.map(\.0) + RefusalTests.doubtful))
    }

    // MARK: - The code that means almost anything

    private static let quota =
        "Operation could not be completed as it results in exceeding approved %1 quota. Additional details - Deployment "
        + "Model: Resource Manager, Location: westeurope, Current Limit: %2, Current Usage: 8, Additional Required: 4. "
        + "Submit a request for Quota increase"

    private func operationNotAllowed(_ what: String, limit: Int = 10) -> Refusal? {
        let words = RefusalTests.quota.replacing("%1", with: what).replacing("%2", with: "\(limit)")
        return refusal("OperationNotAllowed", words)
    }

    @Test func aFamilysAllowanceIsOfThatFamily() throws {
        let refusal = try #require(operationNotAllowed("standardDSv5Family Cores"))
        #expect(refusal.meaning == .quota && refusal.reach == nil && refusal.holdsSeconds == 600)
        let none = try #require(operationNotAllowed("standardDSv5Family Cores", limit: 0))
        #expect(none.meaning == .quota && none.holdsSeconds == 3600)
    }

    @Test(arguments: ["LowPriorityCores", "Total Regional Cores", "Total Regional vCPUs"])
    func whatAllFamiliesShareClosesAMarket(what: String) throws {
        let refusal = try #require(operationNotAllowed(what))
        #expect(refusal.meaning == .quota && refusal.reach == .market)
    }

    @Test func withStatus429ItIsAThrottleWhateverItsWords() {
        #expect(refusal("OperationNotAllowed", "exceeding approved quota", status: 429)?.meaning == .throttled)
        #expect(refusal("OperationNotAllowed", "too many requests have been received")?.meaning == .throttled)
    }

    @Test func ofAMachineOnItsWayOutItIsAConflict() {
        #expect(refusal("OperationNotAllowed", "since the VM is marked for deletion.")?.meaning == .conflict)
        #expect(refusal("OperationNotAllowed", "what nobody has seen")?.meaning == .unclassified)
    }

    @Test func aSizeThatIsNotAvailableHasNoRoomOnTheSpotMarketAndIsNotSoldOnDemand() throws {
        let fault = Fault(status: 409, code: "SkuNotAvailable", message: "it is not available")
        let spot = try #require(azure.refusals.judge(fault.ofSpotMarket))
        #expect(spot.meaning == .capacity && spot.holdsSeconds == 3600 && spot.code == "SkuNotAvailable")
        let onDemand = try #require(azure.refusals.judge(fault))
        #expect(onDemand.meaning == .unoffered && onDemand.holdsSeconds == 23 * 3600)
    }

    @Test func aSubscriptionWithoutSpotMayStillBuyOnDemand() {
        let refusal = refusal("AzureSpotFeatureNotEnabledForSubscription")
        #expect(refusal?.meaning == .unoffered && refusal?.reach == .market)
    }

    @Test func capacityHoldsForAnHourAndQuotaForTenMinutes() {
        #expect(refusal("AllocationFailed")?.holdsSeconds == 3600)
        #expect(refusal("QuotaExceeded")?.holdsSeconds == 600)
    }

    // MARK: - What is counted together

    @Test(arguments: [
        ("Standard_D2as_v5", "Das_v5"), ("Standard_D96as_v5", "Das_v5"), ("Standard_D2s_v5", "Ds_v5"),
        ("Standard_E8-4ds_v5", "Eds_v5"), ("Standard_NC4as_T4_v3", "NCas_T4_v3"), ("Standard_F16s_v2", "Fs_v2"),
        ("Basic_A1", "A"),
    ])
    func sizesAreCountedBySeriesAndVersion(size: String, family: String) throws {
        let families = try #require(azure.apis["azure/virtual-machines"]).quotaFamilies
        #expect(families.name(ofType: size) == family)
    }
}
