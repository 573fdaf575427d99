/// A value on its way to a reader: what a command has to say, before anybody chose a notation for it.
enum Rendered: Equatable, Sendable {
    /// In the order a reader should meet them.
    case object([Field])
    case list([Rendered])
    case text(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case null

    struct Field: Equatable, Sendable {
        let key: String
        let value: Rendered
    }
}

extension Rendered {
    static func text(_ text: String?) -> Rendered { text.map { .text($0) } ?? .null }
    static func integer(_ number: Int?) -> Rendered { number.map { .integer($0) } ?? .null }
    static func boolean(_ claim: Bool?) -> Rendered { claim.map { .boolean($0) } ?? .null }
    static func texts(_ texts: [String]) -> Rendered { .list(texts.map { .text($0) }) }

    /// A map whose keys have no order of their own, by name.
    static func texts(_ map: [String: String]) -> Rendered {
        .object(map.sorted { $0.key < $1.key }.map { Field(key: $0.key, value: .text($0.value)) })
    }
}

extension Rendered: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral fields: (String, Rendered)...) {
        self = .object(fields.map { Field(key: $0.0, value: $0.1) })
    }
}

extension Rendered: ExpressibleByStringLiteral {
    init(stringLiteral text: String) { self = .text(text) }
}
