/// An XML document as it is written, an element at a time.
struct XMLText {
    private(set) var bytes: [UInt8] = Array(#"<?xml version="1.0" encoding="UTF-8"?>"#.utf8) + [10]

    /// An element with others inside.
    mutating func element(_ name: StaticString, _ content: (inout XMLText) -> Void) {
        open(name)
        content(&self)
        close(name)
    }

    /// An element with text inside, or none at all where there is none to write.
    mutating func element(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        open(name)
        write(escaped: text)
        close(name)
    }

    mutating func element(_ name: StaticString, _ number: Int) { element(name, String(number)) }
    mutating func element(_ name: StaticString, _ flag: Bool) { element(name, flag ? "true" : "false") }

    /// Elements whose names are known only when the call is.
    mutating func named(_ name: String, _ content: (inout XMLText) -> Void) {
        write("<\(name)>")
        content(&self)
        write("</\(name)>")
    }

    mutating func named(_ name: String, _ text: String) {
        named(name) { $0.write(escaped: text) }
    }

    mutating func write(_ tags: [Launch.Tag]) {
        for tag in tags {
            element("item") { text in
                text.element("key", tag.key)
                text.element("value", tag.value)
            }
        }
    }

    /// The outermost element; its name is known only when the call is.
    mutating func root(_ name: String, namespace: String?, _ content: (inout XMLText) -> Void) {
        write("<\(name)")
        if let namespace { write(" xmlns=\"\(namespace)\"") }
        write(">")
        content(&self)
        write("</\(name)>\n")
    }

    private mutating func open(_ name: StaticString) {
        bytes.append(UInt8(ascii: "<"))
        write(name)
        bytes.append(UInt8(ascii: ">"))
    }

    private mutating func close(_ name: StaticString) {
        bytes.append(UInt8(ascii: "<"))
        bytes.append(UInt8(ascii: "/"))
        write(name)
        bytes.append(UInt8(ascii: ">"))
    }

    private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func write(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func write(escaped text: String) {
        // Nearly every text can stand as it is, and then it is copied in one piece.
        let isPlain = text.utf8.allSatisfy { $0 >= 32 && $0 != 38 && $0 != 60 && $0 != 62 }
        if isPlain { return write(text) }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): write("&lt;" as StaticString)
            case UInt8(ascii: ">"): write("&gt;" as StaticString)
            case UInt8(ascii: "&"): write("&amp;" as StaticString)
            // A reader turns these three into a line feed or a blank unless they are written as numbers.
            case 13: write("&#xD;" as StaticString)
            case 10: write("&#xA;" as StaticString)
            case 9: write("&#x9;" as StaticString)
            // XML 1.0 has no way to write the other controls.
            case 0..<32: write("?" as StaticString)
            default: bytes.append(byte)
            }
        }
    }
}
