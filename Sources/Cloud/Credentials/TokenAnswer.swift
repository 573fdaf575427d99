import Provisioning

/// What a token endpoint gives (RFC 6749, section 5.1), and what it says where it gives none.
struct TokenAnswer {
    let token: Secret
    let expiresAt: Timestamp

    private typealias Flaw = CredentialDocument.Flaw

    /// - Parameter now: when it was asked for, which its lifetime counts from.
    init(_ body: [UInt8], at now: Timestamp) throws(CredentialDocument.Flaw) {
        let document = try CredentialDocument(body)
        token = try TokenAnswer.token(document.required("access_token"))
        if let text = document["expires_in"] {
            guard let seconds = TokenAnswer.seconds(text) else { throw Flaw("has an `expires_in` that is no number") }
            expiresAt = now + .seconds(seconds)
        } else {
            // As some of Azure's agents write it: the moment, and as a text.
            let text = try document.required("expires_on")
            guard let seconds = TokenAnswer.seconds(text) else { throw Flaw("has an `expires_on` that is no number") }
            expiresAt = Timestamp(seconds: seconds)
        }
    }

    /// A token as a header can hold it: a line break would begin a header of somebody else's making.
    static func token(_ text: String) throws(CredentialDocument.Flaw) -> Secret {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Flaw("has a token that no header can hold")
        }
        return Secret(text)
    }

    /// Not below zero, and never so many that no moment is so far off.
    static func seconds(_ text: String) -> Int64? {
        guard let number = Double(text), number.isFinite, number >= 0 else { return nil }
        return Int64(min(number, 32_503_680_000))
    }
}

/// A no from a token endpoint, in its own words as far as they may be told.
struct TokenRefusal: CustomStringConvertible {
    let status: Int
    /// `invalid_client`, `PERMISSION_DENIED`
    let code: String?
    private let text: String?

    /// - Parameter secrets: what was sent, and must not be told if it comes back.
    init(_ response: HTTPResponse, hiding secrets: [Secret]) {
        status = response.status
        let document = try? CredentialDocument(response.body)
        // OAuth 2.0 has a text under `error`, Google's other services an object.
        let inner = document?.object("error")
        code = (document?["error"] ?? inner?["status"]).map { TokenRefusal.clean($0, hiding: secrets) }
        text = (document?["error_description"] ?? inner?["message"]).map { TokenRefusal.clean($0, hiding: secrets) }
    }

    /// `HTTP 401: invalid_client: AADSTS7000215: Invalid client secret provided.`
    var description: String { (["HTTP \(status)"] + [code, text].compactMap { $0 }).joined(separator: ": ") }

    /// Whether it may say yes when it is asked again.
    var isPassing: Bool { code == "temporarily_unavailable" || code == "UNAVAILABLE" }

    private static func clean(_ text: String, hiding secrets: [Secret]) -> String {
        var text = text
        for secret in secrets where !secret.revealed.isEmpty {
            text = text.replacing(secret.revealed, with: "\(secret)")
            text = text.replacing(secret.revealed.escaped, with: "\(secret)")
        }
        // Entra adds lines that only its operators can use.
        let line = text.split(whereSeparator: \.isNewline).first ?? ""
        let words = String(line).pieces(around: " Trace ID:")[0]
        let shown = words.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
        return String(String.UnicodeScalarView(shown)).prefixed(300)
    }
}

extension String {
    /// As a form and a query have it.
    var escaped: String {
        var bytes: [UInt8] = []
        bytes.append(escaping: utf8)
        return String(decoding: bytes, as: UTF8.self)
    }

    fileprivate func prefixed(_ count: Int) -> String { self.count > count ? "\(prefix(count))…" : self }
}

extension [(String, String)] {
    /// `a=1&b=2`
    var form: String { map { "\($0.0.escaped)=\($0.1.escaped)" }.joined(separator: "&") }
}
