import Documents
import Provisioning

/// An application that the environment holds a secret or a certificate of.
///
/// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
struct AzureEnvironmentLink: CredentialLink {
    let scene: AzureScene
    let names: AzureScene.Names

    var name: String { "environment\(names.link)" }

    func look() async -> TokenFinding {
        if let secret = scene.environment[names.secret] {
            switch scene.applicant(names, for: names.secret) {
            case .none(let finding): return finding
            case .application(let application):
                return await scene.signIn(
                    application, [("client_secret", secret)], hiding: [Secret(secret)],
                    source: "\(name), as client \(application.id) by its secret")
            }
        }
        guard let path = scene.environment[names.certificate] else {
            let why = "neither \(names.secret) nor \(names.certificate) is set"
            return names.isUsual ? .absent(why) : .notMine(why)
        }
        switch scene.applicant(names, for: names.certificate) {
        case .none(let finding): return finding
        case .application(let application): return await signIn(application, path)
        }
    }

    private func signIn(_ application: AzureScene.Application, _ path: String) async -> TokenFinding {
        let place = "\(names.certificate), `\(path)`"
        let bytes: [UInt8]
        // Read each time: whoever put it there renews it.
        do { bytes = try scene.doors.readFile(path) } catch { return .stop("\(place): \(error)") }
        do throws(KeyFlaw) {
            let password = scene.environment[names.password].map { Secret($0) }
            let assertion = try assertion(by: ClientCertificate(bytes, password: password), application)
            return await scene.signIn(
                application, assertion: assertion, source: "\(name), as client \(application.id) by its certificate")
        } catch {
            return .stop("\(place) \(error)")
        }
    }

    /// https://learn.microsoft.com/entra/identity-platform/certificate-credentials
    private func assertion(
        by client: ClientCertificate, _ application: AzureScene.Application
    ) throws(KeyFlaw) -> Secret {
        let now = scene.doors.surroundings.now(), random = scene.doors.surroundings.random
        let audience = application.signIn.endpoint.text + application.signIn.path
        return try JSONWebToken(
            scheme: .ps256, header: [.init("x5t#S256", .text(client.certificate.thumbprint.base64URL))],
            claims: [
                .init("aud", .text(audience)), .init("iss", .text(application.id)), .init("sub", .text(application.id)),
                .init("jti", .text(uuid(random(), random()))),
                .init("nbf", .seconds(now)), .init("exp", .seconds(now + .seconds(600))),
            ]
        ).signed(by: client.key)
    }
}

extension AzureScene.Names {
    /// Whether whoever wonders why nothing was found would look here.
    var isUsual: Bool { link.isEmpty }
}

/// A UUID of version 4, by chance.
private func uuid(_ high: UInt64, _ low: UInt64) -> String {
    func digits(_ value: UInt64, _ count: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: count - text.count) + text
    }
    let high = high & ~0xF000 | 0x4000, low = low & (1 << 62 - 1) | 1 << 63
    return [
        digits(high >> 32, 8), digits(high >> 16 & 0xFFFF, 4), digits(high & 0xFFFF, 4), digits(low >> 48, 4),
        digits(low & 0xFFFF_FFFF_FFFF, 12),
    ].joined(separator: "-")
}
