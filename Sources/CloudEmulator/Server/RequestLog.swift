import Cloud
import Glibc
import Provisioning

/// A file with one line for each request that was answered: `action status microseconds began`.
///
/// The time is what the emulated cloud took between reading a request and writing its answer; what either takes on the
/// wire is not in it. When it began is in microseconds since 1970: of requests that come side by side, somebody may want
/// to know when any was being answered. A line stands before the client has its answer, so that whoever has the answer finds the line.
package final class RequestLog: Sendable {
    private let descriptor: CInt

    /// Lines are added to what is there.
    package init(_ path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemFailure("cannot write to \(path)") }
    }

    deinit { close(descriptor) }

    /// Has a request answered and notes it.
    func timing(_ request: HTTPRequest, of emulator: Emulator) -> HTTPResponse {
        let start = ContinuousClock.now
        let began = Surroundings.system.now().microseconds
        let response = emulator.handle(request)
        let took = (ContinuousClock.now - start).wholeMicroseconds
        let line = Array("\(RequestLog.word(emulator.action(of: request))) \(response.status) \(took) \(began)\n".utf8)
        // As one piece, for connections do not take turns; a disk that is full is no reason not to answer.
        _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        return response
    }

    /// What a client calls an action may be any text, and a line has four words.
    private static func word(_ action: String?) -> String {
        guard let action, !action.isEmpty, action.utf8.count <= 64, action.utf8.allSatisfy(isOfWord)
        else { return "-" }
        return action
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
