#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Why a file could not be read.
enum FileTrouble: Error {
    case missing, tooLarge
    case unreadable(String)
}

/// The bytes of a regular file, if there are not too many.
func readFile(_ path: String, atMost bytesMax: Int) throws(FileTrouble) -> [UInt8] {
    // Not to wait for a writer, should the name be a pipe's.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0 {
        throw errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else {
        throw .unreadable(status.st_mode & S_IFMT == S_IFDIR ? "it is a directory" : "it is not a regular file")
    }
    if status.st_size > bytesMax { throw .tooLarge }

    // The size may be stale, or 0 under /proc: read until there is no more.
    var bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size) + 1) { _, count in count = 0 }
    var failure: Int32 = 0
    while true {
        let before = bytes.count
        let room = max(bytes.capacity - before, 4096)
        let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            var got = read(descriptor, buffer.baseAddress, room)
            while got < 0, errno == EINTR { got = read(descriptor, buffer.baseAddress, room) }
            if got < 0 { failure = errno }
            count = max(0, got)
        }
        if failure != 0 { throw .unreadable(String(cString: strerror(failure))) }
        if chunk.isEmpty { return bytes }
        if before == 0 { bytes = chunk } else { bytes += chunk }
        if bytes.count > bytesMax { throw .tooLarge }
    }
}
