import Cloud
import Glibc
import Provisioning

/// The key that our owner tags are signed with: a file beside the ledger, made at first use.
///
/// Without it nothing can be proved to be ours, so nothing is swept: losing it is safe, if untidy.
enum OwnerKey {
    /// - Throws: `Rejected` if the file cannot be made, or holds something else.
    static func mark(in folder: String, _ surroundings: Surroundings) throws -> OwnerMark {
        let path = "\(folder)/owner.key"
        if access(path, F_OK) != 0 { try make(path, in: folder, surroundings) }
        guard let (ledger, key) = read(path).flatMap(parse) else {
            throw Rejected(
                Diagnostic(
                    .error, "state.damaged", "`\(path)` does not hold an owner key",
                    hint: "put back the file that was there, or remove it: instances made with the old key are then "
                        + "no longer known as ours"))
        }
        return OwnerMark(ledger: ledger, key: Array(key.utf8))
    }

    /// `ldg-… ` and 64 hexadecimal digits; a file cut short must not pass for a key that anybody could guess.
    private static func parse(_ text: String) -> (ledger: String, key: String)? {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count == 2, words[0].hasPrefix("ldg-"), words[1].utf8.count == 64,
            words[1].allSatisfy(\.isHexDigit)
        else { return nil }
        return (words[0], words[1])
    }

    private static func make(_ path: String, in folder: String, _ surroundings: Surroundings) throws {
        // Four times 64 bits of chance, as text.
        let key = (0..<4).map { _ in hex(surroundings.random()) }.joined()
        let text = "ldg-\(surroundings.freshName()) \(key)\n"
        let draft = "\(path).\(surroundings.freshName())"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw unwritable(path) }
        defer { unlink(draft) }
        let bytes = Array(text.utf8)
        guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0, close(file) == 0 else {
            throw unwritable(path)
        }
        // Whoever links first wins; everybody reads what stands there in the end.
        guard link(draft, path) == 0 || errno == EEXIST else { throw unwritable(path) }
    }

    private static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(file, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }

    private static func unwritable(_ path: String) -> Rejected {
        Rejected(
            Diagnostic(
                .error, "state.unwritable", "`\(path)` cannot be written: \(String(cString: strerror(errno)))",
                hint: "choose a folder you may write with `--state-dir` or `MUSTER_STATE_DIR`"))
    }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
