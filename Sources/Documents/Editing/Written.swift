/// A value on its way into a document, or as it was read from one.
package enum Written: Sendable, Equatable {
    /// Nothing, which clears what a layer below says.
    case null
    /// A number, `true` or `false`, without quotes.
    case plain(String)
    case text(String)
    case list([Written])
    /// In the order they are written.
    case map([Field])

    package struct Field: Sendable, Equatable {
        package var key: String
        package var value: Written

        package init(_ key: String, _ value: Written) {
            self.key = key
            self.value = value
        }
    }

    package init(_ node: Node) {
        switch node.kind {
        case .list: self = .list(node.items.map { Written($0) })
        case .map: self = .map(node.fields.map { Field($0.key, Written($0.value)) })
        case .scalar:
            let text = node.text ?? ""
            self = node.isNull ? .null : node.isPlain ? Written(word: text) : .text(text)
        }
    }

    /// What a word without quotes is: nothing, a number, a truth, or text.
    package init(word: String) {
        switch word {
        case "null", "~": self = .null
        case "true", "false": self = .plain(word)
        default: self = isPlainNumber(word) ? .plain(word) : .text(word)
        }
    }

    /// The same with every number and truth as text.
    package var asText: Written {
        switch self {
        case .null, .text: self
        case .plain(let word): .text(word)
        case .list(let items): .list(items.map(\.asText))
        case .map(let fields): .map(fields.map { Field($0.key, $0.value.asText) })
        }
    }
}

/// Decimal, and one number to everybody: no leading zeros, no exponent.
private func isPlainNumber(_ word: String) -> Bool {
    let parts = (word.hasPrefix("-") ? word.dropFirst() : Substring(word))
        .split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else { return false }
    return parts[0] == "0" || !parts[0].hasPrefix("0")
}

// MARK: - Changed

/// A step from a value to one within it.
package enum Step: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case key(String)
    case item(Int)

    package init(stringLiteral key: String) { self = .key(key) }
    package init(integerLiteral number: Int) { self = .item(number) }
}

extension Written {
    /// The same with one value in another's place; a field that is not there is added, and the maps it is in.
    func setting(_ path: ArraySlice<Step>, to value: Written) -> Written {
        guard let step = path.first else { return value }
        let rest = path.dropFirst()
        switch (step, self) {
        case (.key(let key), .map(var fields)):
            if let index = fields.firstIndex(where: { $0.key == key }) {
                fields[index].value = fields[index].value.setting(rest, to: value)
            } else {
                fields.append(Field(key, Written.null.setting(rest, to: value)))
            }
            return .map(fields)
        case (.key(let key), _): return .map([Field(key, Written.null.setting(rest, to: value))])
        case (.item(let number), .list(var items)):
            items[number] = items[number].setting(rest, to: value)
            return .list(items)
        case (.item, _): return self
        }
    }

    /// The same without a field or an item.
    func removing(_ path: ArraySlice<Step>) -> Written {
        guard let step = path.first else { return .null }
        let rest = path.dropFirst()
        switch (step, self) {
        case (.key(let key), .map(var fields)):
            guard let index = fields.firstIndex(where: { $0.key == key }) else { return self }
            if rest.isEmpty {
                fields.remove(at: index)
            } else {
                fields[index].value = fields[index].value.removing(rest)
            }
            return .map(fields)
        case (.item(let number), .list(var items)):
            if rest.isEmpty { items.remove(at: number) } else { items[number] = items[number].removing(rest) }
            return .list(items)
        default: return self
        }
    }

    /// The same with one more item in the list that stands at a path, or will.
    func appending(_ value: Written, to path: ArraySlice<Step>) -> Written {
        let items: [Written] = if case .list(let items)? = self[path] { items } else { [] }
        return setting(path, to: .list(items + [value]))
    }

    subscript(path: ArraySlice<Step>) -> Written? {
        guard let step = path.first else { return self }
        switch (step, self) {
        case (.key(let key), .map(let fields)): return fields.first { $0.key == key }?.value[path.dropFirst()]
        case (.item(let number), .list(let items)):
            return items.indices.contains(number) ? items[number][path.dropFirst()] : nil
        default: return nil
        }
    }

    /// With the fields of every map by name.
    var inOrder: Written {
        switch self {
        case .null, .plain, .text: self
        case .list(let items): .list(items.map(\.inOrder))
        case .map(let fields):
            .map(fields.map { Field($0.key, $0.value.inOrder) }.sorted { $0.key < $1.key })
        }
    }
}
