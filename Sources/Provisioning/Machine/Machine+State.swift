extension Machine {
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        case planned, launching, pending, running, terminating, terminated, failed, lost
    }
}

extension Machine.State {
    /// The whole table of allowed moves; the repository refuses any other.
    package func mayBecome(_ next: Machine.State) -> Bool {
        switch (self, next) {
        // An intent was opened, or nothing will be tried any more.
        case (.planned, .launching), (.planned, .failed): true
        // The intent was closed: refused or short, done, or with nothing left to try.
        case (.launching, .planned), (.launching, .pending), (.launching, .failed): true
        // Seen running; given back, expired or cancelled; or gone unasked.
        case (.pending, .running), (.pending, .terminating), (.pending, .lost): true
        case (.running, .terminating), (.running, .lost): true
        // Only proof of absence ends a termination.
        case (.terminating, .terminated): true
        default: false
        }
    }

    /// Whether no move leads out of it.
    package var isFinal: Bool {
        switch self {
        case .terminated, .failed, .lost: true
        case .planned, .launching, .pending, .running, .terminating: false
        }
    }

    /// Whether a cloud may be billing for it.
    package var mayCost: Bool {
        switch self {
        case .launching, .pending, .running, .terminating: true
        case .planned, .terminated, .failed, .lost: false
        }
    }
}
