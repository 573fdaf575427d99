import Provisioning

/// EC2's no to a launch, as Auto Scaling passes it on in a sentence: `Could not launch Spot Instances.
/// UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. …`
struct LaunchRefusal: Sendable, Hashable {
    /// What EC2 calls it; nil: the sentence does not tell.
    var code: String?
    /// What was refused, where the sentence names its type.
    var offering: Offering?

    init(_ message: String) {
        code = LaunchRefusal.leadingCode(of: message) ?? LaunchRefusal.code(ofWords: message)
        offering = LaunchRefusal.offering(in: message)
    }

    private static func leadingCode(of message: String) -> String? {
        let words = message.split(separator: " ")
        guard let end = words.firstIndex(of: "-"), end > 0, words[end - 1].contains(where: \.isUppercase),
            words[end - 1].allSatisfy({ $0.isLetter || $0 == "." }), words[..<(end - 1)].last?.hasSuffix(".") ?? true
        else { return nil }
        return String(words[end - 1])
    }

    private static func code(ofWords message: String) -> String? {
        wordings.first { wording in wording.parts.allSatisfy { message.contains($0) } }?.code
    }

    /// Parts of the sentences that Auto Scaling and EC2 document, and the code that EC2 gives with them.
    ///
    /// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html
    /// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-capacity.html
    /// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-ami.html
    private static let wordings: [(parts: [String], code: String)] = [
        (["do not have sufficient", "capacity"], "InsufficientInstanceCapacity"),
        (["no Spot capacity available"], "InsufficientInstanceCapacity"),
        (["lower than the minimum required Spot request fulfillment price"], "SpotMaxPriceTooLow"),
        (["Max spot instance count exceeded"], "MaxSpotInstanceCountExceeded"),
        (["requested more vCPU capacity than"], "VcpuLimitExceeded"),
        (["requested more instances"], "InstanceLimitExceeded"),
        (["not supported in your requested Availability Zone"], "Unsupported"),
        (["requested Availability Zone is no longer supported"], "Unsupported"),
        (["not enough free addresses in subnet"], "InsufficientFreeAddressesInSubnet"),
        (["not authorized to perform this operation"], "UnauthorizedOperation"),
        (["not subscribed to this service"], "OptInRequired"),
        (["image id", "does not exist"], "InvalidAMIID.NotFound"),
        (["AMI", "does not exist"], "InvalidAMIID.NotFound"),
        (["AMI", "is pending, and cannot be run"], "InvalidAMIID.Unavailable"),
        (["security group", "does not exist"], "InvalidGroup.NotFound"),
        (["key pair", "does not exist"], "InvalidKeyPair.NotFound"),
        (["subnet ID", "does not exist"], "InvalidSubnetID.NotFound"),
        (["Invalid IamInstanceProfile"], "InvalidIamInstanceProfileArn.Malformed"),
        (["Invalid device name"], "InvalidBlockDeviceMapping"),
        (["launch template", "does not exist"], "InvalidLaunchTemplateName.NotFoundException"),
    ]

    /// `… do not have sufficient m5.large capacity in the Availability Zone you requested (us-east-1a) …`
    private static func offering(in message: String) -> Offering? {
        let words = message.split(separator: " ")
        guard let at = words.firstIndex(of: "sufficient"), at + 2 < words.count, words[at + 2] == "capacity",
            words[at + 1].contains(".")
        else { return nil }
        let zone = words[(at + 2)...].first { $0.hasPrefix("(") }?.dropFirst().prefix { $0 != ")" }
        return Offering(
            type: String(words[at + 1]), zone: zone.map(String.init),
            market: message.contains("Could not launch Spot Instances") ? .spot : .onDemand)
    }
}
