// Who may be whom in the emulated account.

extension Inventory {
    package struct Role: Sendable, Hashable {
        package let name: String
        package let id: String
        /// What the role's owner wants to hear from whoever assumes it.
        package let externalID: String?
        /// The longest that it may be had at a time.
        package let secondsMax: Int

        package var arn: String { "arn:aws:iam::\(EmulatorSettings.accountNumber):role/\(name)" }
    }

    /// Whose keys the account's own are.
    package static let userName = "demo"

    /// Anybody with the account's keys may assume the first; the other is how an account of somebody else's guards one.
    package static let roles = [
        Role(name: "demo", id: "AROAEMULATEDMUSTER0000", externalID: nil, secondsMax: 43_200),
        Role(name: "guarded", id: "AROAEMULATEDMUSTER0001", externalID: "demo-external-id", secondsMax: 3600),
    ]

    /// The machine that instance metadata are about, which is no instance of the account's, and what it may be.
    package static let machine = "i-0e0e0e0e0e0e0e0e0"
    package static let machineRole = roles[0]
}
