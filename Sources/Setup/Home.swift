import Glibc
import Provisioning

/// The folder that holds `config/`, `providers/` and `templates/` as they are shipped.
enum Home {
    /// `MUSTER_HOME`, else the nearest folder above the program that has them, else `../share/muster` beside it.
    ///
    /// - Throws: `Rejected` if there is none.
    static func find(_ environment: [String: String]) throws -> String {
        if let named = environment["MUSTER_HOME"], !named.isEmpty {
            guard isHome(named) else {
                throw missing("`MUSTER_HOME` is `\(named)`, which has no `config/default.yaml`")
            }
            return named
        }
        var folder = programFolder()
        let shared = "\(folder)/../share/muster"
        while !folder.isEmpty {
            if isHome(folder) { return folder }
            folder = parent(of: folder)
        }
        if isHome(shared) { return shared }
        throw missing("no `config/default.yaml` was found above the program")
    }

    private static func isHome(_ folder: String) -> Bool {
        access("\(folder)/config/default.yaml", R_OK) == 0 && access("\(folder)/providers", R_OK) == 0
    }

    private static func missing(_ why: String) -> Rejected {
        Rejected(
            Diagnostic(
                .error, "home.missing", why,
                hint: "set `MUSTER_HOME` to the folder that holds `config`, `providers` and `templates`"))
    }

    private static func programFolder() -> String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
        return count > 0 ? parent(of: String(decoding: buffer[..<count], as: UTF8.self)) : ""
    }
}

/// What a path is in; empty for the root and for a bare name.
func parent(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
}

/// A path as somebody in `folder` means it, in the shortest form that a person working here would write.
func path(_ path: String, in folder: String) -> String {
    let meant = path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
    guard let resolved = realpath(meant, nil) else { return meant }
    defer { free(resolved) }
    let full = String(cString: resolved)
    guard let here = getcwd(nil, 0) else { return full }
    defer { free(here) }
    let prefix = String(cString: here) + "/"
    return full.hasPrefix(prefix) ? String(full.dropFirst(prefix.count)) : full
}
