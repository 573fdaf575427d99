/// Answers as Auto Scaling writes them, element for element; ids are made up.
enum AutoScalingReplies {
    enum Answer: Sendable {
        case yes(String)
        /// Of a status that is a no.
        case no(String)

        static let noGroup = Answer.yes(AutoScalingReplies.groups(""))
        static let ended = Answer.yes(
            """
            <TerminateInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><instancesSet/>\
            </TerminateInstancesResponse>
            """)

        static func accepted(_ action: String) -> Answer { .yes(AutoScalingReplies.accepted(action)) }

        static func group(
            _ members: [(String, String)], desired: Int, suspended: Bool = false, weight: Int? = nil,
            status: String? = nil
        ) -> Answer {
            .yes(
                AutoScalingReplies.group(
                    members, desired: desired, suspended: suspended, weight: weight, status: status))
        }
    }

    private static let namespace = "http://autoscaling.amazonaws.com/doc/2011-01-01/"

    static func accepted(_ action: String) -> String {
        """
        <\(action)Response xmlns="\(namespace)">
          <ResponseMetadata><RequestId>7c6e177f-f082-11e1-ac58-3714bEXAMPLE</RequestId></ResponseMetadata>
        </\(action)Response>
        """
    }

    static func fault(_ code: String, _ message: String) -> String {
        """
        <ErrorResponse xmlns="\(namespace)">
          <Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error>
          <RequestId>7c6e177f-f082-11e1-ac58-3714bEXAMPLE</RequestId>
        </ErrorResponse>
        """
    }

    static func ec2Fault(_ code: String, _ message: String) -> String {
        """
        <Response><Errors><Error><Code>\(code)</Code><Message>\(message)</Message></Error></Errors>
        <RequestID>ea966190-f9aa-478e-9ede-example</RequestID></Response>
        """
    }

    static let groupNotFound = fault(
        "ValidationError", "AutoScalingGroup name not found - AutoScalingGroup 'muster-int-1' not found")

    static func groups(_ members: String) -> String {
        """
        <DescribeAutoScalingGroupsResponse xmlns="\(namespace)">
          <DescribeAutoScalingGroupsResult>
            <AutoScalingGroups>\(members)</AutoScalingGroups>
          </DescribeAutoScalingGroupsResult>
          <ResponseMetadata><RequestId>7c6e177f-f082-11e1-ac58-3714bEXAMPLE</RequestId></ResponseMetadata>
        </DescribeAutoScalingGroupsResponse>
        """
    }

    static func group(
        _ members: [(String, String)], desired: Int, suspended: Bool = false, weight: Int? = nil, status: String? = nil
    ) -> String {
        let instances = members.map { id, state in
            """
            <member>
              <InstanceId>\(id)</InstanceId><AvailabilityZone>us-east-1a</AvailabilityZone>
              <InstanceType>m6i.large</InstanceType><HealthStatus>Healthy</HealthStatus>
              <LifecycleState>\(state)</LifecycleState><ProtectedFromScaleIn>true</ProtectedFromScaleIn>
              \(weight.map { "<WeightedCapacity>\($0)</WeightedCapacity>" } ?? "")
            </member>
            """
        }
        let process = """
            <member><ProcessName>AZRebalance</ProcessName>
            <SuspensionReason>User suspended at 2026-11-21T12:00:00Z</SuspensionReason></member>
            """
        return groups(
            """
            <member>
              <AutoScalingGroupName>muster-int-06fz3k9q2m7w1c4d</AutoScalingGroupName>
              <Tags/><EnabledMetrics/><AvailabilityZones><member>us-east-1a</member></AvailabilityZones>
              <MinSize>0</MinSize><MaxSize>\(desired)</MaxSize><DesiredCapacity>\(desired)</DesiredCapacity>
              \(status.map { "<Status>\($0)</Status>" } ?? "")
              <SuspendedProcesses>\(suspended ? process : "")</SuspendedProcesses>
              <Instances>\(instances.joined())</Instances>
              <CreatedTime>2026-11-21T12:00:00.000Z</CreatedTime>
            </member>
            """)
    }

    /// The newest first: what is under way, what failed in three ways, what worked, and what failed before that.
    static let activities = """
        <DescribeScalingActivitiesResponse xmlns="\(namespace)">
          <DescribeScalingActivitiesResult><Activities>
            \(activity("PreInService", nil))
            \(activity("Failed", insufficient))
            \(activity("Failed", unfulfillable))
            \(activity("Cancelled", "Something nobody has heard of. Launching EC2 instance failed."))
            \(activity("Successful", nil))
            \(activity("Failed", "The key pair 'ops' does not exist. Launching EC2 instance failed."))
          </Activities></DescribeScalingActivitiesResult>
        </DescribeScalingActivitiesResponse>
        """

    private static let insufficient = """
        Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient m5.large \
        capacity in the Availability Zone you requested (us-east-1a). Our system will be working on provisioning \
        additional capacity. Launching EC2 instance failed.
        """

    private static let unfulfillable = """
        Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request \
        configuration. Please adjust your request and try again. Launching EC2 instance failed.
        """

    private static func activity(_ status: String, _ message: String?) -> String {
        """
        <member>
          <ActivityId>bdd60296-ef9f-4f72-b3b2-2f0f1EXAMPLE</ActivityId>
          <AutoScalingGroupName>muster-int-06fz3k9q2m7w1c4d</AutoScalingGroupName>
          <Cause>At 2026-11-21T12:00:00Z an instance was started in response to a difference between desired and actual
          capacity, increasing the capacity from 0 to 3.</Cause>
          <Details>{"Subnet ID":"subnet-1","Availability Zone":"us-east-1a"}</Details>
          <StartTime>2026-11-21T12:00:01.000Z</StartTime><StatusCode>\(status)</StatusCode>
          \(message.map { "<StatusMessage>\($0)</StatusMessage>" } ?? "")
        </member>
        """
    }
}
