import Glibc
import Provisioning

/// The folder in which the clouds' lists of machine types are kept for the day: a file for each account.
///
/// A list can always be asked for again. So a file that is missing, old, damaged or another version's is no error:
/// there merely is no list.
package struct TypeListFiles: Sendable {
    private let folder: String

    package init(folder: String) { self.folder = folder }

    /// What was kept, of whatever age.
    ///
    /// - Parameter place: whom it was asked of, where; a list of another place is none.
    package func list(of account: AccountName, at place: String) -> TypeList? {
        guard let bytes = read(path(of: account)) else { return nil }
        return TypeListText.read(bytes, of: place)
    }

    /// Readers see all of it or what was there before. Where it cannot be written, the next process asks again.
    package func keep(_ list: TypeList, of account: AccountName, at place: String) {
        mkdir(folder, 0o700)
        let path = path(of: account), draft = "\(path).\(getpid()).draft"
        // One of the same name is what a killed process of our number left.
        unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        let isWritten = write(TypeListText.text(of: list, at: place), to: file)
        // Not synced: what a power cut leaves of it does not pass for whole.
        if close(file) != 0 || !isWritten || rename(draft, path) != 0 { unlink(draft) }
    }

    /// Names of accounts may have letters that no name of a file has.
    private func path(of account: AccountName) -> String {
        let name = account.text.utf8.reduce(into: "") { name, byte in
            let isPlain = byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || (0x30...0x39).contains(byte))
            name += isPlain || byte == UInt8(ascii: "-") ? String(Unicode.Scalar(byte)) : "_\(String(byte, radix: 16))"
        }
        return "\(folder)/\(name).types"
    }

    private func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_size <= TypeListFiles.sizeMax else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let part = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + count, $0.count - count) }
            if part < 0, errno == EINTR { continue }
            if part <= 0 { return nil }
            count += part
        }
        return bytes
    }

    /// Some ten times what the longest list there is takes.
    private static let sizeMax = 4_000_000

    private func write(_ text: String, to file: Int32) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(file, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }
}
