import Glibc

/// The folder of the ledger, looked at from outside: nothing in it is opened.
struct StateFolder {
    let path: String

    init(_ path: String) { self.path = path }

    var checks: [Check] {
        guard let mode = StateFolder.mode(of: path) else {
            // It is made at first use.
            let parent = StateFolder.nearest(above: path)
            let isWritable = access(parent, W_OK | X_OK) == 0
            return [
                isWritable
                    ? Check("state-folder", .ok, "`\(path)` will be made at first use")
                    : Check("state-folder", .error, "`\(path)` is not there, and `\(parent)` cannot be written")
            ]
        }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            return [
                Check(
                    "state-folder", .error,
                    "`\(path)` cannot be written; choose another with `--state-dir` or `MUSTER_STATE_DIR`")
            ]
        }
        let open = StateFolder.openToOthers(path, mode)
        if open.isEmpty { return [Check("state-folder", .ok, path)] }
        return [
            Check(
                "state-folder", .warning,
                "others may read " + open.map { "`\($0)`" }.joined(separator: ", ")
                    + "; `chmod -R go= \(path)` keeps them out")
        ]
    }

    /// The folder and the files right in it that anybody but their owner may use.
    private static func openToOthers(_ path: String, _ mode: mode_t) -> [String] {
        if mode & 0o077 == 0 { return [] }
        // A folder that others may pass through keeps nothing from them, so its files are looked at too.
        guard let stream = opendir(path) else { return [path] }
        defer { closedir(stream) }
        var open = [path]
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            let file = "\(path)/\(name)"
            if !name.hasPrefix("."), let mode = StateFolder.mode(of: file), mode & 0o077 != 0 { open.append(file) }
        }
        return open.sorted()
    }

    private static func mode(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode : nil
    }

    private static func nearest(above path: String) -> String {
        var folder = Substring(path)
        while let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
            folder = folder[..<slash]
            if mode(of: String(folder)) != nil { return String(folder) }
        }
        return path.hasPrefix("/") ? "/" : "."
    }
}
