import Cloud
import Provisioning
import Store

/// Calls that are made side by side, as clouds want them that launch or end one machine a call.
extension Pass {
    /// What became of all calls of a launch.
    enum LaunchOutcome {
        /// What came, and what was refused of the rest; never about single machines.
        case done(LaunchReceipt, [OfferingRefusal])
        case refused(Refusal)
        case unknown(any Error)
    }

    /// How many are on their way at once.
    private static let width = 64

    /// Makes calls side by side; the first of them has had its turn.
    ///
    /// - Parameter isWanted: asked while one waits for its turn; it keeps the lease, too.
    /// - Returns: in their order; nil: it was not made, as it was not wanted any more.
    func send<Reply>(
        _ calls: [Call<Reply>], at account: Account, _ traits: APITraits,
        while isWanted: @escaping @Sendable () throws -> Bool
    ) async throws -> [Outcome<Reply>?] {
        guard calls.count > 1 else { return [await account.session.send(calls[0], within: traits.callDeadline)] }
        let failure = Lock<(any Error)?>(nil)
        @Sendable func made(_ index: Int) async -> Outcome<Reply>? {
            do {
                if index > 0 {
                    guard failure.withLock({ $0 == nil }),
                        try await account.session.takeTurn(for: calls[index], while: isWanted)
                    else { return nil }
                    try renewLease(for: traits.callDeadline)
                }
            } catch {
                failure.withLock { $0 = $0 ?? error }
                return nil
            }
            return await account.session.send(calls[index], within: traits.callDeadline)
        }
        var outcomes = [Outcome<Reply>?](repeating: nil, count: calls.count)
        await withTaskGroup(of: (Int, Outcome<Reply>?).self) { group in
            var next = 0
            func begin() {
                guard next < calls.count else { return }
                let index = next
                next += 1
                group.addTask { (index, await made(index)) }
            }
            for _ in 0..<Pass.width { begin() }
            for await (index, outcome) in group {
                outcomes[index] = outcome
                begin()
            }
        }
        // What was sent was sent; that others were not is for whoever holds the lease now.
        if let error = failure.withLock({ $0 }) { throw error }
        return outcomes
    }

    /// Makes calls side by side, none of which has had its turn, for as long as the request is ours.
    func sendInTurn<Reply>(
        _ calls: [Call<Reply>], at account: Account, _ traits: APITraits
    ) async throws -> [Outcome<Reply>?] {
        guard let first = calls.first else { return [] }
        try await account.session.takeTurn(for: first) { try self.keepLease() }
        return try await send(calls, at: account, traits) { try self.keepLease() }
    }

    /// Some doubt is doubt about the whole: its calls are made again, and those that came to something are known by it.
    func merge(
        _ outcomes: [Outcome<LaunchReceipt>?], with found: [Instance], as offering: Offering, isDoubtful: Bool,
        _ session: Session
    ) -> LaunchOutcome {
        var receipt = LaunchReceipt(instances: found)
        var refusals: [Refusal] = []
        for outcome in outcomes {
            switch outcome {
            case .done(let part)?:
                receipt.instances += part.instances
                receipt.group = receipt.group ?? part.group
                receipt.faults += part.faults
            case .refused(let refusal)?: refusals.append(refusal)
            case .unknown(let error)?: return .unknown(error)
            case nil: break
            }
        }
        let isEmpty = outcomes.count == refusals.count && found.isEmpty
        if let refusal = refusals.first, isEmpty { return .refused(refusal) }
        // A part of them is asked for again by the same names; and what an earlier attempt may have brought about is
        // not to be told from a refusal.
        if let refusal = refusals.first(where: { $0.saysNothingOfOfferings }) { return .unknown(Unfinished(refusal)) }
        if isDoubtful, let refusal = refusals.first { return .refused(refusal) }
        let refused = refusals.map { OfferingRefusal(offering, $0) }
        return .done(receipt, session.refusals(in: receipt.faults) + refused)
    }

    /// Those who are gone are gone; one that was refused is named by its refusal.
    func merge(_ outcomes: [Outcome<Void>?], of instances: [Instance.ID]) -> Outcome<Void> {
        if outcomes.count == 1, let only = outcomes[0] { return only }
        var refused: Refusal?
        for (index, outcome) in outcomes.enumerated() {
            switch outcome {
            case .done?: break
            case .refused(let refusal)? where refusal.meaning == .absent: break
            case .unknown(let error)?: return .unknown(error)
            case nil: return .unknown(Unfinished(Refusal(.unreachable, code: "NotSent", message: "it was not made")))
            case .refused(let refusal)?:
                refused = refused ?? refusal
                if outcomes.count == instances.count, refused?.meaning == refusal.meaning {
                    refused?.subjects.append(instances[index].text)
                }
            }
        }
        return refused.map { .refused($0) } ?? .done(())
    }

    /// For whoever waits and is wanted as long as the request is ours.
    func keepLease() throws -> Bool {
        try agent.database.transaction { try requireLease(for: .seconds(30), $0) }
        return true
    }
}

/// A part of the calls came to nothing that could be believed.
struct Unfinished: Error, CustomStringConvertible {
    let refusal: Refusal

    init(_ refusal: Refusal) { self.refusal = refusal }

    var description: String { "not all calls were heard: \(refusal.text)" }
}

extension Refusal {
    /// Asked again it may well come to something.
    fileprivate var saysNothingOfOfferings: Bool { meaning == .throttled || meaning == .unreachable }
}
