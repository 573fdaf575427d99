extension IntentToken {
    /// What an instance is called that a call of this intent makes, by the number of its machine in the order: the same
    /// for every attempt, so that none is made twice.
    ///
    /// `muster-06fz3k9q2m7w1c4d-0001`: it sorts by the number, and every cloud takes it for a host's name.
    package func instanceName(_ number: Int) -> String {
        let digits = String(number)
        return "\(resourceName)-\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)"
    }

    /// What else is called that is made for this intent alone: `muster-06fz3k9q2m7w1c4d`.
    package var resourceName: String {
        let start = text.hasPrefix("int-") ? text.dropFirst(4) : text[...]
        return "muster-\(start)"
    }
}

extension Intent {
    /// What the instances of a launch's machines are called, where we name them.
    package var instanceNames: [Machine.ID: String] {
        Dictionary(
            machines.enumerated().map { ($1, token.instanceName($0 + 1)) }, uniquingKeysWith: { first, _ in first })
    }
}
