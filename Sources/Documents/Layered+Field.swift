import Provisioning

extension Layered {
    package struct Field: Sendable {
        let name: FieldKey
        package let value: Layered
        /// The number of its key's cell in the document of its value; 0: its key is in no document.
        private let keyCell: Int

        /// A field as a document has it, under the name of its key unless another is given.
        init(_ source: Source, key: Int, value: Int, named name: FieldKey? = nil) {
            self.name = name ?? FieldKey(source.tree, key: key)
            self.value = Layered(source, value)
            keyCell = key
        }

        /// A field that is in no document.
        init(_ name: FieldKey, value: Layered) {
            self.name = name
            self.value = value
            keyCell = 0
        }

        private init(_ field: Field, value: Layered) {
            name = field.name
            keyCell = field.keyCell
            self.value = value
        }

        /// This field with another value.
        func holding(_ other: Layered) -> Field {
            Field(self, value: other.source.tree === value.source.tree ? other : other.copied(under: value.source.tree))
        }

        package var key: String { name.text }
        /// As its writer spelled it, which may be an alias of `key`.
        package var writtenKey: String { (keyCell == 0 ? nil : value.source.tree.text(of: keyCell)) ?? name.text }
        package var keyPlace: Place? { keyCell == 0 ? value.place : value.source.tree.place(of: keyCell) }
    }

    /// The same for a key that is written in another document.
    private func copied(under tree: Tree) -> Layered {
        let text = text ?? ""
        let copy: Made.Value =
            if let fields { .fields(fields) } else if let items { .items(items) } else if isNull { .null(text) } else {
                isPlain ? .plain(text) : .text(text)
            }
        return Layered(copy, origin, tree: tree)
    }
}
