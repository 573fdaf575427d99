import Glibc
import Provisioning
import Store
import Testing

@Suite struct PresenceTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func exists(_ owner: String) -> Bool { access(folder.file(owner), F_OK) == 0 }

    @Test func whoeverIsAliveInThisProcessIsNotGone() throws {
        let one = try Presence(in: folder.path, owner: "one")
        let two = try Presence(in: folder.path, owner: "two")
        #expect(!one.isGone("two"))
        #expect(!two.isGone("one"))
        #expect(!one.isGone("one"))
        #expect(exists("one") && exists("two"))
        withExtendedLifetime((one, two)) {}
    }

    @Test func whoeverEndedAsItShouldIsGoneAndLeavesNoFile() throws {
        let one = try Presence(in: folder.path, owner: "one")
        do { _ = try Presence(in: folder.path, owner: "two") }
        #expect(!exists("two"))
        #expect(one.isGone("two"))
    }

    @Test func whoeverNeverWasIsGone() throws {
        #expect(try Presence(in: folder.path, owner: "one").isGone("nobody"))
    }

    @Test func aNameThatLeadsElsewhereIsNotLookedInto() throws {
        let one = try Presence(in: folder.path, owner: "one")
        #expect(!one.isGone("../somewhere"))
    }

    @Test func anOwnerIsAliveOnce() throws {
        let one = try Presence(in: folder.path, owner: "one")
        let error = #expect(throws: Rejected.self) { try Presence(in: folder.path, owner: "one") }
        #expect(error?.diagnostics.map(\.code) == ["state.unwritable"])
        withExtendedLifetime(one) {}
    }

    @Test func aFolderThatCannotBeMadeIsRejected() {
        let error = #expect(throws: Rejected.self) { try Presence(in: "/proc/nowhere/agents", owner: "one") }
        #expect(error?.diagnostics.map(\.code) == ["state.unwritable"])
    }

    @Test func aClaimIsReadableForItsOwnerOnly() throws {
        let agents = folder.file("agents")
        let one = try Presence(in: agents, owner: "one")
        #expect(try folder.mode(of: "agents") == 0o700)
        #expect(try folder.mode(of: "agents/one") == 0o600)
        withExtendedLifetime(one) {}
    }

    /// The kernel gives up the lock of a process however it ends: here by `SIGKILL`, which nothing can answer.
    @Test func aProcessKilledInTheMidstIsGoneAtOnce() throws {
        let one = try Presence(in: folder.path, owner: "one")
        let child = try Child(holding: folder.file("killed"))
        #expect(!one.isGone("killed"))
        #expect(exists("killed"))
        child.kill()
        #expect(exists("killed"), "it had no time to remove its claim")
        #expect(one.isGone("killed"))
        #expect(!exists("killed"), "whoever finds a dead claim clears it away")
    }
}

private struct Missing: Error { let what: String }

/// Another process that holds the lock on a file until it is killed.
private final class Child {
    private let process: pid_t

    init(holding path: String) throws {
        let script = """
            import fcntl, os, sys, time
            claim = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(claim, fcntl.LOCK_EX)
            os.write(1, b"held")
            time.sleep(600)
            """
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        defer { posix_spawn_file_actions_destroy(&actions) }
        let texts = ["python3", "-c", script, path]
        let words: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
        defer { words.forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, "python3", &actions, nil, words + [nil], environ)
        guard code == 0 else { throw Missing(what: "python3") }
        self.process = process
        close(ends[1])
        defer { close(ends[0]) }
        var bytes = [UInt8](repeating: 0, count: 4)
        // It says so once it holds the lock; an end of file would mean that it could not.
        try #require(read(ends[0], &bytes, 4) == 4)
    }

    func kill() {
        Glibc.kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    deinit { Glibc.kill(process, SIGKILL) }
}
