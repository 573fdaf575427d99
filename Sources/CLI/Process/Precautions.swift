import Glibc

/// What is settled before anything else happens in the process.
func takePrecautions() {
    // Secrets in memory must reach no core file. A limit of zero is not enough where the kernel pipes cores to a
    // program, so no kind of memory is to be written into one either (core(5)).
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    let filter = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC)
    if filter >= 0 {
        _ = write(filter, "0", 1)
        close(filter)
    }
    shareHeaps()
    // What we create is for our user alone.
    umask(0o077)
    // A reader that goes away shows as an error of write(2), where it can be told from others.
    signal(SIGPIPE, SIG_IGN)
}

/// Has all threads use two heaps. glibc would give each of the first sixteen its own, which keeps what it once needed:
/// 3 MB where there are a thousand machines.
private func shareHeaps() {
    // Looked for by its name, for Swift's map of glibc leaves `malloc.h` out.
    guard let found = dlsym(nil, "mallopt") else { return }
    let heapsMax: CInt = -8  // M_ARENA_MAX
    _ = unsafeBitCast(found, to: (@convention(c) (CInt, CInt) -> CInt).self)(heapsMax, 2)
}
