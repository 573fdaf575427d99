import Provisioning

extension World {
    /// Lets pass what passes without anybody's asking. Every request comes after it, so that whoever looks finds the
    /// world as it is by now; it does no more for being called more often.
    mutating func advance(to now: Timestamp, reading read: LaunchReader, chance: () -> UInt64) {
        tendFleets(at: now, chance: chance)
        tendGroups(at: now, reading: read, chance: chance)
        tendGoogleGroups(at: now, chance: chance)
    }
}
