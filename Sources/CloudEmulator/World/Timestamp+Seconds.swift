import Provisioning

extension Timestamp {
    /// `2026-11-21T12:40:43Z`
    var toTheSecond: String { description.prefix(19) + "Z" }
}
