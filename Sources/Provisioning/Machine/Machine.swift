/// One promised machine; it exists before any cloud was asked.
package struct Machine: Hashable, Sendable, Identifiable {
    package typealias ID = Identifier<Machine>

    package let id: ID
    package let request: Request.ID
    /// Where it is asked for; another one only while nothing has been asked for it.
    package var account: AccountName
    package var state: State
    /// When it came into that state.
    package var since: Timestamp
    /// What the cloud gave; at most one in a machine's life.
    package var instance: Instance.ID?
    /// The last offering asked for it; once it has an instance, what that one is.
    package var offering: Offering?
    package var privateIP: String?
    package var publicIP: String?
    package var launchedAt: Timestamp?
    /// Where the cloud tells what becomes of its instance, if that is elsewhere than in its listings.
    package var operation: String?
    /// How many launches in a row it has been part of that brought no clear word on their offering.
    package var attempt: Int
    /// Why it failed or was lost, or what the last refusal said.
    package var failure: Failure?
    /// When it was first seen running.
    package var ranAt: Timestamp?
    /// When its lifetime is over.
    package var expiresAt: Timestamp?
    /// Since when complete listings have lacked it; nil: it was in the last one.
    package var missingSince: Timestamp?
    /// The group whose member it is; before it has an instance, it is for the group to bring one.
    package var group: Scaffold.ID?
    /// What it counts for of what was asked.
    package var weight: Int
    package var version: Int

    package init(id: ID, request: Request.ID, account: AccountName, at now: Timestamp) {
        self.id = id
        self.request = request
        self.account = account
        self.state = .planned
        self.since = now
        self.attempt = 0
        self.weight = 1
        self.version = 0
    }
}

extension Failure? {
    /// A no that says nothing about what was asked for.
    package var isUnclear: Bool {
        switch self?.meaning {
        case .unclassified, .unreachable, .absent, .throttled, .stale: true
        default: false
        }
    }
}

/// Why something did not come about, in a word and in words.
package struct Failure: Hashable, Sendable, Codable {
    package enum Cause: String, Hashable, Sendable, Codable {
        case refused, deadline, cancelled, returned, gone
        /// Its instance was granted, and did not come up.
        case broken
        case tooFew = "too-few"
    }

    package var cause: Cause
    package var detail: String
    /// The cloud's refusal, where there was one.
    package var meaning: Refusal.Meaning?
    /// The cloud's own code, where it gave one.
    package var code: String?
    /// How many may be asked for at once from now on, where it was too many.
    package var atMost: Int?

    package init(_ cause: Cause, _ detail: String, meaning: Refusal.Meaning? = nil, code: String? = nil) {
        self.cause = cause
        self.detail = detail
        self.meaning = meaning
        self.code = code
    }

    /// - Parameter count: how many were asked for at once, if that matters.
    package init(_ refusal: Refusal, of count: Int? = nil) {
        self.init(.refused, refusal.text, meaning: refusal.meaning, code: refusal.code)
        if refusal.meaning == .oversized, let count { atMost = max(1, count / 2) }
    }

    /// The same, with what stood in the way until then: a deadline that passed is no reason by itself.
    package func after(_ earlier: Failure?) -> Failure {
        guard let earlier, cause == .deadline else { return self }
        return Failure(cause, "\(detail); until then: \(earlier.detail)", meaning: earlier.meaning, code: earlier.code)
    }
}
