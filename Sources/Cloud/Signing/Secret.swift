/// Text that must never be shown: it prints as `<secret>` wherever a value is printed, dumped or mirrored.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// For signing and nothing else.
    package let revealed: String

    package init(_ revealed: String) { self.revealed = revealed }

    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
