import Cloud
import Provisioning

/// The services of the emulated AWS behind its one address: a signature names the one that a request is for.
struct AWSFaces: CloudFace {
    private enum Service: String {
        case ec2, ssm, iam, sts, autoscaling
        /// Nobody signs anything for them.
        case metadata = ""
    }

    private let ec2: EC2Face
    private let ssm: SSMFace
    private let iam: IAMFace
    private let sts: STSFace
    private let autoscaling: AutoScalingFace
    private let metadata = MetadataFace()

    init(credentials: [EmulatorCredential]) {
        ec2 = EC2Face(signatures: SignatureCheck(credentials: credentials, service: "ec2"))
        ssm = SSMFace(signatures: SignatureCheck(credentials: credentials, service: "ssm"))
        iam = IAMFace(signatures: SignatureCheck(credentials: credentials, service: "iam"))
        sts = STSFace(signatures: SignatureCheck(credentials: credentials, service: "sts"))
        autoscaling = AutoScalingFace(
            signatures: SignatureCheck(credentials: credentials, service: "autoscaling"), ec2: ec2)
    }

    /// What is nobody else's is for this cloud, if only to refuse it.
    func claims(_ request: HTTPRequest) -> Bool { true }

    func action(of request: HTTPRequest) -> String? {
        SSMFace.action(of: request) ?? EC2Face.action(of: request)
    }

    func mayChange(_ action: String) -> Bool { changing.contains(action) }

    /// What launches by templates come to.
    var launches: LaunchReader { autoscaling.read }

    func answer(
        _ request: HTTPRequest, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) -> HTTPResponse {
        switch AWSFaces.service(of: request) {
        case .ec2: ec2.answer(request, world: &world, at: now, chance: chance)
        case .ssm: ssm.answer(request, world: world, at: now, chance: chance)
        case .iam: iam.answer(request, world: world, at: now, chance: chance)
        case .sts: sts.answer(request, world: &world, at: now, chance: chance)
        case .autoscaling: autoscaling.answer(request, world: &world, at: now, chance: chance)
        case .metadata: metadata.answer(request, world: &world, at: now, chance: chance)
        }
    }

    /// A no in the form of the service that was asked.
    func refusal(
        _ code: String, _ message: String, status: Int, to request: HTTPRequest, chance: () -> UInt64
    ) -> HTTPResponse {
        let error = EC2Error(code, message, status: status)
        let id = EC2Face.requestID(chance)
        return switch AWSFaces.service(of: request) {
        case .ec2: EC2Face.refusal(error, id)
        case .ssm: SSMFace.refusal(error, id)
        case .iam: IAMFace.refusal(error, id)
        case .sts: STSFace.service.refusal(error, id)
        case .autoscaling: AutoScalingFace.service.refusal(error, id)
        case .metadata: MetadataFace.refusal(status: error.status)
        }
    }

    /// What is signed for none of them is EC2's to refuse.
    private static func service(of request: HTTPRequest) -> Service {
        guard let header = request.headers["Authorization"] else { return unsignedService(of: request) }
        let scope = header.split(separator: "Credential=", maxSplits: 1).last?.prefix { $0 != "," } ?? ""
        let parts = scope.split(separator: "/")
        return parts.count == 5 ? Service(rawValue: String(parts[3])) ?? .ec2 : .ec2
    }

    private static func unsignedService(of request: HTTPRequest) -> Service {
        if MetadataFace.isAsked(by: request) { return .metadata }
        return QueryText(of: request)?["Version"] == STSFace.service.version ? .sts : .ec2
    }
}

/// The actions that change the world.
private let changing: Set = [
    "RunInstances", "TerminateInstances", "CreateLaunchTemplate", "CreateLaunchTemplateVersion",
    "DeleteLaunchTemplate", "DeleteLaunchTemplateVersions", "CreateFleet", "ModifyFleet", "DeleteFleets",
    "RequestSpotFleet", "ModifySpotFleetRequest", "CancelSpotFleetRequests", "CreateTags", "DeleteTags",
    "AssumeRole", "AssumeRoleWithWebIdentity", "GetSessionToken",
    "CreateAutoScalingGroup", "UpdateAutoScalingGroup", "DeleteAutoScalingGroup", "SetDesiredCapacity",
    "AttachInstances", "DetachInstances", "TerminateInstanceInAutoScalingGroup", "SetInstanceProtection",
    "SuspendProcesses", "ResumeProcesses", "CreateOrUpdateTags",
]
