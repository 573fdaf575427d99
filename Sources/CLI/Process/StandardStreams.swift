import Glibc
import Provisioning

/// Data goes here, and nothing else.
func writeOutput(_ text: String) throws {
    try write(text, to: STDOUT_FILENO)
}

/// The same, for text that is at hand as bytes.
func writeOutput(_ bytes: UnsafeRawBufferPointer) throws {
    try write(bytes, to: STDOUT_FILENO)
}

/// Everything that is not data: diagnostics, progress, logs. One writer for all of them, because on a terminal the
/// line of progress has to step aside for the others.
final class StandardError: Sendable {
    static let shared = StandardError()

    /// Whether what is written can be redrawn.
    let isLive: Bool
    let ink: Ink
    /// What diagnostics may quote: files as they were when this was made, at the start of the process.
    let sources = SourceFiles.onDisk()
    private let line = Lock<String?>(nil)

    private init() {
        let isTerminal = isatty(STDERR_FILENO) == 1
        isLive = isTerminal && environment("TERM") != "dumb"
        ink = Ink(isTerminal: isTerminal, environment: environment)
    }

    /// Writes whole lines.
    func write(_ text: String) {
        line.withLock { line in
            // Whoever closed it does not want to hear.
            try? CLI.write((line == nil ? "" : Redraw.erase) + text + (line ?? ""), to: STDERR_FILENO)
        }
    }

    /// Shows a line that the next one replaces; nil takes it away.
    func show(_ text: String?) {
        line.withLock { line in
            guard line != text else { return }
            try? CLI.write((line == nil ? "" : Redraw.erase) + (text ?? ""), to: STDERR_FILENO)
            line = text
        }
    }

    /// How many characters fit on a line that is to be redrawn; a longer one would wrap and stay.
    var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 79 }
        return Int(size.ws_col) - 1
    }
}

private enum Redraw {
    static let erase = "\r\u{1b}[K"
}

/// An output that took no more.
struct Unwritable: Error, CustomStringConvertible {
    let why: String

    var description: String { "standard output cannot be written: \(why)" }
}

/// Writes all of it. A reader that went away is no error: it had what it wanted.
private func write(_ text: String, to descriptor: Int32) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0), to: descriptor) }
}

private func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
    var rest = bytes
    while !rest.isEmpty {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0 {
            switch errno {
            case EINTR: continue
            case EPIPE: return
            default: throw Unwritable(why: String(cString: strerror(errno)))
            }
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
}

func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// All of the environment's variables.
func wholeEnvironment() -> [String: String] {
    var variables: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
        let pair = String(cString: entry)
        if let mark = pair.utf8.firstIndex(of: UInt8(ascii: "=")) {
            variables[String(pair[..<mark])] = String(pair[pair.utf8.index(after: mark)...])
        }
        next += 1
    }
    return variables
}
