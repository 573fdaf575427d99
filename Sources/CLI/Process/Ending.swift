import ArgumentParser
import Engine
import Glibc
import Provisioning
import Store

/// How a command ends that did not do what was asked for: what is said about it, and the exit code.
///
/// 1: the outcome that was asked for was not reached. 2: wrong usage or input; nothing was stored, nothing sent.
struct Ending: Equatable {
    let code: Int32
    /// For standard error; whole lines, or nothing.
    let text: String
}

/// The asked-for outcome was not reached.
struct NotReached: Error, Equatable {
    /// One sentence in lower case without a full stop, on several lines if need be.
    let message: String
    let hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}

extension Ending {
    /// The one mapping from errors to words and exit codes.
    init(_ error: any Error, ink: Ink = .none, sources: SourceFiles = .none) {
        switch error {
        case let rejected as Rejected:
            self.init(code: 2, text: DiagnosticText.text(rejected.diagnostics, ink: ink, sources: sources))
        case let notReached as NotReached:
            self.init(code: 1, error: notReached.message, hint: notReached.hint, ink)
        case let stuck as Stuck:
            let notReached = NotReached(stuck)
            self.init(code: 1, error: notReached.message, hint: notReached.hint, ink)
        case let notPromised as NotPromised:
            let notReached = NotReached(notPromised)
            self.init(code: 1, error: notReached.message, hint: notReached.hint, ink)
        case let interrupted as Interrupted:
            self.init(code: 128 + interrupted.signal, text: "")
        case let error as LedgerError:
            self.init(Rejected(error.diagnostic), ink: ink)
        case let exit as ExitCode:
            self.init(code: exit.rawValue, text: "")
        default:
            self.init(
                code: 1, error: "\(error)".split(whereSeparator: \.isNewline).joined(separator: " "), hint: nil, ink)
        }
    }

    private init(code: Int32, error: String, hint: String?, _ ink: Ink) {
        let hint = hint.map { "hint: \($0)\n" } ?? ""
        self.init(code: code, text: "\(ink.paint("error", .red)): \(error)\n\(hint)")
    }
}

extension NotReached {
    /// A request that waits for a person: which account, what the cloud said, what to do.
    init(_ stuck: Stuck) {
        let request = stuck.report.request
        let accounts = Set(stuck.report.machines.map(\.account)).union(request.account.map { [$0] } ?? [])
        let names = accounts.sorted().map { "`\($0)`" }.joined(separator: ", ")
        let account = accounts.count == 1 ? "account \(names)" : "accounts \(names)"
        let what =
            switch stuck.refusal.meaning {
            case .credentials: "did not accept the credentials"
            case .unreachable: "cannot be reached"
            case .invalid: "found the call invalid"
            default: "refused"
            }
        let carryOn = "`muster request show \(request.id) --wait`"
        let check = "`muster provider check \(accounts.sorted().first?.text ?? "")`"
        let remedy =
            switch stuck.refusal.meaning {
            case .credentials:
                "correct the credentials (\(check) tells which were tried), then carry on with \(carryOn)"
            case .unreachable: "look at the endpoint and the network (\(check)), then carry on with \(carryOn)"
            case .invalid where request.template != nil:
                "mend the template, end this request with `muster request cancel \(request.id)`, and ask anew"
            default: "`muster request explain \(request.id)` tells what was tried; \(carryOn) carries it on"
            }
        self.init("\(account) \(what): \(stuck.refusal.text)\n\(request.noun) \(request.id) stays open", hint: remedy)
    }

    /// What keeps a settled request from being what was asked for; nil: nothing does.
    init?(_ report: RequestReport) {
        let request = report.request
        switch request.state {
        case .fulfilled: return nil
        // A least count was given and reached.
        case .partial where request.atLeast != nil: return nil
        case .open, .partial, .failed, .cancelled: break
        }
        var reasons = report.failures.map {
            "\($0.count) of \(request.count) machine\(request.count == 1 ? "" : "s") \($0.state.rawValue): \($0.why)"
        }
        // What a group had not brought in time did not fail: it was taken back.
        if reasons.isEmpty, let shortfall = report.shortfall { reasons = [shortfall.text] }
        let lines = ["\(request.noun) \(request.id) is \(request.state.rawValue)"] + reasons.map { "  \($0)" }
        let isAccounts = report.machines.contains {
            $0.failure?.meaning == .credentials || $0.failure?.meaning == .unreachable
        }
        let hint =
            if isAccounts, let account = request.account {
                "`muster provider check \(account)` tells whether it is mended; then ask anew"
            } else {
                "`muster request explain \(request.id)` tells how it came to that"
            }
        self.init(lines.joined(separator: "\n"), hint: hint)
    }
}

extension NotReached {
    /// An order that was not accepted because its account was not.
    init(_ order: NotPromised) {
        self.init(
            "account `\(order.account)` did not accept the credentials: \(order.refusal.text)\nnothing was stored",
            hint: "correct the credentials (`muster provider check \(order.account)` tells which were tried), then "
                + "order again")
    }

    /// What the cloud said against a rehearsed call; nil: nothing.
    init?(_ preview: Preview) {
        let answers = preview.launches.compactMap(\.confidence.answer)
        guard let first = answers.first else { return nil }
        self.init(
            "account `\(preview.account)` would not do \(answers.count) of \(preview.launches.count) calls: \(first)")
    }
}

extension RequestReport {
    /// Machines that did not come about, grouped by why, most first.
    var failures: [(count: Int, state: Machine.State, why: String)] {
        var counts: [FailureGroup: Int] = [:]
        for machine in machines where machine.state == .failed || machine.state == .lost {
            counts[
                FailureGroup(state: machine.state, why: machine.failure?.text ?? "no reason is known"), default: 0] += 1
        }
        return counts.map { ($0.value, $0.key.state, $0.key.why) }.sorted { ($1.count, $0.why) < ($0.count, $1.why) }
    }
}

private struct FailureGroup: Hashable {
    let state: Machine.State
    let why: String
}
