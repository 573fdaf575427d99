import Documents
import Provisioning

/// What is chosen of a template's parameters.
enum Choice: Sendable {
    /// By an order, which gives all that have no default.
    case order([String: String])
    /// By nobody yet: what an order would have to give is made up, but for some.
    case look([String: String] = [:])

    var values: [String: String] {
        switch self {
        case .order(let values), .look(let values): values
        }
    }

    var isOrder: Bool { if case .order = self { true } else { false } }
}

/// Fills the parameters of a template, and references to what is outside it, into its fields.
struct Substitution {
    let template: String
    let parameters: [Parameter]
    /// By name: given, usual, or standing in for what an order would give.
    private(set) var values: [String: String] = [:]
    private(set) var diagnostics: [Diagnostic] = []
    /// Where a value stands that nobody can know before there is an order: what is wrong with it means nothing.
    private(set) var unknowns: Set<Place> = []
    private let references: References
    /// Parameters that an order is yet to give.
    private(set) var unknownNames: Set<String> = []

    init(_ template: String, _ declared: Layered?, _ choice: Choice, references: References) {
        self.template = template
        self.references = references
        (parameters, diagnostics) = declared.map { Parameter.read($0) } ?? ([], [])
        let given = choice.values
        if parameters.isEmpty, given.isEmpty { return }
        if let declared, declared.mentions("${") {
            diagnostics.append(
                Diagnostic(
                    .error, "template.reference", "a parameter's declaration cannot hold a `${`", at: declared.place,
                    hint: "write the value itself, or use the reference where the parameter is used"))
        }
        for parameter in parameters {
            if let text = given[parameter.name] {
                values[parameter.name] = text
                if let fault = parameter.fault(in: text) { refuse("`\(parameter.name)` \(fault)", nil) }
            } else if choice.isOrder, parameter.usual == nil {
                refuse("template `\(template)` needs a value for `\(parameter.name)`", parameter.wanted)
            } else {
                let standIn = parameter.standIn
                values[parameter.name] = standIn.text
                if standIn.isUnknown { unknownNames.insert(parameter.name) }
            }
        }
        let names = parameters.map(\.name)
        for name in given.keys.sorted() where !names.contains(name) {
            refuse(
                "template `\(template)` has no parameter `\(name)`",
                didYouMean(name, among: names)
                    ?? (names.isEmpty ? nil : "it has " + names.map { "`\($0)`" }.joined(separator: ", ")))
        }
    }

    private mutating func refuse(_ message: String, _ hint: String?) {
        diagnostics.append(Diagnostic(.error, "order.parameter", message, hint: hint))
    }

    /// Fields whose text is somebody else's: in them only the template's own parameters are filled in, so that a
    /// script may use the shell's `${…}`.
    private static let foreign: Set<String> = [
        TemplateKeys.userData.canonical, TemplateKeys.attributes.canonical, TemplateKeys.metadata.canonical,
        TemplateKeys.launchTemplateSpec.canonical, TemplateKeys.providerAPISpec.canonical,
    ]
    /// Fields that are settled before anything is filled in.
    private static let settled: Set<String> = [
        TemplateKeys.parameters.canonical, TemplateKeys.extends.canonical, TemplateKeys.id.canonical,
    ]

    mutating func fill(_ fields: Layered) -> Layered {
        // Most templates mention nothing; to see that takes no look at a key.
        guard fields.mentions("${") else { return fields }
        var result = fields
        for field in fields.fields ?? [] where !Substitution.settled.contains(field.key) {
            guard field.value.mentions("${") else { continue }
            let isForeign = Substitution.foreign.contains(field.key)
            if field.key == TemplateKeys.userData.canonical { warnOfReferences(in: field.value) }
            result = result.setting(
                field.key,
                to: field.value.replacingTexts(holding: "${") { text in
                    isForeign ? fillOwn(text) : fillAll(text)
                })
        }
        return result
    }

    /// A shell has `${name:-word}` too, so what looks like a reference of ours stays; but it was hardly meant to.
    private mutating func warnOfReferences(in script: Layered) {
        guard let text = script.text else { return }
        for mark in ["${file:", "${env:"] {
            guard let start = text[...].mark(of: mark) else { continue }
            let name = text[start...].dropFirst(mark.count).prefix { $0 != "}" }
            guard let first = name.first, first.isLetter || first == "/" || first == "." else { continue }
            diagnostics.append(
                Diagnostic(
                    .warning, "template.reference", "`\(mark)\(String(name).shortened)}` stays in the script as it is",
                    at: script.place, hint: "declare a parameter, or name a file with `machine_bootstrap_file`"))
        }
    }

    private mutating func fillOwn(_ value: Layered) -> Layered {
        let text = value.text ?? ""
        if text.mentions(unknownNames), let place = value.place { unknowns.insert(place) }
        return written(filled(text, with: values), for: text, at: value.origin)
    }

