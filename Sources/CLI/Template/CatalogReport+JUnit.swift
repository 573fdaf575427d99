import Provisioning

extension CatalogReport {
    /// The report as JUnit XML, for test reports: a suite with one case for each file.
    ///
    /// Errors fail their file's case; warnings and notes only stand in its output.
    var junit: String {
        let suites = Dictionary(grouping: diagnostics) { file(of: $0) ?? CatalogReport.noFile }
        let names = Set(suites.keys).union(files).sorted()
        let failing = names.filter { suites[$0]?.hasErrors ?? false }.count
        var text = #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n"
        text +=
            #"<testsuites name="muster template validate" tests="\#(names.count)" failures="\#(failing)" errors="0">"#
        text += "\n"
        for name in names { text += suite(name, suites[name] ?? []) }
        return text + "</testsuites>\n"
    }

    /// The suite of what is wrong with no file in particular.
    private static let noFile = "catalog"

    private func suite(_ name: String, _ diagnostics: [Diagnostic]) -> String {
        let failures = diagnostics.filter { $0.severity == .error }
        let news = diagnostics.filter { $0.severity != .error }
        let name = XMLText.escaped(name)
        var text = """
              <testsuite name="\(name)" tests="1" failures="\(failures.isEmpty ? 0 : 1)" errors="0" skipped="0">
                <testcase name="\(name)" classname="muster.template.validate">

            """
        for failure in failures {
            text += """
                      <failure message="\(XMLText.escaped(failure.message))" type="\(XMLText.escaped(failure.code))">\
                \(XMLText.escaped(words(failure)))</failure>

                """
        }
        if !news.isEmpty {
            text += "      <system-out>\(XMLText.escaped(news.map(words).joined(separator: "\n")))</system-out>\n"
        }
        return text + "    </testcase>\n  </testsuite>\n"
    }

    private func words(_ diagnostic: Diagnostic) -> String {
        let place = diagnostic.place.map { "\($0): " } ?? ""
        let hint = diagnostic.hint.map { "\nhint: \($0)" } ?? ""
        return "\(place)\(diagnostic.severity.rawValue): \(diagnostic.message) [\(diagnostic.code)]\(hint)"
    }
}

/// Text within XML 1.0.
enum XMLText {
    /// As it may stand between tags and between double quotes.
    static func escaped(_ string: String) -> String {
        var text = ""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&apos;"
            // In an attribute they would be read as spaces.
            case "\n", "\r", "\t": text += "&#\(scalar.value);"
            // XML has no way to say them.
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: text += "\u{FFFD}"
            case _ where (0x7F...0x9F).contains(scalar.value): text += "&#\(scalar.value);"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
