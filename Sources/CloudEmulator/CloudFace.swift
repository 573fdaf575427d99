import Cloud
import Provisioning

/// One emulated cloud as it looks from outside: requests of the wire go in, and what the real one would say comes out.
///
/// All of them answer on one address, and out of one world.
protocol CloudFace: Sendable {
    /// Whether a request is this cloud's to answer, by where it goes; the first that claims one has it.
    func claims(_ request: HTTPRequest) -> Bool

    /// The action a request names, as far as can be told before it is proved and checked. Faults and rates go by it.
    func action(of request: HTTPRequest) -> String?

    /// Whether an action changes the world; any other is read only, unless a fault or a rate is counted down by it.
    func mayChange(_ action: String) -> Bool

    func answer(
        _ request: HTTPRequest, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) -> HTTPResponse

    /// A no in the form of whoever was asked, in words that came from elsewhere.
    func refusal(
        _ code: String, _ message: String, status: Int, to request: HTTPRequest, chance: () -> UInt64
    ) -> HTTPResponse
}
