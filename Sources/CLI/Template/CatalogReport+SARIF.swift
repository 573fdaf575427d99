import Provisioning

extension CatalogReport {
    /// The report as SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/.
    ///
    /// Files under the working directory are named relative to it, as code scanning wants them.
    func sarif(workingDirectory: String) -> String {
        let codes = Set(diagnostics.map(\.code)).sorted()
        let ruleIndexes = Dictionary(uniqueKeysWithValues: zip(codes, 0...))
        return JSONText.document([
            "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            "version": "2.1.0",
            "runs": .list([
                [
                    "tool": [
                        "driver": [
                            "name": "muster",
                            "version": .text(Muster.version),
                            "rules": .list(codes.map(rule)),
                        ]
                    ],
                    // As places count; without it columns would be taken for UTF-16 units.
                    "columnKind": "unicodeCodePoints",
                    "results": .list(
                        diagnostics.map { result($0, ruleIndexes[$0.code], workingDirectory: workingDirectory) }),
                ]
            ]),
        ])
    }

    private func rule(_ code: String) -> Rendered {
        ["id": .text(code), "shortDescription": ["text": .text(DiagnosticMeaning.text(of: code))]]
    }

    private func result(_ diagnostic: Diagnostic, _ rule: Int?, workingDirectory: String) -> Rendered {
        let hint = diagnostic.hint.map { "\nhint: \($0)" } ?? ""
        var fields: [Rendered.Field] = [
            .init(key: "ruleId", value: .text(diagnostic.code)),
            .init(key: "ruleIndex", value: .integer(rule)),
            .init(key: "level", value: .text(diagnostic.severity.rawValue)),
            .init(key: "message", value: ["text": .text(diagnostic.message + hint)]),
        ]
        if let file = file(of: diagnostic) {
            var location: [Rendered.Field] = [
                .init(
                    key: "artifactLocation",
                    value: ["uri": .text(FileReference.uri(of: file, from: workingDirectory))])
            ]
            if let place = diagnostic.place {
                location.append(
                    .init(
                        key: "region",
                        value: ["startLine": .integer(place.line), "startColumn": .integer(place.column)]))
            }
            fields.append(.init(key: "locations", value: .list([["physicalLocation": .object(location)]])))
        }
        return .object(fields)
    }
}

/// A file's name as a reference by URI (RFC 3986).
enum FileReference {
    /// Relative to the directory if the file is under it or its name is relative; else `file:///…`.
    static func uri(of file: String, from directory: String) -> String {
        var path = Substring(file)
        let root = directory.hasSuffix("/") ? directory : directory + "/"
        if path.hasPrefix(root), path.count > root.count { path = path.dropFirst(root.count) }
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        let encoded = path.utf8.reduce(into: "") { text, byte in
            if isPlain(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return path.hasPrefix("/") ? "file://" + encoded : encoded
    }

    /// Letters, digits and what stands for itself anywhere in a path.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || "-._~/".utf8.contains(byte)
    }
}
