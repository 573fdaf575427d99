import Documents
import Glibc
import Provisioning

/// The folder of compiled catalogs, one for each set of settings. Where it cannot be used, things work without.
package struct CompiledStore: Sendable {
    let folder: String
    private let state: String
    private let program: String

    /// - Parameters:
    ///   - stateDirectory: it is not made for this.
    ///   - program: another one than wrote a catalog does not use it. Nil: it cannot be told apart from others.
    package init?(stateDirectory: String, program: String? = CompiledStore.program()) {
        guard let program else { return nil }
        state = stateDirectory
        folder = "\(stateDirectory)/catalog"
        self.program = program
    }

    /// Whether anything was ever kept.
    var isThere: Bool { access(folder, F_OK) == 0 }

    /// What tells this program from every other, and from itself before it was built anew.
    package static func program() -> String? {
        var status = stat()
        guard stat("/proc/self/exe", &status) == 0 else { return nil }
        return [
            Int64(status.st_dev), Int64(bitPattern: UInt64(status.st_ino)), Int64(status.st_size),
            Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec), Int64(status.st_ctim.tv_sec),
            Int64(status.st_ctim.tv_nsec),
        ].map(String.init).joined(separator: " ")
    }

    /// Whose answers are in a file, and where that file is; a program that was built anew replaces the file.
    func key(for settings: [UInt8]) -> (key: [UInt8], path: String) {
        var key = ByteWriter()
        key.put(program)
        // What one user may read another may not.
        key.put(UInt32(geteuid()))
        key.put(UInt32(getegid()))
        key.put(settings)
        let name = String(settings.withUnsafeBytes { checksum($0) }, radix: 16)
        return (key.bytes, "\(folder)/\(name).compiled")
    }

    /// Runs the body unless another process is at it, for what many begin at once only one has to end.
    func alone(_ body: () -> Unkept?) -> Unkept? {
        if mkdir(folder, 0o700) != 0, errno != EEXIST { return unwritable }
        let lock = open("\(folder)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { return unwritable }
        defer { close(lock) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { return Unkept(why: "another process is writing it") }
        return body()
    }

    private var unwritable: Unkept { Unkept(why: "`\(folder)` cannot be written: \(String(cString: strerror(errno)))") }

    /// Readers see all of it or what was there before.
    func write(_ parts: [[UInt8]], to path: String) -> Unkept? {
        let draft = "\(path).\(getpid()).draft"
        // One of the same name is what a killed process of our number left.
        unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { return unwritable }
        let isWritten = parts.allSatisfy { append($0, to: file) }
        // Not synced: what a power cut leaves of it does not pass for whole.
        guard close(file) == 0, isWritten, rename(draft, path) == 0 else {
            defer { unlink(draft) }
            return unwritable
        }
        tidy(but: path)
        return nil
    }

    private func append(_ bytes: [UInt8], to file: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }

    func clear() {
        for file in files() { unlink(file.path) }
        unlink("\(folder)/lock")
        rmdir(folder)
    }

    /// Every set of settings leaves a file, and every process that is killed perhaps a draft.
    private func tidy(but newest: String) {
        let others = files().filter { $0.path != newest }.sorted { $0.changed > $1.changed }
        for file in others.dropFirst(CompiledStore.filesMax - 1) { unlink(file.path) }
    }

    private static let filesMax = 8

    private func files() -> [(path: String, changed: Int)] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var files: [(path: String, changed: Int)] = []
        while let entry = readdir(stream) {
            let name = entryName(entry)
            var status = stat()
            guard name.hasSuffix(".compiled") || name.hasSuffix(".draft"), stat("\(folder)/\(name)", &status) == 0
            else { continue }
            files.append(("\(folder)/\(name)", status.st_mtim.tv_sec))
        }
        return files
    }
}

/// Why a compiled catalog was not kept, for a person who asks.
package struct Unkept: Error, Sendable, Equatable {
    package let why: String
}
