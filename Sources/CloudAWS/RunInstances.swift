import Cloud
import Provisioning

/// Machines by `RunInstances`: synchronous, one offering a call, as many as there is room for.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
package struct RunInstances: EC2Instances {
    package static let api: APIName = "aws/run-instances"

    package init() {}

    package func launch(_ order: LaunchOrder, token: IntentToken) throws -> Call<LaunchReceipt> {
        parameters(order, token: token).call(.changes) {
            LaunchReceipt(instances: try EC2Reply.reservation($0))
        }
    }

    /// The same request with `DryRun`, which EC2 answers with the error `DryRunOperation` where it would allow it.
    package func rehearse(_ order: LaunchOrder, token: IntentToken) throws -> Procedure<Void>? {
        var parameters = parameters(order, token: token)
        parameters.set("DryRun", true)
        var call: Call<Void> = parameters.call(.reads) { _ in throw Unreadable("a dry run was carried out") }
        call.consent = { $0.code == "DryRunOperation" ? () : nil }
        return Procedure(only: call)
    }

    private func parameters(_ order: LaunchOrder, token: IntentToken) -> EC2Query {
        let template = order.template
        var query = EC2Query("RunInstances")
        query.set("ClientToken", token.text)
        query.set(template.launchTemplate)
        // A launch template may say it.
        query.set("ImageId", template.image.isEmpty ? nil : template.image)
        query.set("InstanceType", order.offering.type)
        // As many as there is room for: what is missing is asked of the next offering.
        query.set("MinCount", 1)
        query.set("MaxCount", order.count)
        query.set("KeyName", template.keyName)
        query.set("UserData", template.userData.map { base64(Array($0.utf8)) })
        query.set("Monitoring.Enabled", template.monitoring)
        query.set("Placement.AvailabilityZone", order.offering.zone)
        query.set(template.placement)
        query.set(template.metadataOptions)
        query.set("CpuOptions.CoreCount", template.cpu?.cores)
        query.set("CpuOptions.ThreadsPerCore", template.cpu?.threadsPerCore)
        query.set("HibernationOptions.Configured", template.mayHibernate)
        if let role = template.role {
            query.set(role.hasPrefix("arn:") ? "IamInstanceProfile.Arn" : "IamInstanceProfile.Name", role)
        }
        query.setNetwork(of: order)
        query.setDisks(root: template.rootDisk, data: template.dataDisks ?? [])
        if order.offering.market == .spot {
            query.set("InstanceMarketOptions.MarketType", "spot")
            query.set("InstanceMarketOptions.SpotOptions.MaxPrice", template.maxPrice)
            query.set("InstanceMarketOptions.SpotOptions.SpotInstanceType", "one-time")
            query.set("InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior", "terminate")
        }
        query.tag(["instance", "volume", "network-interface"], with: order.tags)
        query.lay(order.rawCall)
        return query
    }
}

/// RFC 4648, with padding.
func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        var bits: UInt32 = 0
        for index in 0..<3 {
            bits = bits << 8 | (index < group.count ? UInt32(group[start + index]) : 0)
        }
        for index in 0..<4 {
            let digit = alphabet[Int(bits >> (18 - 6 * UInt32(index)) & 63)]
            result.append(index <= group.count ? digit : UInt8(ascii: "="))
        }
    }
    return String(decoding: result, as: UTF8.self)
}
