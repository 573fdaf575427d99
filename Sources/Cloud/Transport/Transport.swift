import Provisioning

/// The door to the network.
package protocol Transport: Sendable {
    /// Sends one request and gives back its response, whatever its status.
    ///
    /// - Throws: `TransportError`, which says whether the request may have been acted on.
    func send(_ request: HTTPRequest, within deadline: Duration) async throws(TransportError) -> HTTPResponse
}

package enum TransportError: Error, Sendable, Hashable {
    /// Nothing left this machine: the name was not found, the connection was refused, TLS was not agreed on.
    case unsent(String)
    /// It may have arrived: a timeout, a reset, an answer cut short, a cancelled task.
    case unknown(String)
}

extension TransportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unsent(let why), .unknown(let why): why
        }
    }
}
