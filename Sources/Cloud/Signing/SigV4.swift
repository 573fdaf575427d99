import Provisioning

/// AWS Signature Version 4: pure functions from a request, credentials and a moment to a signed request.
package enum SigV4 {
    /// Where services differ.
    package struct Options: Sendable, Hashable {
        /// Off for S3, whose keys may hold `//` and `..`.
        package var normalizesPath = true
        /// Off for S3.
        package var escapesPathTwice = true
        /// Whether the body's hash travels as `x-amz-content-sha256`; S3 wants it, EC2 does not.
        package var sendsBodyHash = false
        /// Whether the session token is signed too; nearly every service wants that.
        package var signsSessionToken = true

        package init() {}
    }

    /// What is hashed on the way to a signature; a service's `SignatureDoesNotMatch` prints the first two.
    package struct Stages: Sendable, Hashable {
        let canonical: [UInt8]
        package var canonicalRequest: String { String(decoding: canonical, as: UTF8.self) }
        package let stringToSign: String
        package let signature: String
    }

    /// Adds `Host`, `X-Amz-Date`, `X-Amz-Security-Token` and `Authorization`.
    ///
    /// Signing a signed request signs it anew: what the first signature added is replaced.
    package static func sign(
        _ request: HTTPRequest, with credentials: AWSCredentials, region: String, service: String, at now: Timestamp,
        options: Options = Options()
    ) -> HTTPRequest {
        signing(request, with: credentials, region: region, service: service, at: now, options: options).request
    }

    private static let algorithm = "AWS4-HMAC-SHA256"
    /// Derivation is a pure function; remembering it is seen only in the time it takes.
    private static let keys = SigningKeys()
}

// MARK: - With what was hashed on the way

extension SigV4 {
    package static func signing(
        _ request: HTTPRequest, with credentials: AWSCredentials, region: String, service: String, at now: Timestamp,
        options: Options = Options()
    ) -> (request: HTTPRequest, stages: Stages) {
        let moment = now.basic
        let bodyHash = sha256(request.body).hex
        var signed = request
        signed.headers.removeAll { added.contains($0.name.lowercased()) }
        if signed.headers["host"] == nil { signed.headers.append(.init("Host", request.endpoint.authority)) }
        if let token = credentials.sessionToken {
            signed.headers.append(.init("X-Amz-Security-Token", token.revealed))
        }
        signed.headers.append(.init("X-Amz-Date", moment))
        if options.sendsBodyHash { signed.headers.append(.init("x-amz-content-sha256", bodyHash)) }

        let canonical = CanonicalRequest(
            signed, payloadHash: bodyHash, options: options,
            leavingOut: options.signsSessionToken ? nil : "x-amz-security-token")
        let scope = Scope(moment: moment, region: region, service: service)
        let stages = stages(canonical, scope, credentials)
        signed.headers.append(
            .init(
                "Authorization",
                "\(algorithm) Credential=\(credentials.accessKeyID)/\(scope.text), "
                    + "SignedHeaders=\(canonical.signedHeaders), Signature=\(stages.signature)"))
        return (signed, stages)
    }

    /// A request that carries its signature in its query, and is good until `lifetime` is over.
    package static func presigning(
        _ request: HTTPRequest, with credentials: AWSCredentials, region: String, service: String, at now: Timestamp,
        lifetime: Duration, options: Options = Options()
    ) -> (request: HTTPRequest, stages: Stages) {
        let scope = Scope(moment: now.basic, region: region, service: service)
        var signed = request
        signed.headers.removeAll { added.contains($0.name.lowercased()) }
        if signed.headers["host"] == nil { signed.headers.append(.init("Host", request.endpoint.authority)) }
        signed.addToQuery("X-Amz-Algorithm", algorithm)
        signed.addToQuery("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope.text)")
        signed.addToQuery("X-Amz-Date", scope.moment)
        signed.addToQuery("X-Amz-SignedHeaders", CanonicalRequest.signedHeaders(of: signed))
        signed.addToQuery("X-Amz-Expires", "\(lifetime.components.seconds)")
        let addToken = { (request: inout HTTPRequest) in
            if let token = credentials.sessionToken { request.addToQuery("X-Amz-Security-Token", token.revealed) }
        }
        if options.signsSessionToken { addToken(&signed) }
        let canonical = CanonicalRequest(signed, payloadHash: sha256(request.body).hex, options: options)
        let stages = stages(canonical, scope, credentials)
        if !options.signsSessionToken { addToken(&signed) }
        signed.addToQuery("X-Amz-Signature", stages.signature)
        return (signed, stages)
    }

    private static let added: Set<String> = [
        "authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256",
    ]

    private struct Scope {
        let moment: String
        let region: String
        let service: String
        var day: String { String(moment.prefix(8)) }
        var text: String { "\(day)/\(region)/\(service)/aws4_request" }
    }

    private static func stages(
        _ canonical: CanonicalRequest, _ scope: Scope, _ credentials: AWSCredentials
    ) -> Stages {
        let text = "\(algorithm)\n\(scope.moment)\n\(scope.text)\n\(sha256(canonical.bytes).hex)"
        let key = SigningKey(
            secret: credentials.secretAccessKey, day: scope.day, region: scope.region, service: scope.service)
        return Stages(
            canonical: canonical.bytes, stringToSign: text, signature: hmacSHA256(Array(text.utf8), key: keys[key]).hex)
    }
}

extension HTTPRequest {
    fileprivate mutating func addToQuery(_ name: String, _ value: String) {
        var bytes: [UInt8] = []
        bytes.append(escaping: value.utf8)
        let pair = "\(name)=\(String(decoding: bytes, as: UTF8.self))"
        query = query.isEmpty ? pair : "\(query)&\(pair)"
    }
}