    /// What one whole parameter stands for keeps that parameter's type, where the type is looked at.
    private func written(_ text: String, for before: String, at origin: Origin) -> Layered {
        let isWhole = before.hasPrefix("${") && before.hasSuffix("}")
        let kind = isWhole ? parameters.first { $0.name == before.dropFirst(2).dropLast() }?.kind : nil
        switch kind {
        case .integer, .number, .boolean: return Layered(plain: text, origin: origin)
        default: return Layered(text: text, origin: origin)
        }
    }

    private mutating func fillAll(_ value: Layered) -> Layered {
        let text = value.text ?? ""
        if let list = wholeList(text, at: value.place) {
            return Layered(items: list.map { Layered(text: $0, origin: value.origin) }, origin: value.origin)
        }
        var result = ""
        var rest = text[...]
        while let mark = rest.mark(of: "${") {
            let before = rest[..<mark]
            guard let end = rest[mark...].firstIndex(of: "}") else {
                report("template.reference", "a `${` is not closed", value, nil)
                break
            }
            let name = rest[rest.index(mark, offsetBy: 2)..<end]
            if before.hasSuffix("$") {
                result += before.dropLast() + rest[mark...end]
            } else {
                result += before + meaning(of: name, in: value)
            }
            rest = rest[rest.index(after: end)...]
            // A short template can ask for a long file very often.
            if result.utf8.count > Substitution.bytesMax {
                report(
                    "template.reference", "a value comes to more than \(Substitution.bytesMax >> 20) MiB", value, nil)
                break
            }
        }
        return written(result + rest, for: text, at: value.origin)
    }

    private static let bytesMax = 1 << 20

    /// `${zones}` as a whole value is a list where that parameter is one.
    private mutating func wholeList(_ text: String, at place: Place?) -> [String]? {
        guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
        let name = text.dropFirst(2).dropLast()
        guard let parameter = parameters.first(where: { $0.name == name && $0.kind == .list }) else { return nil }
        if unknownNames.contains(parameter.name), let place { unknowns.insert(place) }
        return values[parameter.name].map { parameter.items(of: $0) }
    }

    private mutating func meaning(of name: Substring, in value: Layered) -> String {
        do throws(Rejected) {
            if name.hasPrefix("env:") { return try references.variable(String(name.dropFirst(4))) }
            if name.hasPrefix("file:") {
                let text = try references.file(String(name.dropFirst(5)), from: value.place).text
                // A file's last line ends like every other; a value does not.
                return text.last?.isNewline == true ? String(text.dropLast()) : text
            }
        } catch {
            for trouble in error.diagnostics { report(trouble.code, trouble.message, value, trouble.hint) }
            return unknown(name, in: value)
        }
        if unknownNames.contains(String(name)), let place = value.place { unknowns.insert(place) }
        if let known = values[String(name)] { return known }
        // One that an order has to give is reported already.
        if !parameters.contains(where: { $0.name == name }) {
            report(
                "template.unknown-parameter", "template `\(template)` has no parameter `\(name)`", value,
                didYouMean(String(name), among: parameters.map(\.name))
                    ?? "declare it under `parameters`, or write `$${\(name)}` for the text itself")
        }
        return unknown(name, in: value)
    }

    /// Left as it is written; what else is wrong with the value follows from that.
    private mutating func unknown(_ name: Substring, in value: Layered) -> String {
        if let place = value.place { unknowns.insert(place) }
        return "${\(name)}"
    }

    private mutating func report(_ code: String, _ message: String, _ value: Layered, _ hint: String?) {
        diagnostics.append(Diagnostic(.error, code, message, at: value.place, hint: hint))
    }
}

/// Text in which `${name}` is filled in where that is a parameter; all else, the shell's `${HOME}` among it, stays.
/// `$${name}` stands for the text itself.
func filled(_ text: String, with values: [String: String]) -> String {
    if values.isEmpty { return text }
    var result = ""
    var rest = text[...]
    while let mark = rest.mark(of: "${") {
        let before = rest[..<mark]
        let inside = rest[rest.index(mark, offsetBy: 2)...]
        guard let end = inside.firstIndex(of: "}"), let value = values[String(inside[..<end])] else {
            result += before + "${"
            rest = inside
            continue
        }
        if before.hasSuffix("$") {
            result += before.dropLast() + rest[mark...end]
        } else {
            result += before + value
        }
        rest = rest[rest.index(after: end)...]
    }
    return result + rest
}

extension String {
    /// Whether it refers to any of some parameters.
    func mentions(_ parameters: Set<String>) -> Bool { parameters.contains { contains("${\($0)}") } }
}

extension Substring {
    fileprivate func mark(of text: String) -> Index? {
        var at = startIndex
        while let found = self[at...].utf8.firstIndex(of: UInt8(ascii: "$")) {
            if self[found...].hasPrefix(text) { return found }
            at = index(after: found)
        }
        return nil
    }
}

extension Parameter {
    /// What to do about a value that is missing.
    fileprivate var wanted: String {
        let choice = kind == .enum ? values.joined(separator: " or ") : "VALUE"
        return "say `--set \(name)=\(choice)`" + (description.map { ": \($0)" } ?? "")
    }
}
