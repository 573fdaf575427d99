import Cloud
import CloudEmulator
import FoundationEssentials
import Provisioning
import Testing

/// What the real Azure answered is asked of the emulated one: the same status, the same headers, the same fields.
@Suite struct RecordedAzureTests {
    private struct Exchange {
        let story, method, path, query: String
        let request: JSONValue?
        let status: Int
        let headers: [String]
        let answer: JSONValue?

        init(_ line: JSONValue) {
            let target = (line["target"]?.string ?? "").split(separator: "?", maxSplits: 1).map(String.init)
            story = line["story"]?.string ?? ""
            method = line["method"]?.string ?? ""
            path = target.first ?? ""
            query = target.count > 1 ? target[1] : ""
            request = line["request"].flatMap { $0.isNull ? nil : $0 }
            status = line["status"]?.integer ?? 0
            headers = line["headers"]?.array?.compactMap(\.string) ?? []
            answer = line["answer"].flatMap { $0.isNull ? nil : $0 }
        }

        var isAboutOperation: Bool { path.lowercased().contains("/operation") }
        var wantsResult: Bool { path.lowercased().contains("/operationresults/") || query.contains("monitor=true") }
        var isUnderWay: Bool { answer?["status"] == "InProgress" || status == 202 }
    }

    /// They belong to the wire, or to the machines that answered.
    private static let ofTheWire: Set = [
        "content-encoding", "content-length", "date", "transfer-encoding", "vary", "x-ms-request-charge",
        "x-ms-original-request-ids",
    ]

    /// Programs that are put into a machine, which the emulated cloud does not have; what only versions before today's
    /// show; and the tags that a rule of the recorded subscription put on everything.
    private static let left: Set = [
        "extensions", "extensionHandlers", "resources", "enableVmProtection", "dhcpOptions", "tags",
    ]

    private static func exchanges() throws -> [Exchange] {
        try Fixtures.text("recorded/azure.jsonl").split(separator: "\n").map {
            Exchange(try JSONValue(parsing: Array($0.utf8)))
        }
    }

    @Test func theEmulatedAzureAnswersAsTheRealOneDid() throws {
        let stories = Dictionary(grouping: try Self.exchanges(), by: \.story)
        #expect(stories.count == 6)
        for (story, exchanges) in stories { try replay(story, exchanges) }
    }

    private func replay(_ story: String, _ exchanges: [Exchange]) throws {
        let azure = try EmulatedAzure()
        let group = "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rgname"
        _ = azure.call("PUT", group, ["location": "eastus"])
        var last: EmulatedAzure.Answer?
        for exchange in exchanges {
            let answer: EmulatedAzure.Answer
            if exchange.isAboutOperation {
                if !exchange.isUnderWay { azure.clock.turn(.seconds(60)) }
                answer = azure.follow(exchange.wantsResult ? last?.headers["Location"] : last?.operation)
            } else {
                answer = azure.call(exchange.method, exchange.path, exchange.request, query: exchange.query)
                last = answer
            }
            let call = "\(story): \(exchange.method) \(exchange.path.suffix(80))"
            #expect(answer.status == exchange.status, "\(call)")
            let missing = exchange.headers.filter { !Self.ofTheWire.contains($0) && answer.headers[$0] == nil }
            #expect(missing == [], "\(call)")
            if let recorded = exchange.answer {
                #expect(lacking(recorded, answer.body, "") == [], "\(call)")
            }
        }
    }

    /// The fields that were recorded and are not there.
    private func lacking(_ recorded: JSONValue, _ body: JSONValue, _ place: String) -> [String] {
        switch (recorded, body) {
        case (.object(let fields), .object(let own)):
            return fields.fields.flatMap { field -> [String] in
                if Self.left.contains(field.name) { return [] }
                guard let value = own[field.name] else { return ["\(place).\(field.name)"] }
                return lacking(field.value, value, "\(place).\(field.name)")
            }
        case (.array(let values), .array(let own)):
            guard let first = values.first else { return [] }
            return own.first.map { lacking(first, $0, "\(place)[0]") } ?? ["\(place)[0]"]
        case (.object, _), (.array, _): return ["\(place): of another kind"]
        default: return []
        }
    }
}
