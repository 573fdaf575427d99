import Cloud
import Provisioning

/// Machines by `RunInstances`: synchronous, one offering a call, as many as there is room for.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
package struct RunInstances: EC2Instances {
    package static let api: APIName = "aws/run-instances"

    package init() {}

    package func launch(_ order: LaunchOrder, token: IntentToken) throws -> Call<LaunchReceipt> {
        var call = parameters(order, token: token).call(.changes) {
            LaunchReceipt(instances: try EC2Reply.reservation($0))
        }
        call.machines = order.count
        return call
    }

    package func rehearse(_ order: LaunchOrder, token: IntentToken) throws -> Procedure<Void>? {
        Procedure(only: parameters(order, token: token).rehearsal())
    }

    func parameters(_ order: LaunchOrder, token: IntentToken) -> EC2Query {
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
        query.setMachine(template, in: order.offering.zone)
        query.setNetwork(template, subnet: order.offering.subnet)
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
