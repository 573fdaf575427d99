/// The cloud's clear no, with a meaning because the plan acts on it.
package struct Refusal: Error, Hashable, Sendable, Codable {
    /// What a refusal tells the plan to do; a meaning exists only where some code acts on it.
    package enum Meaning: String, Hashable, Sendable, Codable, CaseIterable {
        /// No room for this type, here, in this market, now: the next offering.
        case capacity
        /// Not sold here at all: the next offering, for days.
        case unoffered
        /// Our allowance is used up: another family or region; tell.
        case quota
        /// The subnet has no addresses left: another subnet or zone.
        case addresses
        /// Too fast: the same call, same token, later.
        case throttled
        /// Who we are was not accepted: stop and tell. Never a fallback.
        case credentials
        /// What we asked makes no sense to the cloud: stop and tell. Never a fallback.
        case invalid
        /// It asks for too much at once: the same in smaller parts.
        case oversized
        /// The token or name means something else by now: look up by token.
        case conflict
        /// What was made for the launch beforehand is gone, or not visible yet: make it again, once.
        case stale
        /// What was named is not there (or not visible yet).
        case absent
        /// The endpoint could not be reached; nothing was sent.
        case unreachable
        /// A no that no table knows: a few attempts, then stop. Never called capacity.
        case unclassified
    }

    /// What a refusal is about where that is not what its meaning usually is about.
    package enum Reach: String, Hashable, Sendable, Codable, CaseIterable {
        /// The template's placement group in this place: others still have room.
        case placementGroup = "placement-group"
        /// One market at this account: the other may be open.
        case market
    }

    package var meaning: Meaning
    /// Nil: as far as its meaning says.
    package var reach: Reach?
    /// The cloud's own code: `InsufficientInstanceCapacity`.
    package var code: String
    /// The cloud's own words.
    package var message: String
    /// What it named, such as the one bad id among many.
    package var subjects: [String]
    /// How long what it blocks stays blocked, or how long the cloud asks to wait.
    package var holdsSeconds: Int?
    /// How long to try again, for what may only be a matter of time; then it is `invalid`. Nil: it is not known to be.
    package var retriesSeconds: Int?
    /// The cloud's name for the exchange, for its support.
    package var exchange: String?

    package init(
        _ meaning: Meaning, code: String, message: String, subjects: [String] = [], holdsSeconds: Int? = nil,
        reach: Reach? = nil, retriesSeconds: Int? = nil, exchange: String? = nil
    ) {
        self.meaning = meaning
        self.reach = reach
        self.retriesSeconds = retriesSeconds
        self.code = code
        self.message = message
        self.subjects = subjects
        self.holdsSeconds = holdsSeconds
        self.exchange = exchange
    }

    /// `InsufficientInstanceCapacity: We currently do not have …`
    package var text: String { message.isEmpty ? code : "\(code): \(message)" }
}

/// What became of a call.
///
/// `unknown` is not a failure: the cloud may have acted. The intent stays open, and the same call is made
/// again, with the same token, on a later pass.
package enum Outcome<Reply: Sendable>: Sendable {
    case done(Reply)
    case refused(Refusal)
    case unknown(any Error)
}
