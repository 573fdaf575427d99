import Glibc
import Provisioning

/// Measures what cannot be seen from outside a process, and prints a table; it judges nothing.
///
///     muster-bench                        every figure
///     muster-bench make-ledger DIR N      a ledger of N machines, for timing whole processes on it
///     muster-bench make-catalog DIR N     a catalog of N templates
///     muster-bench read-catalog DIR PROVIDERS
///                                         what it takes to read such a catalog by the rules of PROVIDERS, in numbers
@main struct Bench {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "make-ledger", let folder = arguments.dropFirst().first {
            print(
                try LargeLedger.make(in: folder, machines: arguments.dropFirst(2).first.flatMap { Int($0) } ?? 100_000))
            return
        }
        if arguments.first == "make-catalog", let folder = arguments.dropFirst().first {
            try SampleCatalog.make(in: folder, templates: arguments.dropFirst(2).first.flatMap { Int($0) } ?? 1000)
            return
        }
        if arguments.first == "read-catalog", arguments.count == 3 {
            print(try CatalogSpeed.measure(arguments[2], rulesIn: arguments[3]))
            return
        }
        var table = [Figure(what: "inside one process", measured: "measured", wanted: "wanted")]
        table += try await HeldCatalog.measure()
        table += Signing.measure()
        table += try await FirstCall.measure()
        table += try await NextOffering.measure()
        table += try LedgerSpeed.measure()
        table += try await Requests.measure()
        let width = table.map(\.what.count).max()!
        let measured = table.map(\.measured.count).max()!
        for figure in table {
            print(pad(figure.what, width) + "  " + pad(figure.measured, measured) + "  " + figure.wanted)
        }
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: width - text.count)
    }
}

/// One line of the table.
struct Figure {
    let what: String
    let measured: String
    let wanted: String
}

// MARK: - Clocks

/// Seconds on the wall, from some fixed moment.
func wallSeconds() -> Double { seconds(CLOCK_MONOTONIC) }

/// Seconds of CPU that this process has had.
func cpuSeconds() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

private func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// What the process has in memory just now.
func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, 256, file) != nil else { return 0 }
    let fields = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self).split(separator: " ")
    return (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
}

/// Two digits after the point.
func round2(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
}

/// A folder for one measurement, removed afterwards.
func withScratchFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    var template = Array("/tmp/muster-bench-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw LedgerTrouble(why: "no folder in /tmp") }
    let folder = String(cString: made)
    defer {
        for name in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "templates.yaml"] {
            unlink("\(folder)/\(name)")
        }
        rmdir(folder)
    }
    return try await body(folder)
}

struct LedgerTrouble: Error { let why: String }
