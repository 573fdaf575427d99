import Provisioning
import Testing

@testable import CloudAWS

/// What Auto Scaling says in words alone, and what EC2 calls it.
@Suite struct LaunchRefusalTests {
    private static let sentences: [(String, String?)] = [
        (
            "Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded. "
                + "Launching EC2 instance failed.", "MaxSpotInstanceCountExceeded"
        ),
        (
            "Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity than your "
                + "current vCPU limit of 32 allows for the instance bucket.", "VcpuLimitExceeded"
        ),
        (
            "We currently do not have sufficient m5.large capacity in the Availability Zone you requested (us-east-1a). "
                + "Launching EC2 instance failed.", "InsufficientInstanceCapacity"
        ),
        (
            "There is no Spot capacity available that matches your request. Launching EC2 instance failed.",
            "InsufficientInstanceCapacity"
        ),
        (
            "Your Spot request price of 0.001 is lower than the minimum required Spot request fulfillment price of "
                + "0.0031. Launching EC2 instance failed.", "SpotMaxPriceTooLow"
        ),
        (
            "You have requested more instances (7) than your current instance limit of 6 allows for the specified "
                + "instance type. Launching EC2 instance failed.", "InstanceLimitExceeded"
        ),
        (
            "You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket that "
                + "the specified instance type belongs to. Launching EC2 instance failed.", "VcpuLimitExceeded"
        ),
        (
            "Your requested instance type (p2.xlarge) is not supported in your requested Availability Zone "
                + "(us-east-1b). Launching EC2 instance failed.", "Unsupported"
        ),
        (
            "There are not enough free addresses in subnet 'subnet-1' to satisfy the requested number of instances.",
            "InsufficientFreeAddressesInSubnet"
        ),
        ("You are not authorized to perform this operation. Launching EC2 instance failed.", "UnauthorizedOperation"),
        ("The AMI ID ami-1 does not exist. Launching EC2 instance failed.", "InvalidAMIID.NotFound"),
        ("The image id '[ami-1]' does not exist. Launching EC2 instance failed.", "InvalidAMIID.NotFound"),
        ("AMI ami-1 is pending, and cannot be run. Launching EC2 instance failed.", "InvalidAMIID.Unavailable"),
        ("The security group 'sg-1' does not exist. Launching EC2 instance failed.", "InvalidGroup.NotFound"),
        ("The key pair 'ops' does not exist. Launching EC2 instance failed.", "InvalidKeyPair.NotFound"),
        ("The subnet ID 'subnet-1' does not exist", "InvalidSubnetID.NotFound"),
        ("Invalid device name upload. Launching EC2 instance failed.", "InvalidBlockDeviceMapping"),
        (
            "You must use a valid fully-formed launch template. The specified launch template, with template name "
                + "muster-0123, does not exist.", "InvalidLaunchTemplateName.NotFoundException"
        ),
        ("Client.InternalError: Client error on launch.", nil), ("", nil), ("-", nil),
        ("The instance i-1 is not part of Auto Scaling group x.", nil),
    ]

    @Test(arguments: sentences)
    func sentencesHaveTheCodesThatEC2GivesWithThem(sentence: String, code: String?) {
        #expect(LaunchRefusal(sentence).code == code)
    }

    @Test func aSentenceMayNameWhatWasRefused() {
        let words = "We currently do not have sufficient m5.large capacity in the Availability Zone you requested"
        #expect(
            LaunchRefusal("\(words) (us-east-1a). Our …").offering == Offering(type: "m5.large", zone: "us-east-1a"))
        #expect(LaunchRefusal("\(words).").offering == Offering(type: "m5.large"))
        #expect(
            LaunchRefusal("Could not launch Spot Instances. InsufficientInstanceCapacity - \(words) (b).").offering
                == Offering(type: "m5.large", zone: "b", market: .spot))
        #expect(LaunchRefusal("not sufficient").offering == nil)
        #expect(LaunchRefusal("do not have sufficient capacity").offering == nil)
    }
}
