import Cloud

/// How the emulated Google Cloud is set up.
package struct GoogleSettings: Sendable {
    package var zones: [String: [String]] = GCPInventory.someRegions
    /// Whose signatures are believed.
    package var accounts: [GoogleAccount] = [.demo]
    /// What a person's tools have kept of a sign-in.
    package var refreshToken = Secret("demo-refresh-token-that-opens-nothing")
    /// What somebody else's identity provider says of whom it knows, as far as anybody here believes it.
    package var subjectToken = Secret("demo-subject-token-that-opens-nothing")

    package init() {}
}

/// A service account, known by a public key: it proves itself by what it signs.
package struct GoogleAccount: Sendable, Hashable {
    package var email: String
    package var keyID: String
    /// PEM.
    package var publicKey: String

    package init(email: String, keyID: String, publicKey: String) {
        self.email = email
        self.keyID = keyID
        self.publicKey = publicKey
    }

    /// Its private key is public (Tests/Fixtures/gcp/demo-service-account.json) and opens nothing else.
    package static let demo = GoogleAccount(
        email: "demo@demo.iam.gserviceaccount.com", keyID: "bbaa6ab1929777d6c81c4210b1213d9dd2cfae97",
        publicKey: """
            -----BEGIN PUBLIC KEY-----
            MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA5kgoBQmVuwtUrQtXjfWm
            k2sR+WpAblixWqmf2aCeFRrqUB3kuzlN1r8Rk75bnqhIki2r13SZd6eyV2CNptrS
            czrd7d/Gob9ZyeSYVDUS9yTCt3ULONFpy7gVrPOVDgqyv2uWgiobWeh8LEKYxZt1
            ryVOlHk6AqHDr4Bwk8CsOkbhxRgvO5uSmsj7hO6rhOL9zmjB8NzM/MamHVoLSkGb
            pPg/zSYiUxaOBS/ZFSNV3rmA/0vQNmmtfLELfcJDiCMzkGW33vVeqhe/ZHKLgTgE
            JRQd8dWjMHSfMsA3hJxoql4lrNDPVF0IkvJhTF39SKtbKihxqB1+LqmVPBhWci7e
            7wIDAQAB
            -----END PUBLIC KEY-----
            """)
}
