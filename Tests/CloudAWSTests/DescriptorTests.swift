import Cloud
import CloudAWS
import Provisioning
import Testing

/// The files under `providers/aws` as they are shipped.
@Suite struct DescriptorTests {
    private let aws: ProviderDescriptor

    init() throws {
        aws = try ProviderDescriptor(
            folder: Fixtures.house.appending(path: "providers/aws").path, apiFiles: ["run-instances.yaml"])
    }

    /// Nil: it leaves doubt whether AWS acted.
    private func meaning(_ code: String?, status: Int = 400) -> Refusal.Meaning? {
        aws.refusals.judge(Fault(status: status, code: code, message: ""))?.meaning
    }

    // MARK: Codes

    /// What AWS documents, by what it tells the plan to do.
    private static let codes: [Refusal.Meaning: String] = [
        .capacity: """
        InsufficientInstanceCapacity InsufficientCapacity InsufficientHostCapacity InsufficientCapacityOnHost
        InsufficientReservedInstanceCapacity InsufficientVolumeCapacity InsufficientAddressCapacity
        UnfulfillableCapacity ReservationCapacityExceeded SpotMaxPriceTooLow
        """,
        .unoffered: "Unsupported UnsupportedOperation InstanceTypeNotSupported",
        .addresses: "InsufficientFreeAddressesInSubnet",
        .quota: """
        VcpuLimitExceeded InstanceLimitExceeded MaxSpotInstanceCountExceeded MaxFleetCountExceeded
        VolumeLimitExceeded MaxIOPSLimitExceeded ResourceLimitExceeded AddressLimitExceeded
        NetworkInterfaceLimitExceeded SecurityGroupsPerInstanceLimitExceeded
        """,
        .throttled: """
        RequestLimitExceeded EC2ThrottledException Throttling ThrottlingException ThrottledException
        RequestThrottled RequestThrottledException TooManyRequestsException LimitExceededException SlowDown
        BandwidthLimitExceeded PriorRequestNotComplete
        """,
        .credentials: """
        UnauthorizedOperation AccessDenied AccessDeniedException AuthFailure
        AuthFailure.ServiceLinkedRoleCreationNotPermitted InvalidClientTokenId SignatureDoesNotMatch ExpiredToken
        RequestExpired OptInRequired Blocked PendingVerification InvalidSignatureException
        UnrecognizedClientException MissingAuthenticationTokenException IncompleteSignatureException
        InvalidIdentityToken IDPRejectedClaim UnauthorizedException ForbiddenException
        """,
        .invalid: """
        InvalidParameterValue InvalidParameterCombination MissingParameter UnknownParameter InvalidAMIID.NotFound
        InvalidAMIID.Malformed InvalidAMIID.Unavailable InvalidSubnetID.NotFound InvalidGroup.NotFound
        InvalidGroup.Duplicate InvalidKeyPair.NotFound InvalidUserData.Malformed InvalidBlockDeviceMapping
        InvalidIamInstanceProfileArn.Malformed ValidationError
        """,
        .conflict: "IdempotentParameterMismatch IdempotentInstanceTerminated InvalidClientToken",
        .absent: "InvalidInstanceID.NotFound",
    ]

    private static let rows = codes.flatMap { meaning, codes in
        codes.split(whereSeparator: \.isWhitespace).map { (String($0), meaning) }
    }.sorted { $0.0 < $1.0 }

