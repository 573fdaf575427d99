import Documents
import Provisioning

/// A key of a template as people and editors are told of it.
package struct TemplateKey: Sendable {
    /// What it may hold; `null`, which clears what a layer below says, is always among it.
    package enum Value: Sendable, Equatable {
        case text
        case id
        case boolean
        case integer(ClosedRange<Int>)
        /// A number of machines, at least 1; or the number that says there is no limit.
        case count(unlimited: Int)
        /// A number with a unit, as in `1h30m`.
        case duration
        /// One of a few words.
        case word([String])
        /// An API that machines can be launched by, or another tool's name for it.
        case api(foreign: [String: APIName])
        /// A name, a list of names, or a text with commas.
        case names
        /// Names, or a map of names to weights, all 1.
        case types
        /// A map, or a text `team=risk;env=prod`; names do not begin with what is reserved.
        case tags(max: Int, reserved: [String])
        /// The script itself, not the name of a file, which would begin like one of these.
        case script(notBeginning: [String])
        /// Whatever another tool put there.
        case anything
        /// Nothing but what happens anyway.
        case notYet(except: [String])
    }

    let name: FieldName
    package let value: Value
    /// In one sentence.
    package let meaning: String

    init(_ name: FieldName, _ value: Value, _ meaning: String) {
        self.name = name
        self.value = value
        self.meaning = meaning
    }

    /// Its own name.
    package var key: String { name.canonical }
    /// The other names it is read under.
    package var aliases: [String] { Array(name.all.dropFirst()) }

    /// Whether all templates of a file may share it: two cannot have one name or, but by mistake, one parent.
    package var mayBeDefault: Bool { ![TemplateKeys.id.canonical, TemplateKeys.extends.canonical].contains(key) }

    package var isSupported: Bool {
        if case .notYet = value { false } else { true }
    }
}
