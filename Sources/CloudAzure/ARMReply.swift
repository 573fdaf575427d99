import Cloud
import Provisioning

/// How answers of Azure Resource Manager are read.
enum ARMReply {
    /// The items of one page of a listing, and where the next one begins.
    static func page(_ response: HTTPResponse) throws -> (items: [JSONReply], next: String?) {
        let reply = try JSONReply(response.body)
        guard reply["value"].isThere else { throw Unreadable("the listing has no `value`") }
        return (reply["value"].items, try reply["nextLink"].text.flatMap(target))
    }

    /// The path and query of an address that Resource Manager has answered; nil: there is none.
    ///
    /// - Throws: `Unreadable` where it is no address.
    static func target(of address: String) throws -> String? {
        if address.isEmpty { return nil }
        guard let mark = address.firstRange(of: "://") else {
            guard address.hasPrefix("/") else { throw Unreadable("`\(address)` leads nowhere") }
            return address
        }
        guard let path = address[mark.upperBound...].firstIndex(of: "/") else {
            throw Unreadable("`\(address)` has no path")
        }
        return String(address[path...])
    }

    /// Where Azure tells what becomes of what it has taken on.
    ///
    /// https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
    static func operation(_ response: HTTPResponse) -> String? {
        let address = response.headers["Azure-AsyncOperation"] ?? response.headers["Location"]
        return address.flatMap { (try? target(of: $0)) ?? nil }
    }

    /// How many more such calls the subscription may make for now; nil: the answer does not say.
    ///
    /// `Microsoft.Compute/PutVM3Min;237,Microsoft.Compute/PutVMResource;11`: the policy that has the fewest left counts. Those
    /// whose names end in `Resource` are about one machine alone, which nobody asks so often.
    ///
    /// https://learn.microsoft.com/azure/virtual-machines/compute-throttling-limits
    @Sendable static func headroom(_ response: HTTPResponse) -> Int? {
        guard let header = response.headers["x-ms-ratelimit-remaining-resource"] else { return nil }
        let policies = header.split(separator: ",").map { $0.split(separator: ";") }
        return policies.filter { $0.count == 2 && !$0[0].hasSuffix("Resource") }
            .compactMap { Int($0[1].drop(while: \.isWhitespace)) }.min()
    }

    // MARK: - Faults

    /// Reads `{"error": {"code": …, "message": …}}`; anything else, such as a proxy's page, is a fault without a code.
    @Sendable static func fault(_ response: HTTPResponse) -> Fault {
        let reply = try? JSONReply(response.body)
        let exchange = response.headers["x-ms-request-id"] ?? response.headers["x-ms-correlation-request-id"]
        let pause = RetryAfter.read(response.headers)
        guard let reply, var fault = fault(in: reply, status: response.status) else {
            let start = String(decoding: response.body.prefix(200), as: UTF8.self)
            return Fault(
                status: response.status, code: nil,
                message: start.split(whereSeparator: \.isWhitespace).joined(separator: " "), exchange: exchange,
                retryAfter: pause)
        }
        fault.exchange = exchange
        fault.retryAfter = pause
        return fault
    }

    /// The fault in an answer or an operation; nil: it tells of none.
    static func fault(in reply: JSONReply, status: Int) -> Fault? {
        let error = reply["error"].isThere ? reply["error"] : reply
        guard error["code"].text != nil || error["message"].text != nil else { return nil }
        let (code, message) = telling(error, depth: 0)
        return Fault(status: status, code: code, message: message)
    }

    /// What an error says, or what the one inside it says where it only says that there is one.
    private static func telling(_ error: JSONReply, depth: Int) -> (code: String?, message: String) {
        let code = error["code"].text, message = error["message"].text ?? ""
        guard depth < depthMax, code.map(isWrapping) ?? true else { return (code, message) }
        for detail in error["details"].items {
            let inner = telling(detail, depth: depth + 1)
            if let told = inner.code, !isWrapping(told) { return inner }
        }
        // Some put the whole error that they were told into their own words.
        if message.hasPrefix("{"), let reply = try? JSONReply(Array(message.utf8)) {
            let inner = telling(reply["error"].isThere ? reply["error"] : reply, depth: depth + 1)
            if inner.code != nil { return inner }
        }
        return (code, message)
    }

    private static let depthMax = 8

    /// Says only that something within it failed.
    private static func isWrapping(_ code: String) -> Bool {
        [
            "DeploymentFailed", "InvalidTemplateDeployment", "MultipleErrorsOccurred", "ResourceDeploymentFailure",
            "ResourceOperationFailure", "BadRequest", "Conflict", "PreflightValidationCheckFailed",
        ].contains(code)
    }
}

/// `Retry-After`: seconds, or a moment.
enum RetryAfter {
    private static let most = 3600

    static func read(_ headers: [HTTPHeader]) -> Duration? {
        guard let text = headers["Retry-After"] else { return nil }
        if let seconds = Int(text) { return .seconds(min(max(seconds, 0), most)) }
        // What the cloud's clock says now is told with it.
        guard let until = Timestamp(http: text), let now = headers["Date"].flatMap({ Timestamp(http: $0) }) else {
            return nil
        }
        return min(max(until - now, .zero), .seconds(most))
    }
}

extension Timestamp {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`, as HTTP writes moments; nil: it is anything else.
    init?(http text: String) {
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5] == "GMT", parts[1].count == 2,
            let month = months.firstIndex(where: { $0 == parts[2] })
        else { return nil }
        let number = month + 1
        self.init("\(parts[3])-\(number < 10 ? "0" : "")\(number)-\(parts[1])T\(parts[4])Z")
    }

    /// As Azure writes moments, with `+00:00` as well as with `Z`.
    init?(azure text: String) {
        self.init(text.hasSuffix("+00:00") ? "\(text.dropLast(6))Z" : text)
    }
}
