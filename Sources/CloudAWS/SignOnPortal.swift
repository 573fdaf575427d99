import Cloud
import Provisioning

/// The portal of AWS's single sign-on, which gives a person's roles for the token of the sign-on.
///
/// https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
enum SignOnPortal {
    static let deadline: Duration = .seconds(15)

    /// To be sent unsigned: the token says who we are.
    static func credentials(of grant: SingleSignOnGrant, token: Secret) -> Call<AWSCredentials> {
        Call(
            action: "GetRoleCredentials", effect: .reads, service: "portal.sso", method: "GET",
            path: "/federation/credentials",
            query: "account_id=\(escaped(grant.account))&role_name=\(escaped(grant.role))",
            headers: [
                HTTPHeader("Accept", "application/json"), HTTPHeader("x-amz-sso_bearer_token", token.revealed),
            ],
            parameters: [("account_id", grant.account), ("role_name", grant.role)], read: read, fault: fault)
    }

    private static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.append(escaping: text.utf8)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func read(_ response: HTTPResponse) throws -> AWSCredentials {
        do throws(CredentialDocument.Flaw) {
            let given = try CredentialDocument(response.body, under: "roleCredentials")
            guard let milliseconds = try Int64(given.required("expiration")), milliseconds < 1 << 50 else {
                throw CredentialDocument.Flaw("has an `expiration` that is no moment")
            }
            return AWSCredentials(
                accessKeyID: try given.required("accessKeyId"),
                secretAccessKey: Secret(try given.required("secretAccessKey")),
                sessionToken: Secret(try given.required("sessionToken")),
                expiresAt: Timestamp(microseconds: milliseconds * 1000), source: "single sign-on")
        } catch {
            throw Unreadable("what the sign-on portal answers \(error)")
        }
    }

    private static func fault(_ response: HTTPResponse) -> Fault {
        let document = try? CredentialDocument(response.body)
        // `UnauthorizedException:http://…` is how some of AWS's services write it.
        let code = response.headers["x-amzn-ErrorType"]?.prefix { $0 != ":" }
        return Fault(
            status: response.status, code: code.map(String.init), message: document?["message"] ?? "",
            exchange: response.headers["x-amzn-RequestId"])
    }
}
