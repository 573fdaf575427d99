import Provisioning

/// The text of a file, or what is wrong with it.
package func readText(_ path: String, atMost bytesMax: Int) throws(Rejected) -> String {
    do throws(FileTrouble) {
        guard let text = String(validating: try readFile(path, atMost: bytesMax), as: UTF8.self) else {
            throw FileTrouble.unreadable("it is not UTF-8 text")
        }
        return text
    } catch {
        switch error {
        case .missing: throw Rejected(Diagnostic(.error, "file.missing", "there is no file `\(path)`"))
        case .unreadable(let why):
            throw Rejected(Diagnostic(.error, "file.unreadable", "`\(path)` cannot be read: \(why)"))
        case .tooLarge:
            throw Rejected(Diagnostic(.error, "file.too-large", "`\(path)` has more than \(bytesMax >> 10) KiB"))
        }
    }
}
