import Cloud
import Provisioning

extension House {
    /// Reads and loads what sending takes, beside whatever comes before the first request.
    ///
    /// libcurl and the thirty libraries it needs take 6 ms, during which no thread can be started: whatever thread will be
    /// wanted by then had better be there. Where every account is emulated in this process nothing is sent, and nothing is
    /// loaded. It may still be under way when the process ends, which must not tear libraries down then.
    package func loadAhead() {
        _ = startThread { [self] in
            let sites = settings.accounts.filter { !$0.isEmulated }.map(\.site)
            // What is asked for a token by the network is done before a request is accepted: there it is wanted first.
            if sites.contains(where: { $0 != .aws }) { loadCurl() }
            prepareDigests()
            // What goes wrong is told where it is wanted.
            for account in settings.accounts { _ = try? (files.descriptor(of: account.cloud), strategies(of: account)) }
            if !sites.isEmpty { loadCurl() }
        }
    }

    private func loadCurl() { CurlTransport.load(CurlSettings(environment: environment)) }
}
