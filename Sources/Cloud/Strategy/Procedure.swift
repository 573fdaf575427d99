import Provisioning

/// Calls that follow from each other: what comes next is written when the answer before it is known.
///
/// It is made anew from its beginning if it was cut short, so it comes to the same end however often it is begun.
package struct Procedure<Reply: Sendable>: Sendable {
    package indirect enum Step: Sendable {
        case done(Reply)
        case then(Procedure<Reply>)
    }

    package var call: Call<Step>
    /// How long to wait before it, where a cloud has only begun what an earlier call asked for.
    package var pause: Duration = .zero

    package init(_ call: Call<Step>) { self.call = call }

    /// Of one call.
    package init(only call: Call<Reply>) { self.call = call.map { .done($0) } }
}

extension Call {
    /// The same call with its reply understood as something else.
    package func map<Other>(_ transform: @escaping @Sendable (Reply) throws -> Other) -> Call<Other> {
        let (read, consent) = (read, consent)
        var other = Call<Other>(
            action: action, effect: effect, service: service, method: method, path: path, query: query,
            headers: headers, body: body, parameters: parameters, read: { try transform(try read($0)) }, fault: fault)
        other.machines = machines
        other.headroom = headroom
        if let consent {
            other.consent = { fault in
                guard let reply = consent(fault) else { return nil }
                return try? transform(reply)
            }
        }
        return other
    }
}

extension Session {
    /// Makes the calls of a procedure until it is done, or until one of them is not.
    package func perform<Reply>(_ procedure: Procedure<Reply>, within deadline: Duration) async -> Outcome<Reply> {
        await perform(procedure, within: deadline, begin: {})
    }

    /// Makes the calls of a procedure until it is done, or until one of them is not.
    ///
    /// - Parameter begin: before each call that has had its turn.
    package func perform<Reply>(
        _ procedure: Procedure<Reply>, within deadline: Duration, begin: () throws -> Void
    ) async rethrows -> Outcome<Reply> {
        var procedure = procedure
        while true {
            do {
                try await rest(for: procedure.pause)
                try await takeTurn(for: procedure.call)
            } catch {
                return .refused(Refusal(.unreachable, code: "NotSent", message: "\(error)"))
            }
            try begin()
            switch await send(procedure.call, within: deadline) {
            case .done(.done(let reply)): return .done(reply)
            case .done(.then(let next)): procedure = next
            case .refused(let refusal): return .refused(refusal)
            case .unknown(let error): return .unknown(error)
            }
        }
    }
}
