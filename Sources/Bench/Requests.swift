import Cloud
import Glibc
import Provisioning

/// What one HTTP request costs this process, against an emulator in another.
enum Requests {
    static func measure() async throws -> [Figure] {
        guard let port = getenv("MUSTER_BENCH_PORT").flatMap({ Int(String(cString: $0)) }) else {
            return [
                Figure(
                    what: "an HTTP request, CPU", measured: "not measured",
                    wanted: "set MUSTER_BENCH_PORT to an emulator's port")
            ]
        }
        let transport = CurlTransport()
        let endpoint = Endpoint(scheme: .http, host: "127.0.0.1", port: port)
        return try await [1, 16].asyncMap { lanes in
            let each = try await cost(of: 8000, in: lanes, transport, endpoint)
            return Figure(
                what: "an HTTP request, CPU, \(lanes) at a time", measured: "\(round2(each)) us", wanted: "<= 40 us")
        }
    }

    /// Unsigned requests: the emulator refuses them at once, so that what is measured is the way there and back.
    private static func cost(
        of count: Int, in lanes: Int, _ transport: CurlTransport, _ endpoint: Endpoint
    ) async throws -> Double {
        let request = HTTPRequest(method: "POST", endpoint: endpoint, body: Array("Action=DescribeRegions".utf8))
        _ = try await transport.send(request, within: .seconds(10))
        let start = cpuSeconds()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<lanes {
                group.addTask {
                    for _ in 0..<(count / lanes) {
                        let answer = try await transport.send(request, within: .seconds(10))
                        precondition(answer.status >= 400, "an unsigned request was taken")
                    }
                }
            }
            try await group.waitForAll()
        }
        return (cpuSeconds() - start) / Double(count) * 1e6
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
