import Provisioning

/// A person who has signed in, by the token that renews it.
struct GCPUser {
    private let clientID: String
    private let clientSecret: Secret
    private let refreshToken: Secret
    private let endpoint: Address
    private let place: String

    init(_ document: CredentialDocument, in place: String) throws(CredentialDocument.Flaw) {
        self.place = place
        clientID = try document.required("client_id")
        clientSecret = Secret(try document.required("client_secret"))
        refreshToken = Secret(try document.required("refresh_token"))
        endpoint = try Address(
            secretly: document["token_uri"] ?? "https://oauth2.googleapis.com/token", key: "token_uri")
    }

    func token(_ doors: CredentialDoors) async -> TokenFinding {
        let found = await TokenEndpoint(address: endpoint, doors: doors, secrets: [clientSecret, refreshToken]).token(
            for: [
                ("grant_type", "refresh_token"), ("client_id", clientID), ("client_secret", clientSecret.revealed),
                ("refresh_token", refreshToken.revealed),
            ], source: "the login in \(place)")
        guard case .stop(let why) = found else { return found }
        return .stop("\(why); run `gcloud auth application-default login`")
    }
}
