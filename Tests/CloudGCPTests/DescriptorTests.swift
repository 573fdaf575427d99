import Cloud
import CloudGCP
import Provisioning
import Testing

/// The files under `providers/gcp` as they are shipped.
@Suite struct DescriptorTests {
    private let gcp: ProviderDescriptor

    init() throws {
        gcp = try ProviderDescriptor(
            folder: Fixtures.house.appending(path: "providers/gcp").path,
            apiFiles: ["instances.yaml", "bulk-insert.yaml", "instance-group.yaml"])
    }

    /// Nil: it leaves doubt whether Google acted.
    private func meaning(_ code: String?, _ words: String = "", status: Int = 200) -> Refusal.Meaning? {
        gcp.refusals.judge(Fault(status: status, code: code, message: words))?.meaning
    }

    private static let codes: [Refusal.Meaning: String] = [
        .capacity: """
        ZONE_RESOURCE_POOL_EXHAUSTED ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS RESOURCE_POOL_EXHAUSTED
        REGION_RESOURCE_POOL_EXHAUSTED INSUFFICIENT_CAPACITY insufficientCapacity VM_MIN_COUNT_NOT_REACHED
        UNSUPPORTED_OPERATION
        """,
        .unoffered: "UNSUPPORTED_MACHINE_TYPE MACHINE_TYPE_NOT_FOUND",
        .quota: "QUOTA_EXCEEDED quotaExceeded LIMIT_EXCEEDED limitExceeded RESOURCE_EXHAUSTED",
        .addresses: "IP_SPACE_EXHAUSTED IP_SPACE_EXHAUSTED_WITH_DETAILS",
        .throttled: """
        rateLimitExceeded userRateLimitExceeded RATE_LIMIT_EXCEEDED CONCURRENT_OPERATIONS_QUOTA_EXCEEDED
        RESOURCE_OPERATION_RATE_EXCEEDED resourceOperationRateExceeded operationInProgress
        """,
        .credentials: """
        authError forbidden insufficientPermissions accessNotConfigured UNAUTHENTICATED PERMISSION_DENIED
        PERMISSIONS_ERROR IAM_PERMISSION_DENIED ACCESS_TOKEN_EXPIRED ACCESS_TOKEN_SCOPE_INSUFFICIENT SERVICE_DISABLED
        BILLING_DISABLED CONSUMER_SUSPENDED USER_PROJECT_DENIED projectNotFound
        """,
        .invalid: """
        invalid required badRequest invalidParameter parseError INVALID_ARGUMENT INVALID_FIELD_VALUE INVALID_USAGE
        invalidUsage FAILED_PRECONDITION CONDITION_NOT_MET conditionNotMet resourceNotFound notFound NOT_FOUND
        """,
        .conflict: "alreadyExists RESOURCE_ALREADY_EXISTS ALREADY_EXISTS resourceAlreadyExists MEMBER_ALREADY_EXISTS",
        .absent: "RESOURCE_NOT_FOUND",
    ]

    private static let rows = codes.flatMap { meaning, codes in
        codes.split(whereSeparator: \.isWhitespace).map { (String($0), meaning) }
    }.sorted { $0.0 < $1.0 }

    @Test(arguments: rows)
    func everyCodeHasItsMeaningWhateverItsStatus(code: String, expected: Refusal.Meaning) {
        for status in [200, 400, 403, 503] { #expect(meaning(code, status: status) == expected) }
    }

    /// A row that no test names would be a row that nobody has thought about.
    @Test func everyRowOfTheTableIsNamedHere() throws {
        let text = String(decoding: try Fixtures.house(file: "providers/gcp/errors.yaml"), as: UTF8.self)
        let listed = text.split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("    - "), !line.contains(":") else { return nil }
            return String(line.dropFirst(6))
        }
        #expect(Set(listed) == Set(Self.rows.map(\.0) + Self.doubtful))
    }

