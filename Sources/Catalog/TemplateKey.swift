import Documents
import Provisioning

/// A key of a template as people and editors are told of it.
package struct TemplateKey: Sendable {
    /// What it may hold; `null`, which clears what a layer below says, is always among it.
    package indirect enum Value: Sendable {
        case text
        case id
        case boolean
        case integer(ClosedRange<Int>)
        /// A number of machines, at least 1; or the number that says there is no limit.
        case count(unlimited: Int)
        /// A number of machines, a percentage, or `all`.
        case share
        /// A number with a unit, as in `1h30m`.
        case duration
        /// An amount of money.
        case price
        /// One of a few words.
        case word([String])
        /// One of a few words, with or without hyphens, underscores and capitals.
        case spelling(of: [String])
        /// An API that machines can be launched by, or another tool's name for it.
        case api(foreign: [String: APIName])
        /// A name, a list of names, or a text with commas.
        case names
        /// Names, or a map of names to weights.
        case types
        /// A map of names to numbers.
        case weights
        /// A number, or a map with `min` and `max`.
        case bounds
        /// The same for sizes, as in `16GiB`.
        case sizeBounds
        /// A map, or a text `team=risk;env=prod`; names do not begin with what is reserved.
        case tags(max: Int, reserved: [String])
        /// A map with these keys.
        case map([TemplateKey])
        case mapOf(Value)
        case listOf(Value)
        case either([Value])
        /// A map in another's words.
        case anyMap
        /// Whatever another tool put there.
        case anything
        /// Nothing.
        case notYet
    }

    let name: FieldName
    package let value: Value
    /// In one sentence.
    package let meaning: String
    /// What an API needs to have for it; nil: every API can do it.
    let feature: Feature?

    init(_ name: FieldName, _ value: Value, _ meaning: String, feature: Feature? = nil) {
        self.name = name
        self.value = value
        self.meaning = meaning
        self.feature = feature
    }

    /// Its own name.
    package var key: String { name.canonical }
    /// The other names it is read under.
    package var aliases: [String] { Array(name.all.dropFirst()) }

    /// Whether it is the template's id.
    package var isID: Bool { key == TemplateKeys.id.canonical }

    /// Whether all templates of a file may share it: two cannot have one name or, but by mistake, one parent.
    package var mayBeDefault: Bool { ![TemplateKeys.id.canonical, TemplateKeys.extends.canonical].contains(key) }

    package var isSupported: Bool {
        if case .notYet = value { false } else { true }
    }
}
