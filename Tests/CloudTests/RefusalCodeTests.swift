import FoundationEssentials
import Provisioning
import Testing

@testable import Cloud

/// What AWS says, by `providers/aws/errors.yaml` as it is shipped.
@Suite struct RefusalCodeTests {
    private static let house = Fixtures.folder.deletingLastPathComponent().deletingLastPathComponent()
    private let table: RefusalTable

    init() throws {
        table = try ProviderDescriptor(folder: Self.house.appending(path: "providers/aws").path, apiFiles: []).refusals
    }

    private func judge(_ code: String?, _ words: String = "", status: Int = 400) -> Refusal? {
        table.judge(Fault(status: status, code: code, message: words))
    }

    // MARK: Every code there is

    /// As AWS documents them and as those who run fleets have met them, by what they tell the plan to do.
    private static let known: [(meaning: String, codes: String)] = [
        (
            "capacity",
            """
            InsufficientInstanceCapacity InsufficientCapacity InsufficientHostCapacity InsufficientCapacityOnHost
            InsufficientReservedInstanceCapacity InsufficientVolumeCapacity InsufficientAddressCapacity
            UnfulfillableCapacity ReservationCapacityExceeded SpotMaxPriceTooLow
            """
        ),
        ("unoffered", "Unsupported UnsupportedOperation InstanceTypeNotSupported"),
        ("addresses", "InsufficientFreeAddressesInSubnet"),
        (
            "quota",
            """
            VcpuLimitExceeded InstanceLimitExceeded MaxSpotInstanceCountExceeded MaxFleetCountExceeded
            VolumeLimitExceeded MaxIOPSLimitExceeded ResourceLimitExceeded AddressLimitExceeded
            NetworkInterfaceLimitExceeded SecurityGroupsPerInstanceLimitExceeded
            """
        ),
        ("oversized", "ResourceCountExceeded RequestResourceCountExceeded InvalidInput"),
        (
            "throttled",
            """
            RequestLimitExceeded EC2ThrottledException Throttling ThrottlingException ThrottledException
            RequestThrottled RequestThrottledException TooManyRequestsException LimitExceededException SlowDown
            BandwidthLimitExceeded PriorRequestNotComplete
            """
        ),
        (
            "unknown",
            """
            InternalError InternalFailure ServiceUnavailable Unavailable RequestTimeout RequestTimeoutException
            """
        ),
        (
            "credentials",
            """
            UnauthorizedOperation AccessDenied AccessDeniedException AuthFailure
            AuthFailure.ServiceLinkedRoleCreationNotPermitted InvalidClientTokenId SignatureDoesNotMatch ExpiredToken
            RequestExpired OptInRequired Blocked PendingVerification
            """
        ),
        (
            "invalid",
            """
            InvalidParameterValue InvalidParameterCombination MissingParameter UnknownParameter InvalidAMIID.NotFound
            InvalidAMIID.Malformed InvalidAMIID.Unavailable InvalidSubnetID.NotFound InvalidGroup.NotFound
            InvalidGroup.Duplicate InvalidKeyPair.NotFound InvalidUserData.Malformed InvalidBlockDeviceMapping
            InvalidIamInstanceProfileArn.Malformed ValidationError
            """
        ),
        (
            "stale",
            """
            InvalidLaunchTemplateName.NotFoundException InvalidLaunchTemplateId.NotFound
            InvalidLaunchTemplateId.VersionNotFound launchTemplateIdDoesNotExist launchTemplateNameDoesNotExist
            launchTemplateVersionDoesNotExist
            """
        ),
        (
            "conflict",
            """
            IdempotentParameterMismatch IdempotentInstanceTerminated InvalidClientToken IncorrectInstanceState
            OperationNotPermitted
            """
        ),
        ("absent", "InvalidInstanceID.NotFound InvalidSpotFleetRequestId.NotFound InvalidVpcID.NotFound"),
        // What the models of Auto Scaling, fleets, Systems Manager and STS add.
        ("conflict", "AlreadyExists fleetNotInDeletableState fleetRequestNotInCancellableState ParameterAlreadyExists"),
        (
            "quota",
            "LimitExceeded ParameterLimitExceeded ParameterMaxVersionLimitExceeded PoliciesLimitExceededException"
        ),
        ("throttled", "ResourceContention ResourceInUse ScalingActivityInProgress TooManyUpdates"),
        (
            "absent",
            """
            ServiceLinkedRoleFailure fleetIdDoesNotExist fleetRequestIdDoesNotExist ParameterNotFound
            ParameterVersionNotFound
            """
        ),
        ("unknown", "unexpectedError InternalServerError IDPCommunicationError"),
        ("credentials", "ExpiredTokenException IDPRejectedClaim InvalidIdentityToken RegionDisabledException"),
        (
            "invalid",
            """
            InvalidNextToken fleetIdMalformed fleetRequestIdMalformed launchTemplateIdMalformed
            launchTemplateNameMalformed MalformedPolicyDocument PackedPolicyTooLarge InvalidKeyId InvalidFilterKey
            InvalidFilterOption InvalidFilterValue HierarchyLevelLimitExceededException HierarchyTypeMismatchException
            InvalidAllowedPatternException ParameterPatternMismatchException UnsupportedParameterType
            InvalidPolicyTypeException InvalidPolicyAttributeException IncompatiblePolicyException
            """
        ),
        // Why an instance ended.
        (
            "capacity",
            """
            Server.InsufficientInstanceCapacity Server.SpotInstanceTermination Server.SpotInstanceShutdown
            """
        ),
        ("quota", "Client.VolumeLimitExceeded"),
        ("unknown", "Server.InternalError"),
        ("invalid", "Client.InternalError Client.InvalidSnapshot.NotFound Client.InvalidKMSKey.InvalidState"),
        ("unclassified", "Client.UserInitiatedShutdown Client.InstanceInitiatedShutdown"),
    ]

