import Cloud
import Provisioning

/// A call of Azure Resource Manager that has found its operation, and nobody has looked at otherwise.
struct ARMCall {
    /// As the published API calls it: `VirtualMachines_CreateOrUpdate`.
    let operation: String
    /// What stood in the path, by the names the published API gives it.
    let names: [String: String]
    /// By names in lower case.
    let query: [String: String]
    let headers: [HTTPHeader]
    let body: [UInt8]
    let method: String
    let path: String
    /// What the caller reached us by: `http://127.0.0.1:5000`.
    let address: String
    let moment: Moment

    var now: Timestamp { moment.now }
    var version: String { query["api-version"] ?? "" }
    var subscription: String { names["subscriptionId"] ?? "" }
    var group: String { names["resourceGroupName"] ?? "" }

    /// The body, which must be a JSON object.
    func json() throws(ARMError) -> JSONValue {
        do throws(JSONFlaw) {
            let value = try JSONValue(parsing: body)
            if value.object != nil { return value }
        } catch {
            throw .invalidContent("\(error)")
        }
        throw .invalidContent("The request body must be a JSON object.")
    }

    func id(_ kind: AzureResource.Kind, _ names: String...) -> ResourceID {
        let parts = kind.rawValue.split(separator: "/").map(String.init)
        return ResourceID(subscription, group, parts[0], Array(zip(parts.dropFirst(), names)).map { ($0, $1) })
    }

    /// Holds the conditions of the headers against what there is.
    func checkConditions(_ resource: AzureResource?) throws(ARMError) {
        if let wanted = headers["If-None-Match"], wanted == "*", resource != nil { throw .preconditionFailed }
        if let wanted = headers["If-Match"], wanted != "*" || resource == nil {
            guard let resource, [resource.etag, "W/\(resource.etag)"].contains(wanted) else {
                throw .preconditionFailed
            }
        }
    }

    /// The same call once more, further on: what a listing's next page is asked for with.
    func nextLink(after sequence: Int) -> JSONValue {
        var text = "\(address)\(path)?"
        for (name, value) in query.sorted(by: { $0.key < $1.key }) where name != "$skiptoken" {
            text += "\(escaped(name))=\(escaped(value))&"
        }
        return .string("\(text)%24skiptoken=\(sequence)")
    }
}

func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.append(escaping: text.utf8)
    return String(decoding: bytes, as: UTF8.self)
}

extension AzureResource {
    /// Machines and sets count theirs; the network's are UUIDs.
    var etag: String {
        switch kind {
        case .virtualMachine, .scaleSet, .disk, .image: "\"\(version)\""
        default: "\"\(uuidText(sum(of: guid), UInt64(version)))\""
        }
    }
}
