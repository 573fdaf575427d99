import Cloud
import Provisioning

/// What Compute Engine answers a change with: something that goes on after the answer.
///
/// https://cloud.google.com/compute/docs/reference/rest/v1/zoneOperations
struct ComputeOperation: Sendable, Hashable {
    var name: String
    /// Below the project: `zones/us-central1-a/operations/operation-1`.
    var path: String
    var isDone: Bool
    /// What it is about, as an instance's id is written; nil: it is about no instance.
    var instance: Instance.ID?
    /// By which the operations are known that it has begun.
    var group: String?
    /// Why it came to nothing, if it is done and did.
    var faults: [Fault]

    init(_ reply: JSONReply) throws(Unreadable) {
        name = try reply.required("name")
        let place =
            if let zone = reply["zone"].text { "zones/\(zone.lastPart)" } else if let region = reply["region"].text {
                "regions/\(region.lastPart)"
            } else { "global" }
        path = "\(place)/operations/\(name)"
        isDone = try reply.required("status") == "DONE"
        group = reply["operationGroupId"].text
        instance = reply["targetLink"].text.flatMap { link in
            guard let zone = link.part(after: "zones"), let name = link.part(after: "instances") else { return nil }
            return Instance.ID("\(zone)/\(name)")
        }
        faults = reply["error"]["errors"].items.map(ComputeOperation.fault)
        if faults.isEmpty, let status = reply["httpErrorStatusCode"].integer, status >= 400 {
            let words = reply["httpErrorMessage"].text ?? ""
            faults = [Fault(status: 200, code: "HTTP \(status)", message: words)]
        }
    }

    /// With status 200: that it came to nothing is certain, whatever status stands beside it.
    static func fault(_ error: JSONReply) -> Fault {
        let message = error["message"].text ?? ""
        let metric = error["errorDetails"].items.lazy.compactMap { $0["quotaInfo"]["metricName"].text }.first
        let subject = ComputeReply.quota(in: message) ?? metric?.lastPart
        return Fault(
            status: 200, code: error["code"].text, message: message, subjects: subject.map { [$0] } ?? [])
    }
}
