import Cloud
import Provisioning

/// Whether a subscription's allowances in a region have room for a launch, as far as a size's name tells what it takes.
///
/// https://learn.microsoft.com/rest/api/compute/usage/list
/// https://learn.microsoft.com/azure/quotas/per-vm-quota-requests
struct Allowances {
    let site: AzureSite
    let order: LaunchOrder

    private struct Use {
        var used: Int
        var limit: Int
        var title: String
    }

    /// A quota is told as a refusal that names it; what no allowance is listed for is not judged.
    var procedure: Procedure<Void> {
        let first = ARMRequest(
            action: "Usage_List", method: "GET",
            path: "/subscriptions/\(site.subscription)/providers/Microsoft.Compute/locations/"
                + "\(site.location.percentEncoded())/usages", version: .compute)
        return Procedure(first.call(.reads) { try step(after: $0, [:]) })
    }

    private func step(after response: HTTPResponse, _ earlier: [String: Use]) throws -> Procedure<Void>.Step {
        let page = try ARMReply.page(response)
        var uses = earlier
        for item in page.items {
            guard let name = item["name", "value"].text, let used = item["currentValue"].integer,
                let limit = item["limit"].integer
            else { continue }
            let title = item["name", "localizedValue"].text ?? name
            uses[Allowances.key(name)] = Use(used: used, limit: limit, title: title)
        }
        if let next = page.next {
            let all = uses
            return .then(
                Procedure(ARMRequest.following(next, action: "Usage_List") { try step(after: $0, all) }))
        }
        for (name, amount) in wanted {
            guard let use = uses[Allowances.key(name)], use.used + amount > use.limit else { continue }
            throw Refusal(
                .quota, code: "OperationNotAllowed",
                message: "\(use.title): \(use.used) of \(use.limit) in use, \(amount) more wanted", subjects: [name])
        }
        return .done(())
    }

    /// Spot machines of all families are counted together.
    private var wanted: [(name: String, amount: Int)] {
        let machines = [("virtualMachines", order.count)]
        guard let size = AzureSizeName(order.offering.type), let vcpus = size.vcpus else { return machines }
        let cores = vcpus * order.count
        return machines
            + (order.offering.market == .spot
                ? [("lowPriorityCores", cores)] : [("cores", cores), ("standard\(size.family)Family", cores)])
    }

    /// Names differ in their capitals from place to place: `standardDSv5Family`, `StandardNCADSA100v4Family`.
    private static func key(_ name: String) -> String { name.lowercased() }
}
