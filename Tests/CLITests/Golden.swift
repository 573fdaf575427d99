import Foundation
import Testing

@testable import CLI

private let folder = URL(filePath: #filePath).deletingLastPathComponent()

/// The folder of the template files that views of templates are tried on.
let catalogFolder = folder.appending(path: "Catalog").path

/// Holds a text to a file that a person has read. `MUSTER_WRITE_GOLDEN=1` writes the files anew, to be read again.
func expectGolden(_ text: String, _ name: String, _ location: SourceLocation = #_sourceLocation) throws {
    let file = folder.appending(path: "Golden/\(name)")
    if ProcessInfo.processInfo.environment["MUSTER_WRITE_GOLDEN"] == "1" {
        try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(text == (try String(contentsOf: file, encoding: .utf8)), "\(name)", sourceLocation: location)
}

/// Holds a view to its golden files, one for each notation it has.
func expectGolden(_ view: View, _ name: String, _ location: SourceLocation = #_sourceLocation) throws {
    for format in OutputFormat.allCases where format != .ids || view.ids != nil {
        try expectGolden(format.text(of: view), "\(name).\(format == .table ? "txt" : format.rawValue)", location)
    }
}
