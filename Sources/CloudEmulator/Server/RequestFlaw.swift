import Cloud

/// What is wrong with what came over a connection. Nothing after it can be understood.
enum RequestFlaw: Error, Sendable, Hashable {
    case malformed
    case bodyTooLarge
    case unknownExpectation
    case headTooLarge
    case unknownTransferCoding
    case unknownVersion

    var status: Int {
        switch self {
        case .malformed: 400
        case .bodyTooLarge: 413
        case .unknownExpectation: 417
        case .headTooLarge: 431
        case .unknownTransferCoding: 501
        case .unknownVersion: 505
        }
    }

    /// The answer to it, without a body: whoever sent this is no client of the cloud.
    var response: HTTPResponse { HTTPResponse(status: status) }
}
