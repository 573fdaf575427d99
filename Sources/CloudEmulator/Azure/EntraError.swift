import Cloud
import Provisioning

/// The no of the place that gives out tokens: a number that begins with `AADSTS`, and one of OAuth's words.
struct EntraError: Error, Sendable, Hashable {
    var code: String
    var message: String
    var status: Int
    /// As OAuth calls it.
    var kind: String

    init(_ code: String, _ message: String, status: Int = 400, kind: String = "invalid_request") {
        self.code = code
        self.message = message
        self.status = status
        self.kind = kind
    }

    func response(at now: Timestamp?, _ seed: UInt64) -> HTTPResponse {
        let trace = uuidText(seed, 1), correlation = uuidText(seed, 2)
        let stamp = now.map { "\($0.toTheSecond.prefix(10)) \($0.toTheSecond.dropFirst(11))" } ?? "1970-01-01 00:00:00Z"
        let number = Int(code.dropFirst(6))
        var body: JSONValue = [
            "error": .string(kind),
            "error_description": .string(
                "\(code): \(message) Trace ID: \(trace) Correlation ID: \(correlation) Timestamp: \(stamp)"),
        ]
        if let number { body["error_codes"] = [.integer(number)] }
        body["timestamp"] = .string(stamp)
        body["trace_id"] = .string(trace)
        body["correlation_id"] = .string(correlation)
        if let number { body["error_uri"] = .string("https://login.microsoftonline.com/error?code=\(number)") }
        return EntraFace.response(status, body, trace)
    }
}

extension EntraError {
    static func noTenant(_ name: String) -> EntraError {
        EntraError(
            "AADSTS90002",
            "Tenant '\(name)' not found. Check to make sure you have the correct tenant ID and are signing into the "
                + "correct cloud.")
    }

    static func missing(_ name: String) -> EntraError {
        EntraError("AADSTS900144", "The request body must contain the following parameter: '\(name)'.")
    }

    static func noApplication(_ client: String, in tenant: String) -> EntraError {
        EntraError(
            "AADSTS700016",
            "Application with identifier '\(client)' was not found in the directory '\(tenant)'. This can happen if the "
                + "application has not been installed by the administrator of the tenant.", kind: "unauthorized_client")
    }

    static func wrongSecret(_ client: String) -> EntraError {
        EntraError(
            "AADSTS7000215",
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not "
                + "the client secret ID, for a secret added to app '\(client)'.", status: 401, kind: "invalid_client")
    }

    static let noProof = EntraError(
        "AADSTS7000218",
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.", status: 401,
        kind: "invalid_client")

    static let malformedAssertion = EntraError(
        "AADSTS50027", "JWT token is invalid or malformed.", status: 401, kind: "invalid_client")

    static func unregisteredKey(_ client: String, _ thumbprint: String) -> EntraError {
        EntraError(
            "AADSTS700027",
            "The certificate with identifier used to sign the client assertion is not registered on application. "
                + "[Reason - The key was not found., Thumbprint of key used by client: '\(thumbprint)', Please visit the "
                + "Azure Portal to see the keys of app '\(client)'.]", status: 401, kind: "invalid_client")
    }

    static let wrongSignature = EntraError(
        "AADSTS700027",
        "Client assertion failed signature validation. [Reason - The key used is not the one it names.]", status: 401,
        kind: "invalid_client")

    static func outOfTime(_ now: Timestamp) -> EntraError {
        EntraError(
            "AADSTS700024",
            "Client assertion is not within its valid time range. Current time: \(now.toTheSecond).", status: 401,
            kind: "invalid_client")
    }

    static func wrongAudience(_ audience: String) -> EntraError {
        EntraError(
            "AADSTS700023",
            "Client assertion audience claim '\(audience)' does not match Realm issuer. Review the documentation at "
                + "https://learn.microsoft.com/entra/identity-platform/certificate-credentials .", status: 401,
            kind: "invalid_client")
    }
}
