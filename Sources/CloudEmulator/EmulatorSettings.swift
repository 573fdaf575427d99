import Cloud
import Provisioning

/// How an emulated cloud is set up.
package struct EmulatorSettings: Sendable {
    package var credentials: [EmulatorCredential]
    package var azure = AzureAccess.demo
    package var zones: [String: [String]] = EmulatorSettings.someRegions
    package var google = GoogleSettings()
    /// From launch to running; single instances differ by up to a quarter.
    package var bootSeconds: Double = 10
    /// From the call that terminates to terminated.
    package var shutdownSeconds: Double = 5
    /// How long a new instance is missing from lists.
    package var visibilityLag: Duration = .zero
    /// How many a page of a listing has at most where the caller does not say; of Azure.
    package var pageSize = 100
    /// Where the world is kept between processes; nil: in memory only.
    package var worldFile: String?

    package init(credentials: [EmulatorCredential] = [.demo]) {
        self.credentials = credentials
    }

    /// What the emulated account is called; no real account has this number.
    package static let accountNumber = "000000000000"

    /// An emulated account for anybody: its credentials are public and open nothing.
    package static let demo = EmulatorSettings()

    /// Enough of the world to choose from. What is missing can be named in the settings.
    package static let someRegions: [String: [String]] = [
        "us-east-1": ["a", "b", "c", "d", "e", "f"], "us-east-2": ["a", "b", "c"], "us-west-1": ["a", "b"],
        "us-west-2": ["a", "b", "c", "d"], "ca-central-1": ["a", "b", "d"], "eu-central-1": ["a", "b", "c"],
        "eu-west-1": ["a", "b", "c"], "eu-north-1": ["a", "b", "c"], "ap-northeast-1": ["a", "c", "d"],
        "ap-southeast-1": ["a", "b", "c"], "ap-southeast-2": ["a", "b", "c"], "ap-south-1": ["a", "b", "c"],
        "sa-east-1": ["a", "b", "c"],
    ].reduce(into: [:]) { all, region in all[region.key] = region.value.map { region.key + $0 } }

    var conditions: Conditions {
        var conditions = Conditions()
        conditions.bootSeconds = bootSeconds
        conditions.shutdownSeconds = shutdownSeconds
        conditions.visibilityLag = visibilityLag
        conditions.zones = zones
        conditions.pageSize = pageSize
        conditions.googleZones = google.zones
        return conditions
    }
}

/// A key that opens the emulated account.
package struct EmulatorCredential: Sendable, Hashable {
    package var accessKeyID: String
    package var secret: Secret
    package var sessionToken: Secret?

    package init(accessKeyID: String, secret: Secret, sessionToken: Secret? = nil) {
        self.accessKeyID = accessKeyID
        self.secret = secret
        self.sessionToken = sessionToken
    }

    package static let demo = EmulatorCredential(
        accessKeyID: "AKIDEMULATEDMUSTER00", secret: Secret("emulated-secret-that-opens-nothing"))
}
