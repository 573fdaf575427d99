import Provisioning

/// How an exchange came to its end.
enum CurlEnd {
    case answered
    /// With libcurl's reason, or the system's.
    case broken(String)
    case cancelled
    case overdue
    case closed
    /// Never tried: it could not be written down as HTTP.
    case malformed(String)

    /// In words that name the endpoint and nothing else of the request, for a query can hold a signature.
    func reason(_ ticket: CurlTicket, hasBegun: Bool) -> String {
        let endpoint = ticket.request.endpoint
        return switch (self, hasBegun) {
        case (.answered, _): "\(endpoint) answered"
        case (.broken(let why), false): "cannot connect to \(endpoint): \(why)"
        case (.broken(let why), true): "no whole answer from \(endpoint): \(why)"
        case (.cancelled, false): "the call to \(endpoint) was cancelled before it was sent"
        case (.cancelled, true): "the call to \(endpoint) was cancelled before its answer came"
        case (.overdue, false): "cannot connect to \(endpoint): no connection within \(ticket.within.text)"
        case (.overdue, true): "no answer from \(endpoint) within \(ticket.within.text)"
        case (.closed, _): "the call to \(endpoint) was given up, for the transport was closed"
        case (.malformed(let flaw), _): "cannot send to \(endpoint): \(flaw)"
        }
    }
}
