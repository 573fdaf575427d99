import Documents
import Provisioning

/// A question to AWS who we are, signed and not sent: whoever is handed it may ask in our place.
///
/// https://google.aip.dev/auth/4117#determining-the-subject-token-in-aws
struct AWSCallerProof {
    private let question: String
    private let regionAddress: Address?
    private let tokenAddress: Address?

    init(_ source: CredentialDocument) throws(CredentialDocument.Flaw) {
        guard source["environment_id"] == "aws1" else { throw .init("has an `environment_id` that is not `aws1`") }
        question = try source.required("regional_cred_verification_url")
        // Only of the machine itself: it tells the region, and takes no word for it.
        regionAddress = source["region_url"].flatMap { Address(forSecrets: $0) }
        tokenAddress = source["imdsv2_session_token_url"].flatMap { Address(forSecrets: $0) }
    }

    func word(
        for audience: String, _ doors: CredentialDoors, _ variables: [String: String]
    ) async -> GCPSubject.Word {
        guard let region = await region(doors, variables) else {
            return .stop("the region is told neither by AWS_REGION nor by instance metadata")
        }
        let credentials: AWSCredentials
        do {
            credentials = try await AWSCredentialChain(environment: variables, doors: doors).resolve()
        } catch let late as CredentialsLate {
            return .later("\(late.link): \(late.reason)")
        } catch {
            return .stop("\(error)")
        }
        let url = question.replacing("{region}", with: region)
        guard let address = Address(url), address.endpoint.scheme == .https else {
            return .stop("`regional_cred_verification_url` is no address with TLS")
        }
        let request = HTTPRequest(
            method: "POST", endpoint: address.endpoint, path: address.path, query: address.query,
            headers: [HTTPHeader("x-goog-cloud-target-resource", audience)])
        let signed = SigV4.sign(
            request, with: credentials, region: region, service: "sts", at: doors.surroundings.now())
        let headers = signed.headers.map { header in
            Written.map([.init("key", .text(header.name)), .init("value", .text(header.value))])
        }
        let proof = Written.map([
            .init("url", .text(url)), .init("method", .text("POST")), .init("headers", .list(headers)),
        ])
        return .have(Secret(proof.json(indent: nil, step: 0).escaped))
    }

    private func region(_ doors: CredentialDoors, _ variables: [String: String]) async -> String? {
        if let named = Environment(variables).first(of: ["AWS_REGION", "AWS_DEFAULT_REGION"]) {
            return named.value.isRegion ? named.value : nil
        }
        guard let regionAddress else { return nil }
        var headers: [HTTPHeader] = []
        if let tokenAddress {
            let ttl = HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "300")
            guard let token = await ask("PUT", tokenAddress, [ttl], doors) else { return nil }
            headers.append(HTTPHeader("X-aws-ec2-metadata-token", token))
        }
        // It tells the zone: `us-east-2b`.
        guard let zone = await ask("GET", regionAddress, headers, doors), zone.isRegion else { return nil }
        return String(zone.dropLast())
    }

    private func ask(
        _ method: String, _ address: Address, _ headers: [HTTPHeader], _ doors: CredentialDoors
    ) async -> String? {
        let request = HTTPRequest(
            method: method, endpoint: address.endpoint, path: address.path, query: address.query, headers: headers)
        guard case .success(let response) = await doors.ask(request, within: .seconds(2), attempts: 3),
            response.status == 200
        else { return nil }
        let text = String(decoding: response.body, as: UTF8.self)
        return text.isEmpty || text.contains(where: \.isNewline) ? nil : text
    }
}

extension String {
    /// It becomes part of a host's name.
    fileprivate var isRegion: Bool {
        !isEmpty && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }
}
