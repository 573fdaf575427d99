/// Which versions of its API each service of the emulated Azure has.
enum ARMVersions {
    private static let current: [String: [String]] = [
        "": [
            "2021-01-01", "2021-04-01", "2022-09-01", "2022-12-01", "2024-03-01", "2024-07-01", "2024-11-01",
            "2025-03-01", "2025-04-01",
        ],
        "microsoft.compute": [
            "2021-07-01", "2022-03-01", "2023-03-01", "2023-09-01", "2024-03-01", "2024-07-01", "2024-11-01",
            "2025-04-01",
        ],
        "microsoft.compute/disks": ["2023-04-02", "2023-10-02", "2024-03-02", "2025-01-02"],
        "microsoft.network": [
            "2022-07-01", "2023-09-01", "2024-01-01", "2024-05-01", "2024-07-01", "2024-10-01", "2025-01-01",
            "2025-05-01",
        ],
    ]

    /// Holds the version a call names against those that there are.
    static func check(_ version: String?, of call: String, path: String) throws(ARMError) {
        guard let version, !version.isEmpty else {
            throw ARMError(
                "MissingApiVersionParameter",
                "The api-version query parameter (?api-version=) is required for all requests.")
        }
        let parts = path.lowercased().split(separator: "/").map(String.init)
        let at = parts.firstIndex(of: "providers").map { $0 + 1 }
        let namespace = at.flatMap { $0 < parts.count ? parts[$0] : nil } ?? ""
        var known = current[namespace] ?? current[""] ?? []
        if call.hasPrefix("Disks_") { known = current["microsoft.compute/disks"] ?? [] }
        if known.contains(version) { return }
        let isDate = version.utf8.count >= 10 && version.prefix(10).allSatisfy { $0.isNumber || $0 == "-" }
        let supported = known.reversed().joined(separator: ",")
        guard isDate, namespace.hasPrefix("microsoft.compute") || namespace.hasPrefix("microsoft.network") else {
            throw ARMError(
                "InvalidApiVersionParameter",
                "The api-version '\(version)' is invalid. The supported versions are '\(supported)'.")
        }
        throw ARMError(
            "NoRegisteredProviderFound",
            "No registered resource provider found for location '' and API version '\(version)' for type "
                + "'\(call.prefix { $0 != "_" })'. The supported api-versions are '\(supported)'.")
    }
}