    private static let rows = known.flatMap { meaning, codes in
        codes.split(whereSeparator: \.isWhitespace).map { (String($0), meaning) }
    }

    @Test(arguments: rows)
    func everyCodeHasItsMeaning(code: String, meaning: String) {
        let refusal = judge(code, "words of the cloud")
        #expect(refusal?.meaning.rawValue ?? "unknown" == meaning)
        if let refusal {
            #expect(refusal.code == code)
            #expect(refusal.message == "words of the cloud")
        }
    }

    @Test(arguments: ["NewCode", "Server.NewCode", "insufficientinstancecapacity", "InsufficientInstanceCapacityX"])
    func anUnknownCodeKeepsTheCloudsWordsAndNeverMeansALackOfCapacity(code: String) {
        #expect(judge(code, "odd: <words>") == Refusal(.unclassified, code: code, message: "odd: <words>"))
    }

    @Test func aCodeWithItsMarkMayMeanSomethingElseThanWithoutIt() {
        #expect(judge("Client.InternalError")?.meaning == .invalid)
        #expect(judge("InternalError", status: 500) == nil)
        #expect(judge("Server.InternalError") == nil)
    }

    // MARK: What the words add

    @Test func aSpreadPlacementGroupThatIsFullIsNoFullPool() {
        let words = "Spread placement group limit reached in this Availability Zone"
        let refusal = judge("InsufficientInstanceCapacity", words)
        #expect(refusal?.meaning == .capacity)
        #expect(refusal?.reach == .placementGroup)
        #expect(judge("InsufficientInstanceCapacity", "no room")?.reach == nil)
        #expect(judge("Server.InsufficientInstanceCapacity", words)?.reach == .placementGroup)
    }

    @Test func aRoleThatMayNotBeMadeClosesTheSpotMarketAlone() {
        let refusal = judge("AuthFailure.ServiceLinkedRoleCreationNotPermitted")
        #expect(refusal?.meaning == .credentials)
        #expect(refusal?.reach == .market)
        #expect(judge("AuthFailure.AnythingElse")?.reach == nil)
    }

    @Test func anInstanceProfileThatIsNotKnownYetIsAMatterOfTime() {
        let words = "Value (worker) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"
        let refusal = judge("InvalidParameterValue", words)
        #expect(refusal?.meaning == .absent)
        #expect(refusal?.retriesSeconds == 60)
        #expect(judge("InvalidParameterValue", "Value (1x) for parameter size is invalid")?.meaning == .invalid)
    }

    @Test func aWaitOfNoTimeIsNone() {
        let fault = Fault(status: 503, code: "InsufficientInstanceCapacity", message: "", retryAfter: .zero)
        #expect(table.judge(fault)?.holdsSeconds == 180)
    }

    // MARK: How the file is read

    @Test(arguments: [
        ("rules:\n  - {code: A, meaning: capcity}", "field.range"),
        ("rules:\n  - {code: A, meaning: capacity, reach: zone}", "field.range"),
        ("rules:\n  - {code: A}", "field.missing"),
        ("rules:\n  - {meaning: capacity}", "field.missing"),
        ("rules:\n  - {code: A, meaning: capacity, words: full}", "rule.unknown-key"),
        ("rules:\n  - {code: A, meaning: capacity}\n  - {code: A, meaning: quota}", "provider.code-twice"),
        ("rules: {code: A}", "field.type"),
        ("capacity:\n  codes: [A, A]", "provider.code-twice"),
        ("capcity:\n  codes: [A]", "meaning.unknown-key"),
    ])
    func aMistakeInTheTableIsRefused(text: String, code: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muster-errors-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let provider = Self.house.appending(path: "providers/aws/provider.yaml")
        try FileManager.default.copyItem(at: provider, to: folder.appending(path: "provider.yaml"))
        try text.write(to: folder.appending(path: "errors.yaml"), atomically: true, encoding: .utf8)
        let rejected = #expect(throws: Rejected.self) { try ProviderDescriptor(folder: folder.path, apiFiles: []) }
        #expect(rejected?.diagnostics.map(\.code) == [code])
    }
}
