import Cloud
import Provisioning

/// How Compute Engine's answers are read.
enum ComputeReply {
    /// Reads `{"error": {"errors": [{"reason": …}], "status": …, "details": […]}}`; anything else, such as a proxy's
    /// page, is a fault without a code.
    ///
    /// The reason is the code, as the documentation lists it. Where there is none it is that of the details, else the
    /// status.
    @Sendable static func fault(_ response: HTTPResponse) -> Fault {
        let error = (try? JSONReply(response.body))?["error"]
        guard let error, error.isThere else {
            let start = String(decoding: response.body.prefix(200), as: UTF8.self)
            let words = start.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            return Fault(status: response.status, code: nil, message: words)
        }
        let first = error["errors"].items.first
        let detail = error["details"].items.first { $0["reason"].text != nil }
        let message = error["message"].text ?? first?["message"].text ?? ""
        return Fault(
            status: response.status, code: first?["reason"].text ?? detail?["reason"].text ?? error["status"].text,
            message: message, subjects: quota(in: message).map { [$0] } ?? [],
            retryAfter: response.headers["Retry-After"].flatMap { Int($0) }.map { .seconds(min(max($0, 0), 3600)) })
    }

    /// `Quota 'CPUS' exceeded.  Limit: 24.0 in region us-central1.`
    static func quota(in message: String) -> String? {
        guard message.hasPrefix("Quota '") else { return nil }
        return message.split(separator: "'").dropFirst().first.map(String.init)
    }

    // MARK: - Lists

    /// The items of one page, and where the next begins.
    ///
    /// - Throws: `Unreadable` where the answer says that something is missing from it.
    static func page(_ reply: JSONReply) throws -> (items: [JSONReply], next: String?) {
        try checkWhole(reply)
        return (reply["items"].items, next(reply))
    }

    /// The same of an aggregated list, whose items lie by zone or region under a name of their own.
    static func aggregated(_ name: String, _ reply: JSONReply) throws -> (items: [JSONReply], next: String?) {
        try checkWhole(reply)
        var items: [JSONReply] = []
        for scope in reply["items"].fields {
            try checkWhole(scope.value)
            items += scope.value[name].items
        }
        return (items, next(reply))
    }

    private static func next(_ reply: JSONReply) -> String? {
        reply["nextPageToken"].text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// An empty place says so by a warning, too; any other means that the list lacks something.
    private static func checkWhole(_ reply: JSONReply) throws {
        if let place = reply["unreachables"].items.first?.text {
            throw Unreadable("the list is not whole: \(place) could not be reached")
        }
        if let code = reply["warning"]["code"].text, code != "NO_RESULTS_ON_PAGE" {
            throw Unreadable("the list is not whole: \(code): \(reply["warning"]["message"].text ?? "")")
        }
    }
}

extension String {
    /// What a link ends in: `us-central1-a` of `https://…/zones/us-central1-a`.
    var lastPart: String { split(separator: "/").last.map(String.init) ?? self }

    /// What follows a word in a link: `us-central1-a` after `zones` in `https://…/zones/us-central1-a/instances/a`.
    func part(after word: String) -> String? {
        let parts = split(separator: "/")
        guard let index = parts.lastIndex(of: Substring(word)), index + 1 < parts.count else { return nil }
        return String(parts[index + 1])
    }
}

extension Timestamp {
    /// RFC 3339 with `Z` or an offset, as Compute Engine writes it: `2018-05-19T05:15:46.024-07:00`.
    init?(compute text: String) {
        let offset = text.suffix(6)
        guard let sign = offset.first, sign == "+" || sign == "-" else {
            self.init(text)
            return
        }
        let parts = offset.dropFirst().split(separator: ":").map { Int($0) }
        guard parts.count == 2, let hours = parts[0], let minutes = parts[1],
            let local = Timestamp(text.dropLast(6) + "Z")
        else { return nil }
        let ahead = Duration.seconds((hours * 60 + minutes) * 60)
        self = local + (sign == "+" ? .zero - ahead : ahead)
    }
}
