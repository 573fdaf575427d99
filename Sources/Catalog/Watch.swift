import Documents
import Glibc
import Provisioning

/// Knows from the kernel whether anything changed in some directories, so that files need not be looked at.
///
/// The kernel queues an event (inotify(7)) before the call that made the change returns, so whoever asks for the
/// mark afterwards gets another one. Where that cannot be relied upon there is no mark, and a look is needed.
package final class Watch: ChangeSignal {
    private let roots: [String]
    private let state: Lock<State>

    private struct State {
        /// Nil before the first load, and where the kernel gives none.
        var descriptor: Int32?
        var mark: UInt64 = 1
        /// Whether every directory is watched, and everything in them shows its changes there.
        var isComplete = false
        /// The directories at the roots, as they were when they were watched.
        var roots: [Folder?] = []
        /// Every directory that is watched, by the number of its watch.
        var folders: [Int32: String] = [:]
    }

    /// A root may be moved away whole, with what it is in, and nothing in it notices.
    private struct Folder: Equatable {
        var device: UInt64
        var inode: UInt64

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }

    package init(_ roots: [String]) {
        self.roots = roots
        state = Lock(State())
    }

    deinit { state.withLock { if let descriptor = $0.descriptor { close(descriptor) } } }

    package func mark() -> UInt64? {
        state.withLock { state in
            guard state.isComplete else { return nil }
            take(from: &state)
            if state.isComplete, state.roots != roots.map({ Folder($0) }) {
                state.isComplete = false
                state.mark += 1
            }
            return state.isComplete ? state.mark : nil
        }
    }

    /// Whether only a look can tell of changes.
    var isBlind: Bool { state.withLock { !$0.isComplete } }

    /// Another number after everything that was heard of, even where that is not all.
    var events: UInt64 {
        state.withLock { state in
            take(from: &state)
            return state.mark
        }
    }

    package func renew() -> UInt64? {
        state.withLock { state in
            // What came so far is about what is read only now.
            take(from: &state)
            if !state.isComplete { watchAnew(&state) }
            return state.isComplete ? state.mark : nil
        }
    }

    private func watchAnew(_ state: inout State) {
        // With the old descriptor go the watches on what has left the tree.
        if let old = state.descriptor { close(old) }
        let descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        state.descriptor = descriptor >= 0 ? descriptor : nil
        state.mark += 1
        guard descriptor >= 0 else { return }
        state.roots = roots.map { Folder($0) }
        var survey = WatchSurvey(descriptor: descriptor)
        for root in roots { survey.watch(root) }
        state.isComplete = survey.isComplete
        state.folders = survey.folders
    }

    // MARK: - Events

    /// Takes all events that are waiting.
    private func take(from state: inout State) {
        guard let descriptor = state.descriptor else { return }
        withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: MemoryLayout<inotify_event>.alignment) { buffer in
            // Not for ever, should somebody write without end: what is left is there the next time, and a mark
            // that changed is as good as one that changed twice.
            for _ in 0..<64 {
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return }
                var rest = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                while rest.count >= MemoryLayout<inotify_event>.size {
                    let event = rest.load(as: inotify_event.self)
                    let size = MemoryLayout<inotify_event>.size + Int(event.len)
                    note(event, rest[MemoryLayout<inotify_event>.size..<size], &state)
                    rest = UnsafeRawBufferPointer(rebasing: rest[size...])
                }
            }
        }
    }

    private func note(_ event: inotify_event, _ name: Slice<UnsafeRawBufferPointer>, _ state: inout State) {
        func happened(_ kinds: Int32) -> Bool { event.mask & UInt32(bitPattern: kinds) != 0 }
        let name = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        // The tree of directories is another, or events were lost: it is watched anew with the next load.
        let isUnsettled =
            happened(IN_ISDIR | IN_Q_OVERFLOW | IN_IGNORED | IN_UNMOUNT | IN_DELETE_SELF | IN_MOVE_SELF)
            // What came may be a link, or have become one of several names.
            || happened(IN_CREATE | IN_MOVED_TO | IN_ATTRIB) && (Directories.reads(name) || isLink(name, event, state))
        if isUnsettled { state.isComplete = false }
        // An editor's own files come and go beside those it edits.
        if isUnsettled || Directories.reads(name) { state.mark += 1 }
    }

    private func isLink(_ name: String, _ event: inotify_event, _ state: State) -> Bool {
        guard !name.hasPrefix("."), let folder = state.folders[event.wd] else { return false }
        var status = stat()
        return lstat("\(folder)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }
}

/// Puts watches on directories and all below, and finds what a watch would not see.
private struct WatchSurvey {
    let descriptor: Int32
    private let remote = RemoteFileSystems.devices()
    private(set) var isComplete = true
    private(set) var folders: [Int32: String] = [:]

    private static let changes = UInt32(
        bitPattern: IN_CREATE | IN_DELETE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVED_FROM | IN_MOVED_TO
            | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

    init(descriptor: Int32) { self.descriptor = descriptor }

    mutating func watch(_ folder: String, depth: Int = 0) {
        guard isComplete, isLocal(folder) else { return isComplete = false }
        let number = inotify_add_watch(descriptor, folder, Self.changes)
        // What is made in it after this has an event, what was made before is in the listing.
        guard number >= 0, let stream = opendir(folder) else { return isComplete = false }
        defer { closedir(stream) }
        folders[number] = folder
        while let entry = readdir(stream) {
            let name = entryName(entry)
            if name.hasPrefix(".") { continue }
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: if depth < Directories.depthMax { watch(path, depth: depth + 1) }
            // Elsewhere it may be changed, or led elsewhere, without a word here.
            case S_IFLNK: isComplete = false
            case S_IFREG: if status.st_nlink > 1, Directories.reads(name) { isComplete = false }
            default: break
            }
        }
    }

    private func isLocal(_ folder: String) -> Bool {
        var status = stat()
        return stat(folder, &status) == 0 && !remote.contains(UInt64(status.st_dev))
    }
}

/// File systems that other machines write too, or a program that plays one: such writes have no events.
private enum RemoteFileSystems {
    private static let kinds = [
        "nfs", "cifs", "smb", "fuse", "9p", "virtiofs", "vboxsf", "afs", "coda", "ceph", "lustre", "gfs2", "ocfs2",
    ]

    /// Their devices, by `/proc/self/mountinfo` (proc_pid_mountinfo(5)).
    static func devices() -> Set<UInt64> {
        guard let file = fopen("/proc/self/mountinfo", "r") else { return [] }
        defer { fclose(file) }
        var devices: Set<UInt64> = []
        var line: UnsafeMutablePointer<CChar>?
        var room = 0
        defer { free(line) }
        while getline(&line, &room, file) > 0, let line {
            let words = String(cString: line).split(separator: " ")
            guard let dash = words.firstIndex(of: "-"), dash + 1 < words.count, words.count > 2,
                kinds.contains(where: { words[dash + 1].hasPrefix($0) })
            else { continue }
            let numbers = words[2].split(separator: ":").compactMap { UInt64($0) }
            if numbers.count == 2 { devices.insert(device(major: numbers[0], minor: numbers[1])) }
        }
        return devices
    }

    /// As stat(2) has it (makedev(3)).
    private static func device(major: UInt64, minor: UInt64) -> UInt64 {
        (major & ~0xFFF) << 32 | (major & 0xFFF) << 8 | (minor & ~0xFF) << 12 | minor & 0xFF
    }
}
