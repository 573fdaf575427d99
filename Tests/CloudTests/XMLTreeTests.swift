import Cloud
import Testing

@Suite struct XMLTreeTests {
    private func failure(of text: String) -> XMLError? {
        do throws(XMLError) {
            _ = try XMLTree.parse(Array(text.utf8))
            return nil
        } catch { return error }
    }

    @Test func aReplyReadsAsItIsWritten() throws {
        let reply = """
            <?xml version="1.0" encoding="UTF-8"?>
            <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
                <requestId>8f7724cf</requestId>
                <reservationSet>
                    <item><reservationId>r-1</reservationId><tags/></item>
                    <!-- not an element -->
                    <item><reservationId>r-2</reservationId></item>
                    <note>kept apart</note>
                </reservationSet>
            </DescribeInstancesResponse>
            """
        let root = try XMLTree.parse(Array(reply.utf8))
        #expect(root.name == "DescribeInstancesResponse")
        #expect(root.text == "")
        #expect(root.text("requestId") == "8f7724cf")
        let set = try #require(root["reservationSet"])
        #expect(set.children("item").map { $0.text("reservationId") } == ["r-1", "r-2"])
        #expect(set.children().map(\.name) == ["item", "item", "note"])
        #expect(set.children("item")[0].text("tags") == "")
        #expect(set["reservationId"] == nil)
        #expect(root["nowhere"] == nil)
        #expect(root.children("nowhere").isEmpty)
    }

    @Test func charactersAreReadWhateverTheirSpelling() throws {
        let reply = "<a><b> x &amp; &lt;y&gt; &#x1F600;&#233; <![CDATA[<c>]]> </b><e>é\u{1F600}\nz</e></a>"
        let root = try XMLTree.parse(Array(reply.utf8))
        #expect(root.text("b") == " x & <y> \u{1F600}é <c> ")
        #expect(root.text("e") == "é\u{1F600}\nz")
    }

    @Test func otherEncodingsBecomeUTF8() throws {
        let latin = Array("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>".utf8) + [0xE9] + Array("</a>".utf8)
        #expect(try XMLTree.parse(latin).text == "é")
    }

    @Test func namespacePrefixesDoNotCount() throws {
        let reply = "<s:Envelope xmlns:s=\"urn:s\"><s:Body><x>1</x></s:Body></s:Envelope>"
        let root = try XMLTree.parse(Array(reply.utf8))
        #expect(root.name == "Envelope")
        #expect(root["Body"]?.text("x") == "1")
    }

    @Test func manyDifferentNamesAreKeptApart() throws {
        let names = (0..<1000).map { "name\($0)" }
        let reply = "<all>" + names.map { "<\($0)>\($0)!</\($0)>" }.joined() + "</all>"
        let root = try XMLTree.parse(Array(reply.utf8))
        #expect(names.allSatisfy { root.text($0) == "\($0)!" })
        #expect(root.children().map(\.name) == names)
    }

    // MARK: What is refused

    @Test(arguments: [
        "<!DOCTYPE a><a/>", "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
        "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>",
    ])
    func aDocumentTypeIsRefused(_ text: String) {
        #expect(failure(of: text)?.reason == "it has a document type")
    }

    @Test func anUnknownEntityIsRefused() {
        #expect(failure(of: "<a>&nbsp;</a>")?.reason == "undefined entity")
    }

    @Test func nestingHasABound() {
        func nested(_ depth: Int) -> String {
            String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        }
        #expect(failure(of: nested(XMLTree.depthMax)) == nil)
        #expect(failure(of: nested(XMLTree.depthMax + 1))?.reason == "it is nested too deeply")
        #expect(failure(of: nested(100_000))?.reason == "it is nested too deeply")
    }

    @Test func sizeHasABound() {
        let text = "<a>" + String(repeating: "x", count: XMLTree.bytesMax) + "</a>"
        #expect(failure(of: text)?.reason == "it is larger than 67108864 bytes")
    }

    @Test(arguments: ["", "   ", "<a>", "<a></b>", "<a/><b/>", "plain", "<a>\u{1}</a>", "{\"json\": true}", "<a b=1/>"])
    func whatIsNotXMLIsRefused(_ text: String) {
        #expect(failure(of: text) != nil)
    }

    @Test func everyBeginningOfAReplyIsRefused() {
        let reply = Array("<a><b>x&amp;é</b><!-- c --><c><![CDATA[d]]></c></a>".utf8)
        for count in 0..<reply.count {
            #expect(throws: XMLError.self) { try XMLTree.parse(Array(reply[..<count])) }
        }
    }

    @Test func anErrorSaysWhereAndShowsNothingOfTheDocument() throws {
        let error = try #require(failure(of: "<a>\n  <secretAccessKey>hidden</a>"))
        #expect(error.line == 2)
        #expect(error.column == 28)
        #expect(error.description == "the XML cannot be read at line 2, column 28: mismatched tag")
    }
}
