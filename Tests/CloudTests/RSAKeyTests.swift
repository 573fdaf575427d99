import Provisioning
import Testing

@testable import Cloud

/// Keys, certificates and what is signed by them.
@Suite struct RSAKeyTests {
    private func file(_ name: String) throws -> [UInt8] { try Fixtures.bytes("keys/\(name)") }

    /// https://www.rfc-editor.org/rfc/rfc7515#appendix-A.2
    @Test func theExampleOfTheStandardIsSignedAsTheStandardHasIt() throws {
        let jws = try Fixtures.text("keys/rfc7515-a2.jws").split(separator: "\n")[0]
        let end = try #require(jws.lastIndex(of: "."))
        let text = Array(jws[..<end].utf8), signature = try RSAKey(pem: file("rfc7515-a2.pem")).sign(text, .rs256)
        #expect(signature.base64URL == jws[jws.index(after: end)...])
        #expect(rsaVerify(signature, of: text, by: try file("rfc7515-a2.public.pem")))
    }

    @Test(arguments: [RSAScheme.rs256, .ps256]) func onlyTheKeysOwnSignatureOnTheseBytesIsOne(
        _ scheme: RSAScheme
    ) throws {
        let key = try RSAKey(pem: file("app-key.pem")), certificate = try file("app-certificate.pem")
        let text = Array("who we are".utf8)
        let signature = try key.sign(text, scheme)
        #expect(rsaVerify(signature, of: text, by: certificate, scheme))
        #expect(!rsaVerify(signature, of: Array("who we were".utf8), by: certificate, scheme))
        #expect(!rsaVerify(signature, of: text, by: try file("rfc7515-a2.public.pem"), scheme))
        #expect(!rsaVerify(signature, of: text, by: certificate, scheme == .rs256 ? .ps256 : .rs256))
        #expect(!rsaVerify(Array(signature.dropLast()), of: text, by: certificate, scheme))
        #expect(!rsaVerify([], of: text, by: certificate, scheme))
        for at in [0, 17, signature.count - 1] {
            var bent = signature
            bent[at] ^= 1
            #expect(!rsaVerify(bent, of: text, by: certificate, scheme))
        }
        #expect(!rsaVerify(signature, of: text, by: Array("no key".utf8), scheme))
        #expect(!rsaVerify(signature, of: text, by: try file("curve.pem"), scheme))
    }

    /// RFC 7518, section 3.5, wants a salt as long as the digest; these two are of `openssl dgst`, one with another.
    @Test func aSaltIsAsLongAsTheDigest() throws {
        let right =
            "AQx6ovITDo-krDrRkk7IJ6Ku4mtmt6PGkYmMmmZKTZzcHQdy9qCHfFLXKjvavHZ8rN0VvZu1G_a3lZMSi3Gx4NVXyt5XHSsF2geR"
            + "uLr1CoGiAr6YcLdliwEhMrimBVJtd9XApJicTnvTBHFNX2LoCKRKx_n4ddc830lcxFYzHyCSPGe1EGmLUqXvxz6qY2y5P6750El6"
            + "goMcTjh_A7tqMuNVQKWk-ibOifD3kLoyc2UZk4OqIM4lWKX5j_ACm6l3HMdXhXQGjzZORKuIB_CiU8iaSLphm6GujRSueue-tvkX"
            + "Hj6aYlobB01EsySuxPqVaYgI2rBPdjqmbFhcTY1ctA"
        let short =
            "zav_LQcfOvwymkBXCk8zxY-2zZgDorW1mhcabtSXoUxXgqLYYzK3gEDHtXHsNa2EuynOV-YZUo_R951yNf_rWxfSnm0IzKRNf36a"
            + "jw-tCiAhpQhuwllwHp20P_kuOJrx7k--HimS3sRrsJsiw39kDXqEkFldBwtUICv7J1Id3mbHMaWdORveC1J0ubxQjF-vBTavhWm8"
            + "q-FE6TEXC471fH_U3z9W3sUUfDgaL9kMCVX2DEnHKhjVsivSoRlWpQU0cHmr6TxiYFi-K0k0H52gafZL-7u3OzpzUp7EgCVQxiZq"
            + "6o6kKJJnccw-qjmhIc1f4321h2WNvnXTqyWv2oy0ig"
        let certificate = try file("app-certificate.pem"), text = Array("who we are".utf8)
        #expect(rsaVerify(try #require([UInt8](base64URL: right)), of: text, by: certificate, .ps256))
        #expect(!rsaVerify(try #require([UInt8](base64URL: short)), of: text, by: certificate, .ps256))
    }

