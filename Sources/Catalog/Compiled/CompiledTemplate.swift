import Documents
import FoundationEssentials
import Provisioning

// A resolved template in a compiled catalog. What a record holds is said in two places, below each other; what is
// added to a resolved template is added to both.

extension ResolvedTemplate {
    /// Nil: an order has to say more before it is known what it comes to.
    func compiled() -> [UInt8]? {
        guard parameters.allSatisfy({ $0.usual != nil }) else { return nil }
        var writer = ByteWriter()
        writer.put(template.id.text)
        writer.put(account != nil)
        writer.put(account?.text ?? "")
        writer.put(api != nil)
        writer.put(api?.text ?? "")
        writer.put(Int64(filePriority))
        guard let template = try? JSONEncoder().encode(template), let warnings = try? warnings.compiled(),
            let parameters = try? parameters.compiled()
        else { return nil }
        writer.put(template)
        writer.put(warnings)
        writer.put(parameters)
        writer.put(place)
        var texts = TextTable()
        var values = ByteWriter()
        values.put(fields, &texts)
        writer.put(UInt32(texts.texts.count))
        for text in texts.texts { writer.put(text) }
        writer.put(raw: values.bytes)
        return writer.bytes
    }

    /// Nil: it is not that template's, or damaged.
    init?(compiled bytes: UnsafeRawBufferPointer, id: Template.ID) {
        var reader = ByteReader(bytes)
        guard reader.text() == id.text else { return nil }
        let hasAccount = reader.bool(), name = reader.text()
        account = hasAccount ? AccountName(name) : nil
        let hasAPI = reader.bool(), apiName = reader.text()
        api = hasAPI ? APIName(apiName) : nil
        filePriority = Int(reader.number(Int64.self))
        guard let template = try? JSONDecoder().decode(Template.self, from: Data(reader.blob())),
            let warnings = [Diagnostic](compiled: reader.blob()),
            let parameters = [Parameter](compiled: reader.blob())
        else { return nil }
        self.template = template
        self.warnings = warnings
        self.parameters = parameters
        place = reader.place()
        let texts = (0..<reader.count()).map { _ in reader.text() }
        guard let fields = reader.layered(texts, depth: 0), !reader.isDamaged, reader.isAtEnd else { return nil }
        self.fields = fields
    }
}

extension Array where Element: Codable {
    /// There are none nearly always, and a coder is not made for nothing.
    func compiled() throws -> [UInt8] { isEmpty ? [] : [UInt8](try JSONEncoder().encode(self)) }

    /// Nil: damaged.
    init?(compiled bytes: UnsafeRawBufferPointer) {
        self = []
        if bytes.isEmpty { return }
        guard let all = try? JSONDecoder().decode([Element].self, from: Data(bytes)) else { return nil }
        self = all
    }
}

// MARK: - Places

extension ByteWriter {
    fileprivate mutating func put(_ place: Place) {
        put(place.file)
        put(UInt32(truncatingIfNeeded: place.line))
        put(UInt32(truncatingIfNeeded: place.column))
    }
}

extension ByteReader {
    fileprivate mutating func place() -> Place {
        Place(file: text(), line: Int(number(UInt32.self)), column: Int(number(UInt32.self)))
    }
}

// MARK: - Fields with their origins

extension ByteWriter {
    fileprivate mutating func put(_ value: Layered, _ texts: inout TextTable) {
        put(texts.number(of: value.layer))
        let place = value.place
        put(place.map { texts.number(of: $0.file) + 1 } ?? 0)
        if let place {
            put(UInt32(truncatingIfNeeded: place.line))
            put(UInt32(truncatingIfNeeded: place.column))
        }
        if let fields = value.fields {
            put(UInt8(ascii: "m"))
            put(UInt32(fields.count))
            for field in fields {
                put(texts.number(of: field.key))
                put(field.value, &texts)
            }
        } else if let items = value.items {
            put(UInt8(ascii: "l"))
            put(UInt32(items.count))
            for item in items { put(item, &texts) }
        } else {
            put(UInt8(ascii: value.isNull ? "n" : value.isPlain ? "p" : "t"))
            put(texts.number(of: value.text ?? ""))
        }
    }
}

extension ByteReader {
    /// More than any document is deep.
    private static let depthMax = 200

    fileprivate mutating func layered(_ texts: [String], depth: Int) -> Layered? {
        guard depth < Self.depthMax else { return nil }
        func text(_ number: UInt32) -> String { number < texts.count ? texts[Int(number)] : "" }
        let layer = text(number())
        let file = number(UInt32.self)
        let place =
            file == 0
            ? nil
            : Place(file: text(file - 1), line: Int(number(UInt32.self)), column: Int(number(UInt32.self)))
        let origin = Origin(place: place, layer: layer)
        switch number(UInt8.self) {
        case UInt8(ascii: "m"):
            var fields: [(String, Layered)] = []
            for _ in 0..<count() {
                let key = text(number())
                guard let value = layered(texts, depth: depth + 1) else { return nil }
                fields.append((key, value))
            }
            return Layered(fields: fields, origin: origin)
        case UInt8(ascii: "l"):
            var items: [Layered] = []
            for _ in 0..<count() {
                guard let item = layered(texts, depth: depth + 1) else { return nil }
                items.append(item)
            }
            return Layered(items: items, origin: origin)
        case UInt8(ascii: "n"): return Layered(null: text(number()), origin: origin)
        case UInt8(ascii: "p"): return Layered(plain: text(number()), origin: origin)
        case UInt8(ascii: "t"): return Layered(text: text(number()), origin: origin)
        default: return nil
        }
    }
}
