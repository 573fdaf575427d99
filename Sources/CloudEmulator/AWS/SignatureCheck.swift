import Cloud
import Provisioning

/// Proves who sent a request, by AWS Signature Version 4.
///
/// Written from the specification alone: it shares nothing with the signer it judges but SHA-256 and HMAC, so the two
/// cannot share a mistake.
package struct SignatureCheck {
    private let credentials: [EmulatorCredential]
    private let service: String
    /// How far a signature's time may be from ours.
    private let tolerance: Duration = .seconds(300)

    package init(credentials: [EmulatorCredential], service: String) {
        self.credentials = credentials
        self.service = service
    }

    /// What a valid signature says about its request.
    package struct Scope: Sendable, Hashable {
        package var accessKeyID: String
        package var region: String
        package var caller: Caller
    }

    /// - Parameter sessions: what the cloud gave out beside the credentials that always open it.
    package func verify(
        _ request: HTTPRequest, at now: Timestamp, sessions: [IssuedSession] = []
    ) throws(EC2Error) -> Scope {
        guard let header = request.headers["Authorization"] else { throw .missingToken }
        let authorization = try Authorization(header)
        let (credential, caller) = try holder(
            of: authorization.accessKeyID, token: request.headers["X-Amz-Security-Token"], sessions, at: now)

        guard let stamp = request.headers["X-Amz-Date"], let signedAt = Timestamp(basic: stamp),
            stamp.hasPrefix(authorization.date)
        else { throw .incompleteSignature }
        guard max(now - signedAt, signedAt - now) <= tolerance else { throw .requestExpired }
        guard authorization.service == service else { throw .wrongScope("correct service: '\(service)'") }
        // A signature that leaves these out could be moved to another host or time.
        guard authorization.signedHeaders.contains("host"), authorization.signedHeaders.contains("x-amz-date")
        else { throw .incompleteSignature }

        let text = stringToSign(request, authorization, stamp: stamp)
        guard signature(of: text, authorization, secret: credential.secret) == authorization.signature
        else { throw .signatureMismatch }
        return Scope(accessKeyID: authorization.accessKeyID, region: authorization.region, caller: caller)
    }

    /// As `verify`, of a world that has only some regions, and gave out credentials of its own.
    func scope(of request: HTTPRequest, in world: World, at now: Timestamp) throws(EC2Error) -> Scope {
        let scope = try verify(request, at: now, sessions: world.sessions ?? [])
        guard world.conditions.zones[scope.region] != nil else {
            throw .wrongScope("a valid region, not '\(scope.region)'")
        }
        return scope
    }

    private func holder(
        of id: String, token: String?, _ sessions: [IssuedSession], at now: Timestamp
    ) throws(EC2Error) -> (EmulatorCredential, Caller) {
        if let credential = credentials.first(where: { $0.accessKeyID == id }) {
            guard credential.sessionToken?.revealed == token else { throw .authFailure }
            return (credential, .account)
        }
        guard let session = sessions.first(where: { $0.accessKeyID == id }), session.token == token else {
            throw .authFailure
        }
        guard now < session.expiresAt else { throw .expiredToken }
        return (EmulatorCredential(accessKeyID: id, secret: Secret(session.secret)), session.caller)
    }

    private func stringToSign(_ request: HTTPRequest, _ authorization: Authorization, stamp: String) -> String {
        let canonical = CanonicalRequest(request, signing: authorization.signedHeaders).text
        return """
            AWS4-HMAC-SHA256
            \(stamp)
            \(authorization.date)/\(authorization.region)/\(authorization.service)/aws4_request
            \(hex(sha256(Array(canonical.utf8))))
            """
    }

    private func signature(of text: String, _ authorization: Authorization, secret: Secret) -> String {
        var key = Array("AWS4\(secret.revealed)".utf8)
        for step in [authorization.date, authorization.region, authorization.service, "aws4_request", text] {
            key = hmacSHA256(Array(step.utf8), key: key)
        }
        return hex(key)
    }
}

/// The parts of `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
private struct Authorization {
    var accessKeyID, date, region, service: String
    var signedHeaders: [String]
    var signature: String

    init(_ header: String) throws(EC2Error) {
        let scheme = "AWS4-HMAC-SHA256 "
        guard header.hasPrefix(scheme) else { throw .incompleteSignature }
        var fields: [String: String] = [:]
        for field in header.dropFirst(scheme.count).split(separator: ",") {
            let trimmed = field.drop { $0 == " " }
            guard let mark = trimmed.firstIndex(of: "=") else { throw .incompleteSignature }
            fields[String(trimmed[..<mark])] = String(trimmed[trimmed.index(after: mark)...])
        }
        guard let scope = fields["Credential"]?.split(separator: "/").map(String.init), scope.count == 5,
            scope[4] == "aws4_request", let headers = fields["SignedHeaders"], let signature = fields["Signature"]
        else { throw .incompleteSignature }
        (accessKeyID, date, region, service) = (scope[0], scope[1], scope[2], scope[3])
        signedHeaders = headers.split(separator: ";").map(String.init)
        self.signature = signature
        guard signedHeaders == signedHeaders.sorted(), !signedHeaders.isEmpty else { throw .incompleteSignature }
    }
}

extension Timestamp {
    /// Reads `20261121T124043Z`.
    init?(basic text: String) {
        let c = Array(text)
        guard c.count == 16, c[8] == "T", c[15] == "Z" else { return nil }
        func part(_ range: Range<Int>) -> String { String(c[range]) }
        self.init("\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z")
    }
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
