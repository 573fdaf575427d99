import Cloud
import Glibc
import Provisioning

/// A world for chains that look for tokens: these variables, these files, this clock, and a wire that answers as
/// the test says.
struct TokenWorld {
    var environment: [String: String]
    var files: [String: [UInt8]] = [:]
    /// Files that are there and may not be read.
    var locked: Set<String> = []
    var now = Timestamp("2026-11-21T12:00:00Z")!
    var transport: any Transport = NoNetwork()
    var run: @Sendable ([String], [String: String]) async -> ProgramEnd = { words, _ in
        .failed("should not have been run: \(words)")
    }

    init(_ environment: [String: String] = [:]) {
        self.environment = ["HOME": "/home/ada"].merging(environment) { $1 }
    }

    var doors: CredentialDoors {
        CredentialDoors(
            transport: transport,
            surroundings: Surroundings(now: { [now] in now }, sleep: { _ in }, random: { 0x0123_4567_89AB_CDEF }),
            readFile: { [files, locked] path in
                if locked.contains(path) { throw FileFailure(code: EACCES) }
                guard let bytes = files[path] else { throw FileFailure(code: ENOENT) }
                return bytes
            }, run: run)
    }

    func azure(tenant: String? = nil, clientID: String? = nil) -> AzureCredentialChain {
        AzureCredentialChain(
            tenant: tenant, clientID: clientID, environment: environment,
            cloud: AzureCloud(
                name: "public", authority: Endpoint("https://login.microsoftonline.com")!,
                manager: Endpoint("https://management.azure.com")!), doors: doors)
    }

    /// What Azure's chain says: `found SOURCE`, or why it found nothing.
    func azureReport(tenant: String? = nil, clientID: String? = nil) async -> String {
        do {
            return "found \(try await azure(tenant: tenant, clientID: clientID).resolve().source)"
        } catch {
            return "\(error)"
        }
    }
}

extension TokenWorld {
    func gcp(credentialsFile: String? = nil, impersonate: String? = nil) -> GCPCredentialChain {
        GCPCredentialChain(
            credentialsFile: credentialsFile, impersonate: impersonate, environment: environment, doors: doors)
    }

    /// What Google Cloud's chain says: `found SOURCE`, or why it found nothing.
    func gcpReport(credentialsFile: String? = nil, impersonate: String? = nil) async -> String {
        do {
            let chain = gcp(credentialsFile: credentialsFile, impersonate: impersonate)
            return "found \(try await chain.resolve().source)"
        } catch {
            return "\(error)"
        }
    }

    /// Writes a file of credentials, and names it in the environment.
    mutating func write(_ credentials: String, to path: String = "/etc/key.json") {
        files[path] = Array(credentials.utf8)
        environment["GOOGLE_APPLICATION_CREDENTIALS"] = path
    }
}

extension HTTPResponse {
    static func answer(_ body: String, status: Int = 200, _ headers: [HTTPHeader] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: Array(body.utf8))
    }
}

extension HTTPRequest {
    /// The fields of its body, as they were before they were escaped.
    var form: [String: String] { HTTPRequest.fields(String(decoding: body, as: UTF8.self)) }
    var queryFields: [String: String] { HTTPRequest.fields(query) }

    private static func fields(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields[plain(halves[0])] = halves.count == 2 ? plain(halves[1]) : ""
        }
        return fields
    }

    private static func plain(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16) else {
                bytes.append(byte)
                continue
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
