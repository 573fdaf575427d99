import Cloud
import Glibc
import Testing

@testable import CloudEmulator

/// What a server notes of its requests.
@Suite struct RequestLogTests {
    private let cloud: EmulatedCloud
    private let path: String

    init() throws {
        cloud = try EmulatedCloud()
        path = "/tmp/muster-requests-\(UInt64.random(in: 0...UInt64.max))"
    }

    /// The words of each line.
    private func lines() -> [[String]] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var text = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&text, 1, text.count, file)
        return String(decoding: text[..<count], as: UTF8.self).split(separator: "\n")
            .map { $0.split(separator: " ", omittingEmptySubsequences: false).map(String.init) }
    }

    @Test func eachRequestIsALineWithItsActionItsStatusAndItsTime() throws {
        defer { unlink(path) }
        let log = try RequestLog(path)
        let launch = EmulatedCloud.launchParameters()
        for (action, parameters) in [("RunInstances", launch), ("DescribeInstances", [:]), ("NoSuchThing", [:])] {
            let before = lines().count
            let request = cloud.request(action, parameters)
            #expect(log.timing(request, of: cloud.emulator).status == (action == "NoSuchThing" ? 400 : 200))
            #expect(lines().count == before + 1)
        }
        let answered = [["RunInstances", "200"], ["DescribeInstances", "200"], ["NoSuchThing", "400"]]
        #expect(lines().map { Array($0.prefix(2)) } == answered)
        for line in lines() {
            #expect(line.count == 4)
            #expect(line.dropLast().last.flatMap { Int($0) }.map { $0 >= 0 } == true)
        }
    }

    @Test func whatAClientCallsAnActionMakesNoLines() throws {
        defer { unlink(path) }
        let log = try RequestLog(path)
        for action in ["two words", "a\nRunInstances 200 1", "", String(repeating: "a", count: 65)] {
            _ = log.timing(cloud.request(action, [:]), of: cloud.emulator)
        }
        let metadata = HTTPRequest(method: "GET", endpoint: Endpoint(scheme: .http, host: "127.0.0.1"))
        _ = log.timing(metadata, of: cloud.emulator)
        #expect(lines().map(\.first) == ["-", "-", "-", "-", "-"])
        #expect(lines().allSatisfy { $0.count == 4 })
    }

    @Test func linesAreAddedToThoseThatAreThere() throws {
        defer { unlink(path) }
        for _ in 1...2 { _ = try RequestLog(path).timing(cloud.request("DescribeRegions", [:]), of: cloud.emulator) }
        #expect(lines().map(\.first) == ["DescribeRegions", "DescribeRegions"])
    }

    @Test func aFileThatCannotBeWrittenIsSaidAtOnce() {
        #expect(throws: SystemFailure.self) { try RequestLog("/nowhere/at/all") }
    }
}
