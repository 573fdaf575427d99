import Cloud
import CloudEmulator
import Provisioning

/// The way to the emulated cloud, whose world is opened when the first request goes there: what is wrong with it
/// is no concern of a real account.
final class EmulatedTransport: Transport {
    private let open: @Sendable () throws -> Emulator
    private let opened = Lock<EmulatorTransport?>(nil)

    init(_ open: @escaping @Sendable () throws -> Emulator) { self.open = open }

    func send(_ request: HTTPRequest, within deadline: Duration) async throws(TransportError) -> HTTPResponse {
        try await transport().send(request, within: deadline)
    }

    private func transport() throws(TransportError) -> EmulatorTransport {
        do {
            return try opened.withLock { opened in
                let transport = try opened ?? EmulatorTransport(open())
                opened = transport
                return transport
            }
        } catch let rejected as Rejected {
            throw .unsent(rejected.diagnostics.map(\.message).joined(separator: "; "))
        } catch {
            throw .unsent("\(error)")
        }
    }
}
