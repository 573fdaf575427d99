import Provisioning

/// Reads the fields of a map into values, and remembers what is wrong with them.
///
///     var reader = FieldReader(map, what: "account")
///     let region = reader.required("region") { $0.string($1) }
///     let retries = reader.integer("retries", in: 0...10) ?? 3
///     diagnostics += reader.finish()
///
/// The field decides how its text is read, not the text: a `string` takes `no`, `0777` and `1e3` as written.
/// A field that is null counts as not given. `finish` reports every key that nobody asked for.
package struct FieldReader {
    /// What the map is, in a person's words: `template`. Unknown keys are reported as `template.unknown-key`.
    package let what: String
    /// What a key of it is called, if not by that.
    private let called: String?
    package let map: Layered
    package private(set) var diagnostics: [Diagnostic] = []

    let fields: [Layered.Field]
    private let positions: Positions
    private var wasRead: [Bool]
    /// What was asked for so far, given or not; kept only if it is not known beforehand what can be asked for.
    package private(set) var asked: [FieldName] = []
    private let names: [FieldName]?
    private let isUnderOwnNames: Bool

    /// - Parameters:
    ///   - names: what a mistyped key may have been meant to be; nil: anything that is asked for.
    ///   - isUnderOwnNames: whether the map has been put under own names, so that no other is looked for.
    package init(
        _ map: Layered, what: String, called: String? = nil, among names: [FieldName]? = nil,
        isUnderOwnNames: Bool = false
    ) {
        self.isUnderOwnNames = isUnderOwnNames
        self.what = what
        self.called = called
        self.names = names
        self.map = map
        fields = map.fields ?? []
        positions = Positions(fields)
        wasRead = Array(repeating: false, count: fields.count)
        if map.kind != .map, !map.isNull {
            let subject = called == nil ? "\(article(what)) is a map of fields" : "a map is wanted here"
            report("field.type", "\(subject), not \(map.shown)", at: map.place)
        }
    }

    /// A field as it is written, or nil if it is not given or null. Reading it so counts as reading it.
    package mutating func field(_ name: FieldName) -> Layered.Field? { index(of: name).map { fields[$0] } }

    /// The position of that field among all fields: most values are read without a copy of it.
    mutating func index(of name: FieldName) -> Int? {
        if names == nil { asked.append(name) }
        var found = positions.find(name.own, in: fields)
        if let found { wasRead[found] = true }
        for other in isUnderOwnNames ? [] : name.others {
            guard let index = positions.find(other, in: fields) else { continue }
            wasRead[index] = true
            if let found {
                if let clash = clash(fields[found], fields[index]) { diagnostics.append(clash) }
            } else {
                found = index
            }
        }
        guard let found, !fields[found].value.isNull else { return nil }
        return found
    }

    /// Whether a field is given; does not count as reading it.
    package func has(_ name: FieldName, unlessNull: Bool = false) -> Bool {
        fields.contains { field in
            name.keys.contains(field.name) && !(unlessNull && field.value.isNull)
        }
    }

    /// The fields nobody asked for so far.
    package var unread: [Layered.Field] { fields.indices.filter { !wasRead[$0] }.map { fields[$0] } }

    /// Accepts fields without reading them.
    package mutating func accept(_ names: FieldName...) { accept(names) }

    package mutating func accept(_ names: [FieldName]) { for name in names { _ = index(of: name) } }

    /// Adds what the caller found wrong.
    package mutating func report(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

    package mutating func report(_ code: String, _ message: String, at place: Place?, hint: String? = nil) {
        diagnostics.append(Diagnostic(.error, code, message, at: place, hint: hint))
    }

    /// Reads a field that must be given.
    package mutating func required<Value>(
        _ name: FieldName, _ read: (inout FieldReader, FieldName) -> Value?
    ) -> Value? {
        let errors = diagnostics.count
        let value = read(&self, name)
        // A field that is there but wrong was reported already.
        if value == nil, diagnostics.count == errors {
            let cleared = fields.first { field in name.keys.contains(field.name) }
            report(
                "field.missing",
                called == nil ? "\(article(what)) needs `\(name.canonical)`" : "`\(name.canonical)` is missing here",
                at: cleared?.keyPlace ?? map.place)
        }
        return value
    }

    /// All that is wrong with the map, keys nobody asked for among it.
    package mutating func finish() -> [Diagnostic] {
        let known = wasRead.allSatisfy(\.self) ? [] : (names ?? asked).flatMap(\.all)
        var unknown = 0
        for (index, field) in fields.enumerated() where !wasRead[index] {
            unknown += 1
            // Looking for a name among all names costs more than reading the field did.
            let hint = unknown <= 100 ? didYouMean(field.writtenKey, among: known) : nil
            report(
                "\(what).unknown-key",
                "`\(field.writtenKey.shortened)` is not \(article(called ?? "\(what) key"))", at: field.keyPlace,
                hint: hint)
        }
        return diagnostics
    }

    private func article(_ noun: String) -> String { ("aeiou".contains(noun.prefix(1)) ? "an " : "a ") + noun }
}

extension Layered {
    /// The value in a few words, for a sentence that ends "not …".
    package var shown: String {
        switch kind {
        case .list: "a list"
        case .map: "a map"
        case .scalar: "`\((text ?? "").shortened)`"
        }
    }
}