    @Test func aWebTokenSaysAndIsSignedByWhatItSays() throws {
        let key = try RSAKey(pem: file("app-key.pem"))
        let token = try JSONWebToken(
            scheme: .ps256, header: [.init("x5t#S256", .text("abc"))],
            claims: [.init("iss", .text("\"me\"\n")), .init("exp", .seconds(Timestamp("2026-11-21T12:00:00.900Z")!))]
        ).signed(by: key).revealed
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        try #require(parts.count == 3)
        func text(_ part: Substring) -> String { String(decoding: [UInt8](base64URL: part) ?? [], as: UTF8.self) }
        #expect(text(parts[0]) == #"{"alg": "PS256", "typ": "JWT", "x5t#S256": "abc"}"#)
        #expect(text(parts[1]) == #"{"iss": "\"me\"\n", "exp": 1795262400}"#)
        let signature = try #require([UInt8](base64URL: parts[2]))
        let statement = Array("\(parts[0]).\(parts[1])".utf8)
        #expect(rsaVerify(signature, of: statement, by: try file("app-certificate.pem"), .ps256))
    }

    // MARK: Certificates

    /// As `openssl x509 -fingerprint` has them.
    private let thumbprint = "b85c875000f662cfd6af5d1256ae43a7623210253838a858296b0d607a715ff8"
    private let oldThumbprint = "31785da77acf4cdc0e520cfb940c3718871077e4"

    @Test(arguments: [
        ("app.pem", nil), ("app-behind-another.pem", nil), ("app-encrypted.pem", "open-sesame"),
        ("app.p12", "open-sesame"), ("app-3des.p12", "open-sesame"), ("app-without-password.p12", nil),
        ("app-without-password.p12", ""),
    ]) func aKeyIsFoundWithTheCertificateThatBelongsToIt(_ name: String, _ password: String?) throws {
        let client = try ClientCertificate(file(name), password: password.map { Secret($0) })
        #expect(client.certificate.thumbprint.hex == thumbprint)
        #expect(client.certificate.oldThumbprint.hex == oldThumbprint)
        let signature = try client.key.sign([1, 2, 3], .rs256)
        #expect(rsaVerify(signature, of: [1, 2, 3], by: try file("app-certificate.pem")))
    }

    @Test func theThumbprintOfACertificateIsThatOfItsFile() throws {
        #expect(certificateThumbprint(try file("app-certificate.pem"))?.hex == thumbprint)
        #expect(certificateThumbprint(try file("app-key.pem")) == nil)
        #expect(certificateThumbprint([]) == nil)
    }

    @Test(arguments: [
        ("app-encrypted.pem", nil, "has a private key that needs a password"),
        ("app-encrypted.pem", "wrong", "has a private key that this password does not open"),
        ("app.p12", nil, "is PKCS #12 that does not open without a password"),
        ("app.p12", "wrong", "is PKCS #12 that this password does not open"),
        ("app-certificate.pem", nil, "has no private key that can be read"),
        ("app-key.pem", nil, "has no certificate"),
        ("curve.pem", nil, "has a private key that is not RSA"),
        ("README.md", nil, "has no private key that can be read"),
    ]) func whatIsWrongWithACertificateIsTold(_ name: String, _ password: String?, _ flaw: String) throws {
        let bytes = try file(name)
        let thrown = #expect(throws: KeyFlaw.self) {
            try ClientCertificate(bytes, password: password.map { Secret($0) })
        }
        #expect(thrown?.description == flaw)
    }

    @Test func aCertificateOfAnotherKeyIsNotTaken() throws {
        let bytes = try file("app-certificate.pem") + file("rfc7515-a2.pem")
        let thrown = #expect(throws: KeyFlaw.self) { try ClientCertificate(bytes) }
        #expect(thrown?.description == "has no certificate that its private key belongs to")
    }

    @Test func aDamagedFileIsToldAndNothingElseHappens() throws {
        for name in ["app.p12", "app.pem"] {
            let whole = try file(name)
            for count in stride(from: 0, to: whole.count, by: 97) {
                #expect(throws: KeyFlaw.self) {
                    try ClientCertificate(Array(whole.prefix(count)), password: Secret("open-sesame"))
                }
            }
        }
    }

    // MARK: Base64

    /// https://www.rfc-editor.org/rfc/rfc4648#section-10
    @Test func base64IsAsTheStandardHasIt() {
        let cases = ["": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "foobar": "Zm9vYmFy"]
        for (text, encoded) in cases {
            #expect(Array(text.utf8).base64 == encoded)
            let bare = String(encoded.prefix { $0 != "=" })
            #expect(Array(text.utf8).base64URL == bare)
            #expect([UInt8](base64URL: bare) == Array(text.utf8))
        }
        #expect([UInt8]([0xFB, 0xFF, 0xFE]).base64 == "+//+")
        #expect([UInt8]([0xFB, 0xFF, 0xFE]).base64URL == "-__-")
        let all = (0...255).map { UInt8($0) }
        #expect([UInt8](base64URL: all.base64URL) == all)
        for text in ["Zg==", "Z", "Zm9vY", "+//+", "Zm 9v", "Zh", "Zmé"] { #expect([UInt8](base64URL: text) == nil) }
    }
}
