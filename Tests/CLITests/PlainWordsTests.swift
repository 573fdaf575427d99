import ArgumentParser
import Testing

@testable import CLI

struct PlainWordsTests {
    /// Every property is told, so that one that was forgotten shows.
    @Test(arguments: [
        "template list", "template list -o json", "template list --output ids --config c",
        "template list --templates t --state-dir s --config c -o yaml",
        "request create small 5", "request create small --wait 5 -o ids",
        "request create small 5 --dry-run --ask-cloud",
        "request create small 5 --account a --key k --at-least 3 --deadline 10m --lifetime 8h --tag a=b --set c=d",
        "request create --templates t --state-dir s --config c -o yaml small 5",
        "request show req-1", "request show req-1 --wait -o json --config c",
        "machine list", "machine list --request req-1 --state running --output ids",
        "machine return mch-1 mch-2 --wait", "machine return --request req-1 --state-dir s -o json",
    ])
    func itUnderstandsAsTheParserDoes(_ line: String) throws {
        let words = line.split(separator: " ").map { String($0) }
        let plain = try #require(plainCommand(words))
        let parsed = try Muster.parseAsRoot(words)
        #expect(String(describing: type(of: plain)) == String(describing: type(of: parsed)))
        let properties = settings(of: plain)
        #expect(properties == settings(of: parsed))
        #expect(!properties.contains { $0.contains("definition") })
    }

    @Test(arguments: [
        "", "template", "template show", "template list --help", "template list -v", "template list -o",
        "template list -o xml", "template list -ojson", "template list --output=json", "template list --config --help",
        "template list a b", "template list -o json -o ids", "template list -o json --output json",
        "template list --templates a --templates b", "machine show mch-1",
        "request create", "request create small", "request create small five", "request create small 5 6",
        "request create small -5", "request create small 5 --wait --wait", "request create small 5 --wait=true",
        "request create small 5 --wait --dry-run", "request create small 5 --ask-cloud", "request create small 5 --wat",
        "request create small 5 --tag a=b --tag c=d", "request create small 5 --tag ab",
        "request create small 5 --deadline soon", "request create small 5 -- --wait", "request show",
        "machine list mch-1", "machine list --state gone", "machine return", "machine return --wait",
    ])
    func itLeavesTheRestToTheParser(_ line: String) {
        #expect(plainCommand(line.split(separator: " ").map { String($0) }) == nil)
    }

    @Test func anEmptyValueIsLeftToTheParser() {
        #expect(plainCommand(["template", "list", "--config", ""]) == nil)
    }

    /// What each property holds, as its wrapper keeps it.
    private func settings(of command: some ParsableArguments) -> [String] {
        Mirror(reflecting: command).children.flatMap { child -> [String] in
            let name = child.label ?? "?"
            if let options = child.value as? OptionGroup<HouseOptions> { return settings(of: options.wrappedValue) }
            if let options = child.value as? OptionGroup<OutputOptions> { return settings(of: options.wrappedValue) }
            return ["\(name): \(kept(by: child.value))"]
        }
    }

    private func kept(by wrapper: Any) -> String {
        guard let value = Mirror(reflecting: wrapper).children.first?.value else { return "\(wrapper)" }
        return "\(value)"
    }
}
