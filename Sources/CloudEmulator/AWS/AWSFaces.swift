import Cloud
import Provisioning

/// The services of the emulated AWS behind its one address: a signature names the one that a request is for.
struct AWSFaces {
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

    /// The action a request names, as far as can be told before it is proved and checked.
    static func action(of request: HTTPRequest) -> String? {
        SSMFace.action(of: request) ?? EC2Face.action(of: request)
    }

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
    static func refusal(_ error: EC2Error, to request: HTTPRequest, _ id: String) -> HTTPResponse {
        switch service(of: request) {
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
