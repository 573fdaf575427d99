import Cloud
import Provisioning

enum Signing {
    static func measure() -> [Figure] {
        let credentials = AWSCredentials(
            accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            source: "bench")
        let request = HTTPRequest(
            method: "POST", endpoint: Endpoint(scheme: .https, host: "ec2.us-east-1.amazonaws.com"),
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array(repeating: UInt8(ascii: "a"), count: 1500))
        let count = 50_000
        var length = 0
        let start = cpuSeconds()
        for second in 0..<count {
            let signed = SigV4.sign(
                request, with: credentials, region: "us-east-1", service: "ec2",
                at: Timestamp(seconds: 1_790_000_000 + Int64(second % 3600)))
            length += signed.headers.count
        }
        let each = (cpuSeconds() - start) / Double(count) * 1e6
        precondition(length > count, "every request was signed")
        return [
            Figure(what: "a SigV4 signature over 1.5 KB, CPU", measured: "\(round2(each)) us", wanted: "<= 10 us"),
            Figure(
                what: "SigV4 signatures a second on one core", measured: "\(Int(1e6 / each))", wanted: ">= 100000"),
        ]
    }
}
