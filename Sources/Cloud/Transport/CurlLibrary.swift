import CCurl
import Provisioning

/// libcurl's functions, found in the system's library.
///
/// The table is filled once and never changes; the library stays open until the process ends, for threads of
/// its own (name look-ups) may still be running in it.
final class CurlLibrary: @unchecked Sendable {
    let functions: UnsafePointer<muster_curl>

    private static let known = Lock<[String: CurlLibrary]>([:])

    /// Loaded by whoever comes first; who comes meanwhile waits for it.
    static func loaded(_ name: String) throws(TransportError) -> CurlLibrary {
        try known.withLock { (known: inout [String: CurlLibrary]) throws(TransportError) -> CurlLibrary in
            if let library = known[name] { return library }
            let library = try CurlLibrary(name)
            known[name] = library
            return library
        }
    }

    /// - Throws: `.unsent`, saying what to install.
    init(_ name: String) throws(TransportError) {
        let table = UnsafeMutablePointer<muster_curl>.allocate(capacity: 1)
        table.initialize(to: muster_curl())
        functions = UnsafePointer(table)
        var why: UnsafePointer<CChar>?
        guard muster_curl_open(table, name, &why) == 0 else {
            let reason = why.map { String(cString: $0) } ?? "no reason given"
            throw .unsent("cannot open libcurl: \(reason); on Debian and Ubuntu, `apt install libcurl4` brings it")
        }
        // Asked for below: PREREQFUNCTION (7.80), PROTOCOLS_STR (7.85).
        guard let version = functions.pointee.version_info(CURLVERSION_FIRST), version.pointee.version_num >= 0x075500
        else { throw .unsent("libcurl is too old; 7.85 or later is wanted") }
        guard functions.pointee.global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK else {
            throw .unsent("libcurl would not start")
        }
    }

    deinit { functions.deallocate() }
}
