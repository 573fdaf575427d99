import Provisioning

/// What may differ from one site to another in how requests are sent.
package struct CurlSettings: Sendable {
    /// A file of certificates in PEM to trust instead of the system's; nil: the system's.
    package var caBundle: String?
    /// For the name, the connection and TLS together.
    package var connectTimeout: Duration = .seconds(5)
    /// A longer answer is not taken: it would be a proxy's mistake, or somebody's malice.
    package var bodyBytesMax = 64 << 20
    /// What is beyond it waits for a connection to become free, within its own deadline.
    package var connectionsPerHost = 64
    /// HTTP/2 over TLS, many calls on one connection, where the server offers it.
    ///
    /// Off, because what ends such a connection leaves every call on it unknown. libcurl 7.88.1 (Debian 12) ends
    /// some by itself: of 19 bursts of 2,000 POSTs over HTTP/2, 16 lost between 1 and 50 calls to `Error in the
    /// HTTP2 framing layer`; of 9 over HTTP/1.1 none lost any, at about the same cost.
    package var usesHTTP2 = false
    /// The library that sends.
    package var library = "libcurl.so.4"

    package init() {}

    /// Takes the CA bundle from the variables that people set for other programs, AWS's own first.
    package init(environment: [String: String]) {
        let names = ["AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"]
        caBundle = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
}
