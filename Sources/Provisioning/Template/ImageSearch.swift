/// A way to say an image by what it is: of all that match, the newest that can be used.
package struct ImageSearch: Hashable, Sendable, Codable {
    /// Who published it: an account's number, or an alias such as `amazon`; nil: one's own.
    package var owner: String?
    /// The image's name, in which `*` stands for anything.
    package var name: String
    package var architecture: Architecture?

    package init(owner: String? = nil, name: String, architecture: Architecture? = nil) {
        self.owner = owner
        self.name = name
        self.architecture = architecture
    }
}

extension ImageSearch: CustomStringConvertible {
    /// `newest al2023-ami-* of amazon for arm64`
    package var description: String {
        "newest \(name) of \(owner ?? "one's own")" + (architecture.map { " for \($0.rawValue)" } ?? "")
    }
}

/// What kind of processor a machine has.
package enum Architecture: String, Hashable, Sendable, Codable, CaseIterable {
    case x86 = "x86_64"
    case arm = "arm64"
}
