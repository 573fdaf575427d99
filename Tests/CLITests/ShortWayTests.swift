import Testing

@testable import CLI

struct ShortWayTests {
    @Test(arguments: [
        ["template", "list"], ["template", "list", "-o", "json"],
        ["template", "list", "--output", "ids", "--config", "c"],
        ["template", "list", "--templates", "t", "--state-dir", "s", "--config", "c", "-o", "yaml"],
    ])
    func itUnderstandsAsTheParserDoes(_ arguments: [String]) throws {
        let short = try #require(ShortWay(arguments))
        let parsed = try #require(try Muster.parseAsRoot(arguments) as? TemplateList)
        #expect(short.config == parsed.options.config)
        #expect(short.stateDirectory == parsed.options.stateDir)
        #expect((short.templates.map { [$0] } ?? []) == parsed.options.templates)
        #expect((short.output ?? .table) == parsed.output.output)
    }

    @Test(arguments: [
        [], ["template"], ["template", "show"], ["template", "list", "--help"], ["template", "list", "-v"],
        ["template", "list", "-o"], ["template", "list", "-o", "xml"], ["template", "list", "-ojson"],
        ["template", "list", "--output=json"], ["template", "list", "--config", "--help"],
        ["template", "list", "a", "b"],
        ["template", "list", "-o", "json", "-o", "ids"], ["template", "list", "--templates", "a", "--templates", "b"],
        ["machine", "list"], ["template", "list", "--config", ""],
    ])
    func itLeavesTheRestToTheParser(_ arguments: [String]) {
        #expect(ShortWay(arguments) == nil)
    }
}
