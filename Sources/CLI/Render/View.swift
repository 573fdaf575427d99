/// All that one command has to show. Each form is made only if it is asked for.
struct View {
    /// What the JSON and YAML forms call it: `requests`.
    let noun: String
    let value: () -> Rendered
    /// Nil: what is shown has no ids.
    let ids: (() -> [String])?
    let blocks: () -> [Block]

    init(
        _ noun: String, value: @escaping () -> Rendered, ids: (() -> [String])?, blocks: @escaping () -> [Block]
    ) {
        self.noun = noun
        self.value = value
        self.ids = ids
        self.blocks = blocks
    }

    /// A part of what a person sees; an empty line stands between two of them.
    enum Block: Equatable {
        case table(Table)
        case facts([Fact])
        case lines([String])
    }

    /// Something about one thing, as `state   open`.
    struct Fact: Equatable {
        let name: String
        let value: String

        /// Nil where there is nothing to say.
        init?(_ name: String, _ value: String?) {
            guard let value, !value.isEmpty else { return nil }
            self.name = name
            self.value = value
        }
    }
}
