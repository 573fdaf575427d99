import Cloud

/// Loads what requests are sent by, beside whatever comes before the first one.
///
/// libcurl and the thirty libraries it needs take 6 ms. Where every account is emulated in this process nothing is sent,
/// and nothing is loaded. It may still be under way when the process ends, which must not tear libraries down then.
package func loadNetwork(config: String?, environment: [String: String]) {
    _ = startThread {
        // What is wrong with the settings is told where they are used.
        guard let settings = try? Settings.read(SettingFlags(config: config), environment: environment),
            settings.accounts.contains(where: { !$0.isEmulated })
        else { return }
        CurlTransport.load(CurlSettings(environment: environment))
    }
}
