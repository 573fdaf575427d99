/// Answers as EC2 writes them, element for element; ids and addresses are made up.
enum Replies {
    static let launched = """
        <?xml version="1.0" encoding="UTF-8"?>
        <RunInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
            <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>
            <reservationId>r-0598c7d356eba48d7</reservationId>
            <ownerId>123456789012</ownerId>
            <groupSet/>
            <instancesSet>
                <item>
                    <instanceId>i-0abcdef1234567890</instanceId>
                    <imageId>ami-0c7217cdde317cfec</imageId>
                    <instanceState>
                        <code>0</code>
                        <name>pending</name>
                    </instanceState>
                    <privateDnsName>ip-10-0-0-12.ec2.internal</privateDnsName>
                    <dnsName/>
                    <reason/>
                    <amiLaunchIndex>0</amiLaunchIndex>
                    <productCodes/>
                    <instanceType>m6i.large</instanceType>
                    <launchTime>2026-11-21T12:40:43.000Z</launchTime>
                    <placement>
                        <availabilityZone>us-east-1a</availabilityZone>
                        <groupName/>
                        <tenancy>default</tenancy>
                    </placement>
                    <monitoring><state>disabled</state></monitoring>
                    <subnetId>subnet-0a1b2c</subnetId>
                    <vpcId>vpc-1</vpcId>
                    <privateIpAddress>10.0.0.12</privateIpAddress>
                    <groupSet><item><groupId>sg-1</groupId><groupName>default</groupName></item></groupSet>
                    <stateReason>
                        <code>pending</code>
                        <message>pending</message>
                    </stateReason>
                    <architecture>x86_64</architecture>
                    <rootDeviceType>ebs</rootDeviceType>
                    <rootDeviceName>/dev/xvda</rootDeviceName>
                    <blockDeviceMapping/>
                    <virtualizationType>hvm</virtualizationType>
                    <clientToken>int-06fz3k9q2m7w1c4d</clientToken>
                    <tagSet>
                        <item><key>muster:request</key><value>req-one</value></item>
                        <item><key>a &amp; b</key><value>&lt;größe&gt;</value></item>
                        <item><key>empty</key><value/></item>
                    </tagSet>
                    <hypervisor>xen</hypervisor>
                    <networkInterfaceSet>
                        <item>
                            <networkInterfaceId>eni-1</networkInterfaceId>
                            <tagSet/>
                        </item>
                    </networkInterfaceSet>
                </item>
                <item>
                    <instanceId>i-0abcdef1234567891</instanceId>
                    <instanceState><code>0</code><name>pending</name></instanceState>
                    <instanceType>m6i.large</instanceType>
                    <placement><availabilityZone>us-east-1a</availabilityZone></placement>
                    <instanceLifecycle>spot</instanceLifecycle>
                    <spotInstanceRequestId>sir-1</spotInstanceRequestId>
                </item>
            </instancesSet>
        </RunInstancesResponse>
        """

    static let described = """
        <?xml version="1.0" encoding="UTF-8"?>
        <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
            <requestId>8f7724cf-496f-496e-8fe3-example</requestId>
            <reservationSet>
                <item>
                    <reservationId>r-1</reservationId>
                    <ownerId>123456789012</ownerId>
                    <instancesSet>
                        <item>
                            <instanceId>i-0a</instanceId>
                            <instanceState><code>16</code><name>running</name></instanceState>
                            <instanceType>m6i.large</instanceType>
                            <placement><availabilityZone>us-east-1b</availabilityZone></placement>
                            <privateIpAddress>10.0.0.1</privateIpAddress>
                            <ipAddress>192.0.2.1</ipAddress>
                            <tagSet/>
                        </item>
                        <item>
                            <instanceId>i-0b</instanceId>
                            <instanceState><code>48</code><name>terminated</name></instanceState>
                            <reason>Server.SpotInstanceTermination</reason>
                            <instanceType>m6i.large</instanceType>
                            <instanceLifecycle>spot</instanceLifecycle>
                            <stateReason>
                                <code>Server.SpotInstanceTermination</code>
                                <message>Server.SpotInstanceTermination: Instance terminated due to capacity</message>
                            </stateReason>
                        </item>
                    </instancesSet>
                </item>
                <item>
                    <reservationId>r-2</reservationId>
                    <instancesSet>
                        <item>
                            <instanceId>i-0c</instanceId>
                            <instanceState><code>32</code><name>shutting-down</name></instanceState>
                            <instanceType>c6i.large</instanceType>
                            <stateReason><code>Client.UserInitiatedShutdown</code></stateReason>
                        </item>
                    </instancesSet>
                </item>
            </reservationSet>
            <nextToken>eyJ2IjoiMiIsImMiOiJhYmMifQ==</nextToken>
        </DescribeInstancesResponse>
        """

    static func instance(_ state: String) -> String {
        """
        <DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>\
        <instanceState><name>\(state)</name></instanceState></item></instancesSet></item></reservationSet>\
        </DescribeInstancesResponse>
        """
    }

    static func error(_ code: String, _ message: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Response><Errors><Error><Code>\(code)</Code><Message>\(message)</Message></Error></Errors>\
        <RequestID>ea966190-f9aa-478e-9ede-example</RequestID></Response>
        """
    }
}