    @Test(arguments: rows)
    func everyCodeHasItsMeaningWhateverItsStatus(code: String, expected: Refusal.Meaning) {
        for status in [400, 403, 500, 503] { #expect(meaning(code, status: status) == expected) }
    }

    @Test(arguments: [
        "InternalError", "InternalFailure", "ServiceUnavailable", "Unavailable", "RequestTimeout",
        "RequestTimeoutException", "IDPCommunicationError",
    ])
    func whatLeavesDoubtIsNoRefusalWhateverItsStatus(code: String) {
        for status in [400, 500, 503] { #expect(meaning(code, status: status) == nil) }
    }

    @Test(arguments: [
        ("InvalidAMIID.AnythingNew", Refusal.Meaning.invalid), ("InvalidGroup.NotFound.Twice", .invalid),
        ("AuthFailure.AnythingNew", .credentials), ("InvalidInstanceID.Malformed", .invalid),
    ])
    func aRowThatEndsInADotStandsForEveryCodeThatBeginsSo(code: String, expected: Refusal.Meaning) {
        #expect(meaning(code) == expected)
    }

    @Test(arguments: [
        "InvalidAMIID", "InvalidAMIIDx", "NotFound", "NewCode", "insufficientinstancecapacity",
    ])
    func aCodeNobodyListedIsUnclassified(code: String) {
        #expect(meaning(code) == .unclassified)
    }

    // MARK: Statuses

    @Test(
        arguments: [
            (400, Refusal.Meaning.unclassified), (401, .credentials), (403, .credentials), (404, .unclassified),
            (408, nil), (409, .unclassified), (429, .throttled), (500, nil), (502, nil), (503, nil), (504, nil),
            (509, .throttled), (599, nil), (302, .unclassified),
        ] as [(Int, Refusal.Meaning?)])
    func withoutACodeItsStatusDecides(status: Int, expected: Refusal.Meaning?) {
        #expect(meaning(nil, status: status) == expected)
        #expect(meaning("CodeNobodyListed", status: status) == expected)
    }

    @Test func nothingUnlistedAndNoThrottleIsEverTakenForALackOfCapacity() {
        for status in 300...599 {
            #expect(meaning(nil, status: status) != .capacity)
            #expect(meaning("CodeNobodyListed", status: status) != .capacity)
            #expect(meaning("RequestLimitExceeded", status: status) == .throttled)
        }
    }

    @Test(
        arguments: [
            ("InsufficientInstanceCapacity", 180), ("Unsupported", 86400), ("VcpuLimitExceeded", 600),
            ("InsufficientFreeAddressesInSubnet", 600), ("AccessDenied", nil), ("RequestLimitExceeded", nil),
        ] as [(String, Int?)])
    func theTableSaysHowLongARefusalHolds(code: String, seconds: Int?) {
        #expect(aws.refusals.judge(Fault(status: 400, code: code, message: ""))?.holdsSeconds == seconds)
    }

    @Test func howLongTheCloudAsksToWaitComesBeforeTheTable() {
        let fault = Fault(
            status: 503, code: "InsufficientInstanceCapacity", message: "m", subjects: ["i-1"], exchange: "x",
            retryAfter: .seconds(9))
        #expect(
            aws.refusals.judge(fault)
                == Refusal(
                    .capacity, code: "InsufficientInstanceCapacity", message: "m", subjects: ["i-1"], holdsSeconds: 9,
                    exchange: "x"))
    }

    // MARK: Endpoints and traits

    @Test(arguments: [
        ("us-east-1", "https://ec2.us-east-1.amazonaws.com", "aws"),
        ("eu-west-1", "https://ec2.eu-west-1.amazonaws.com", "aws"),
        ("cn-north-1", "https://ec2.cn-north-1.amazonaws.com.cn", "aws-cn"),
        ("us-gov-west-1", "https://ec2.us-gov-west-1.amazonaws.com", "aws-us-gov"),
    ])
    func anEndpointIsThatOfItsPartition(region: String, endpoint: String, partition: String) {
        #expect(aws.endpoint(of: "ec2", in: region)?.text == endpoint)
        #expect(aws.partition(of: region)?.name == partition)
        #expect(aws.endpoint(of: "nothing", in: region) == nil)
    }

    /// As botocore's rules of 2026 make them: plain, FIPS, dual-stack, both.
    private static let kinds = """
        ec2 eu-west-1 ec2.eu-west-1.amazonaws.com ec2-fips.eu-west-1.amazonaws.com \
        ec2.eu-west-1.api.aws ec2-fips.eu-west-1.api.aws
        ec2 cn-north-1 ec2.cn-north-1.amazonaws.com.cn - ec2.cn-north-1.api.amazonwebservices.com.cn -
        ec2 us-gov-west-1 ec2.us-gov-west-1.amazonaws.com ec2.us-gov-west-1.amazonaws.com \
        ec2.us-gov-west-1.api.aws ec2-fips.us-gov-west-1.api.aws
        sts us-east-1 sts.us-east-1.amazonaws.com sts-fips.us-east-1.amazonaws.com \
        sts.us-east-1.api.aws sts-fips.us-east-1.api.aws
        ssm us-gov-east-1 ssm.us-gov-east-1.amazonaws.com ssm.us-gov-east-1.amazonaws.com \
        ssm.us-gov-east-1.api.aws ssm-fips.us-gov-east-1.api.aws
        portal.sso us-east-1 portal.sso.us-east-1.amazonaws.com portal.sso-fips.us-east-1.amazonaws.com \
        portal.sso.us-east-1.api.aws portal.sso-fips.us-east-1.api.aws
        iam us-east-2 iam.amazonaws.com iam-fips.amazonaws.com iam.global.api.aws iam-fips.global.api.aws
        iam cn-northwest-1 iam.cn-north-1.amazonaws.com.cn - iam.global.api.amazonwebservices.com.cn -
        iam us-gov-east-1 iam.us-gov.amazonaws.com iam.us-gov.amazonaws.com iam.us-gov.api.aws iam.us-gov.api.aws
        """.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }

    @Test(arguments: kinds)
    func anEndpointIsOfTheKindThatIsAskedFor(row: [String]) {
        let service = Service(row[0]), region = row[1]
        let found = EndpointKind.all.map { kind in
            aws.endpoint(of: service, in: region, as: kind).map { String($0.text.dropFirst("https://".count)) }
        }
        #expect(found.map { $0 ?? "-" } == Array(row[2...]))
        #expect(EndpointKind.all.map { aws.has($0, in: region) } == found.map { $0 != nil })
    }

    /// https://docs.aws.amazon.com/general/latest/gr/iam-service.html
    @Test(arguments: [
        ("eu-west-1", "https://iam.amazonaws.com", "us-east-1"),
        ("cn-northwest-1", "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("us-gov-east-1", "https://iam.us-gov.amazonaws.com", "us-gov-west-1"),
    ])
    func aServiceWithoutRegionsIsThatOfItsPartition(region: String, endpoint: String, signed: String) {
        #expect(aws.endpoint(of: "iam", in: region)?.text == endpoint)
        #expect(aws.signingRegion(of: "iam", in: region) == signed)
        #expect(aws.signingRegion(of: "ec2", in: region) == region)
        #expect(aws.endpoint(of: "ssm", in: region)?.text.hasPrefix("https://ssm.\(region).") == true)
    }

    @Test func theUsualAPIIsOneThatThereIs() throws {
        #expect(aws.name == "aws")
        #expect(aws.usualAPI == RunInstances.api)
        let traits = try #require(aws.apis[RunInstances.api])
        #expect(traits.launchBatch == 1000)
        #expect(traits.terminateBatch == 1000)
        #expect(traits.tokenMemory == .seconds(86400))
        #expect(traits.visibility == .seconds(30))
        #expect(traits.callDeadline == .seconds(30))
    }
}
