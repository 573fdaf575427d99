import Documents
import Glibc
import Provisioning

/// What a template may take from outside the catalog, as the site's settings allow it.
package struct References: Sendable {
    /// Variables of the environment that may be used, with their values; nil: it is not set.
    package var environment: [String: String?] = [:]
    /// Directories whose files may be used, the catalog's own among them.
    package var directories: [String] = []
    /// The values of the template's parameters, for what stands in files.
    var parameters: [String: String] = [:]
    /// Those that an order is yet to give.
    var unknowns: Set<String> = []
    /// Every file that was read, or was to be.
    let read = Lock<[FileBeside]>([])

    private static let bytesMax = 1 << 20

    package init(environment: [String: String?] = [:], directories: [String] = []) {
        self.environment = environment
        self.directories = directories
    }

    /// The same with no file read yet.
    var afresh: References { References(environment: environment, directories: directories) }

    /// A file that a field names, relative to the file that the field stands in.
    func file(
        _ path: String, for field: Layered.Field, _ reader: inout FieldReader
    ) -> (path: String, text: String)? {
        do throws(Rejected) {
            return try file(path, from: field.value.place)
        } catch {
            for diagnostic in error.diagnostics {
                reader.report(diagnostic.code, diagnostic.message, at: field.value.place, hint: diagnostic.hint)
            }
            return nil
        }
    }

    /// The script in a file, with the template's parameters filled in.
    func script(_ path: String, for field: Layered.Field, _ reader: inout FieldReader) -> String? {
        file(path, for: field, &reader).map { filled($0.text, with: parameters) }
    }

    /// The file that a reference at some place leads to.
    func file(_ written: String, from place: Place?) throws(Rejected) -> (path: String, text: String) {
        var path = written.hasPrefix("file://") ? String(written.dropFirst(7)) : written
        if !path.hasPrefix("/"), let place { path = folder(of: place.file) + path }
        let found = FileBeside(path)
        read.withLock { $0.append(found) }
        // Where links lead is what counts: one in the catalog must not open all the disk. What is not there is looked
        // for in its folder, so that nobody learns what lies elsewhere.
        let real = found.real
        guard isAllowed(real ?? nearest(to: path)) else {
            throw Rejected(
                Diagnostic(
                    .error, "template.reference", "the file `\(path)` is in no directory that templates may read from",
                    hint: "put it beside the template, or name its directory under `template_references.files` in the "
                        + "site's settings"))
        }
        guard let real else { throw Rejected(Diagnostic(.error, "file.missing", "there is no file `\(path)`")) }
        // By the name that was looked at, whatever the other leads to by now.
        return (path, try readText(real, atMost: References.bytesMax))
    }

    /// The folder above a path that is there.
    private func nearest(to path: String) -> String {
        var folder = folder(of: path)
        while !folder.isEmpty {
            if let real = realPath(folder) { return "\(real)/" }
            folder = self.folder(of: String(folder.dropLast()))
        }
        return ""
    }

    private func isAllowed(_ real: String) -> Bool {
        directories.contains { directory in
            realPath(directory).map { real.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") } ?? false
        }
    }

    /// A variable of the environment.
    func variable(_ name: String) throws(Rejected) -> String {
        guard let value = environment[name] else {
            throw Rejected(
                Diagnostic(
                    .error, "template.reference", "templates may not use the variable `\(name)`",
                    hint: "name it under `template_references.environment` in the site's settings"))
        }
        guard let value else {
            throw Rejected(
                Diagnostic(.error, "template.reference", "the variable `\(name)` is not set in the environment"))
        }
        return value
    }

    private func folder(of file: String) -> String {
        file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    }
}

/// Where a path leads through all links; nil: nowhere.
func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
}
