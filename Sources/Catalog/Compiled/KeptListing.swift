import Provisioning

/// A listing as it was written once, still in the file it was kept in.
package struct KeptListing: @unchecked Sendable {
    private let file: MappedFile
    private let bytes: UnsafeRawBufferPointer
    package let diagnostics: [Diagnostic]

    init(file: MappedFile, bytes: UnsafeRawBufferPointer, diagnostics: [Diagnostic]) {
        self.file = file
        self.bytes = bytes
        self.diagnostics = diagnostics
    }

    package func withBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        try withExtendedLifetime(file) { try body(bytes) }
    }
}
