import Provisioning

/// Something that goes wrong on purpose, a number of times.
package struct Fault: Sendable, Codable, Hashable {
    package enum Effect: Sendable, Codable, Hashable {
        /// The cloud says no and does nothing.
        case refuse(code: String, message: String, status: Int)
        /// The cloud acts, and then says that it failed.
        case failAfterwards(code: String, message: String, status: Int)
        /// The call never arrives.
        case loseRequest
        /// The cloud acts, and nobody hears of it.
        case loseReply
        /// One instance of a launch ends instead of running, for this reason.
        case failLate(EmulatedInstance.Ending)
    }

    /// Nil: whichever comes next.
    package var action: String?
    package var effect: Effect
    package var times: Int

    package init(_ effect: Effect, on action: String? = nil, times: Int = 1) {
        self.action = action
        self.effect = effect
        self.times = times
    }
}

extension World {
    /// Takes the first fault that is meant for a call, once.
    package mutating func takeFault(on action: String) -> Fault.Effect? {
        take { fault in
            if case .failLate = fault.effect { false } else { fault.action == nil || fault.action == action }
        }
    }

    mutating func takeLateFailure() -> EmulatedInstance.Ending? {
        let effect = take { fault in if case .failLate = fault.effect { true } else { false } }
        return if case .failLate(let ending) = effect { ending } else { nil }
    }

    private mutating func take(where isMeant: (Fault) -> Bool) -> Fault.Effect? {
        guard let at = faults.firstIndex(where: { $0.times > 0 && isMeant($0) }) else { return nil }
        let effect = faults[at].effect
        faults[at].times -= 1
        if faults[at].times == 0 { faults.remove(at: at) }
        touch()
        return effect
    }
}
