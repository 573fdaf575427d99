/// The written promise of one call: it is open until the call's outcome is known.
package struct Intent: Hashable, Sendable {
    package enum Verb: String, Hashable, Sendable, Codable { case launch, terminate }

    package enum Outcome: String, Hashable, Sendable, Codable { case done, refused }

    package let token: IntentToken
    package let request: Request.ID
    package let verb: Verb
    package let account: AccountName
    package let api: APIName
    /// The whole order of a launch, kept so that a retry sends the same bytes whatever became of the template.
    package let order: LaunchOrder?
    /// Sorted.
    package let machines: [Machine.ID]
    /// Of a termination: the group that is to have so many fewer.
    package var group: Scaffold.ID?
    package let openedAt: Timestamp
    /// How often a call was begun; counted before each send.
    package var attempts: Int
    /// How many of those calls got an answer that was no success.
    package var answers: Int
    /// When the last one was begun.
    package var attemptedAt: Timestamp?
    /// Not to be tried again before this.
    package var retryAt: Timestamp?
    /// What the last answer said, while it may not be believed or is no end.
    package var refusal: Refusal?

    package init(
        token: IntentToken, request: Request.ID, verb: Verb, account: AccountName, api: APIName,
        order: LaunchOrder?, machines: [Machine.ID], openedAt: Timestamp
    ) {
        self.token = token
        self.request = request
        self.verb = verb
        self.account = account
        self.api = api
        self.order = order
        self.machines = machines.sorted()
        self.openedAt = openedAt
        self.attempts = 0
        self.answers = 0
    }

    /// Whether a call may have acted without our knowing: it was begun, and nobody heard how it ended.
    package var isDoubtful: Bool { attempts > answers }

    /// Whether calling again cannot settle it, so that it must be looked up by its token: after an answer
    /// that contradicts an earlier call nobody heard of, or once the cloud may have forgotten the token.
    package func wantsLookUp(at now: Timestamp, _ traits: APITraits) -> Bool {
        guard verb == .launch, attempts > 0 else { return false }
        switch refusal?.meaning {
        case .capacity, .unoffered, .quota, .addresses, .invalid, .oversized, .conflict, .absent, .unclassified:
            return true
        case .throttled, .credentials, .unreachable, .stale, nil:
            return isDoubtful && now > openedAt + traits.tokenMemory
        }
    }

    /// When a call that was begun can no longer bring about anything that a listing does not show.
    package func settledBy(_ traits: APITraits) -> Timestamp {
        (attemptedAt ?? openedAt) + traits.callDeadline + traits.visibility
    }
}

/// What makes a repeated call the same call.
package typealias IntentToken = Identifier<Intent>