    private static let doubtful = [
        "backendError", "internalError", "resourceNotReady", "resourceInUseByAnotherResource",
    ]

    @Test(arguments: doubtful)
    func whatLeavesDoubtIsNoRefusal(code: String) {
        for status in [400, 500, 503] { #expect(meaning(code, status: status) == nil) }
    }

    /// Each with the words that Google has for it.
    @Test(arguments: [
        ("QUOTA_EXCEEDED", "Quota 'GPUS_ALL_REGIONS' exceeded.  Limit: 1.0 globally.", 200, Refusal.Meaning.quota),
        ("quotaExceeded", "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute'", 403, .throttled),
        ("QUOTA_EXCEEDED", "… per minute", 200, .throttled), ("RESOURCE_EXHAUSTED", "… per minute", 429, .throttled),
        (
            "CONDITION_NOT_MET", "Constraint constraints/compute.vmExternalIpAccess violated for project", 200,
            .credentials
        ),
        ("conditionNotMet", "Constraint constraints/compute.x violated", 412, .credentials),
        ("invalid", "Specified reservation 'r' does not have available resources for the request.", 400, .capacity),
        ("badRequest", "Specified reservation 'r' does not have available resources", 400, .capacity),
        ("badRequest", "All automatic reservations are fully consumed", 400, .capacity),
        ("invalid", "All automatic reservations are fully consumed", 400, .capacity),
        ("notFound", "The resource 'projects/p/zones/z/machineTypes/x9' was not found", 404, .unoffered),
        ("invalid", "Invalid value: Machine type with name 'x9' does not exist in zone 'z'.", 400, .unoffered),
        ("INVALID_USAGE", "The machine type is not available here", 200, .unoffered),
        ("notFound", "The resource 'projects/p/global/instanceTemplates/muster-1' was not found", 404, .stale),
        ("resourceNotFound", "'projects/p/global/instanceTemplates/muster-1'", 404, .stale),
        ("resourceNotReady", "The resource 'projects/p/global/images/i' is not ready", 400, .absent),
        ("notFound", "The resource 'projects/p/global/images/family/x' was not found", 404, .invalid),
        ("required", "Login Required.", 401, .credentials),
        ("required", "Required field 'x' not specified", 400, .invalid),
    ])
    func theWordsDecideWhereTheCodeDoesNot(code: String, words: String, status: Int, expected: Refusal.Meaning) {
        #expect(meaning(code, words, status: status) == expected)
    }

    @Test func aCodeNobodyListedIsUnclassifiedAndNeverCapacity() {
        for code in ["SOMETHING_NEW", "HTTP 503", "zone_resource_pool_exhausted"] {
            #expect(meaning(code) == .unclassified)
        }
    }

    @Test func everyAPIIsAsItIsBuilt() throws {
        #expect(gcp.usualAPI == Instances.api)
        #expect(gcp.endpoint(of: "compute", in: "europe-west1")?.text == "https://compute.googleapis.com")
        let instances = try #require(gcp.apis[Instances.api])
        #expect(instances.namesMachines && !instances.takesManyOfferings && instances.launchBatch == 1000)
        let bulk = try #require(gcp.apis[BulkInsert.api])
        #expect(bulk.takesManyOfferings && bulk.launchBatch == 5000)
        let group = try #require(gcp.apis[InstanceGroup.api])
        #expect(group.takesManyOfferings && group.namesMachines && group.launchBatch == 1000)
    }

    @Test(arguments: [
        ("n1-standard-1", "cpus"), ("e2-micro", "cpus"), ("custom-4-8192", "cpus"), ("n2-standard-4", "n2"),
        ("n2d-standard-4", "n2d"), ("c2d-highcpu-8", "c2d"), ("g2-standard-4", "g2"), ("new9-standard-4", "new"),
    ])
    func typesAreCountedBySeries(type: String, family: String) {
        #expect(gcp.apis[Instances.api]?.quotaFamilies.name(ofType: type) == family)
    }
}
