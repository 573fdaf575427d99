/// What a cloud said exists: the answer to one question, asked at one moment.
package struct Listing: Sendable, Hashable {
    package var instances: [Instance]
    /// Before the first page was asked for.
    package var askedAt: Timestamp
    /// Whether every page came. An incomplete listing proves nothing about what it lacks.
    package var isComplete: Bool

    package init(instances: [Instance], askedAt: Timestamp, isComplete: Bool) {
        self.instances = instances
        self.askedAt = askedAt
        self.isComplete = isComplete
    }
}
