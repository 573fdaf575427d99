import Provisioning

extension Layered {
    package struct Field: Sendable {
        let name: FieldKey
        package let value: Layered
        /// The number of its key's cell in the document of its value; 0: its key is in no document.
        private let keyCell: UInt32
        /// Its position among the names that its map was put under; -1: it is none of them.
        private let position: Int32

        /// A field as a document has it, under the name of its key unless another is given.
        init(_ source: Source, key: Int, value: Int) {
            name = FieldKey(source.tree, key: key)
            self.value = Layered(source, value)
            keyCell = UInt32(key)
            position = -1
        }

        /// The same under its own name.
        init(_ source: Source, key: Int, value: Int, named number: Int, among names: FieldNames) {
            name = names.own[number]
            self.value = Layered(source, value)
            keyCell = UInt32(key)
            position = Int32(number)
        }

        /// A field that is in no document.
        init(_ name: FieldKey, value: Layered) {
            self.name = name
            self.value = value
            keyCell = 0
            position = -1
        }

        private init(_ field: Field, value: Layered) {
            name = field.name
            keyCell = field.keyCell
            position = field.position
            self.value = value
        }

        /// This field with another value.
        func holding(_ other: Layered) -> Field {
            Field(self, value: other.source.tree === value.source.tree ? other : other.copied(under: value.source.tree))
        }

        package var key: String { name.text }
        /// Its position among the names that its map was put under; nil: it is none of them, or was put under none.
        package var number: Int? { position < 0 ? nil : Int(position) }
        /// As its writer spelled it, which may be an alias of `key`.
        package var writtenKey: String { (keyCell == 0 ? nil : value.source.tree.text(of: Int(keyCell))) ?? name.text }
        package var keyPlace: Place? { keyCell == 0 ? value.place : value.source.tree.place(of: Int(keyCell)) }
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
