import Cloud
import Provisioning
import Store

/// What the clouds say of their machine types: asked once a day for each account, however many want to know.
package final class TypeLists: Sendable {
    /// How long a list is taken for true: new types and zones come in weeks.
    package static let age: Duration = .seconds(24 * 3600)
    /// All pages have to be there within this: whoever orders waits for them.
    static let time: Duration = .seconds(10)
    /// Whoever comes this soon after nobody answered is not made to wait for the same.
    static let pause: Duration = .seconds(60)

    private let files: TypeListFiles?
    private let now: @Sendable () -> Timestamp
    private let state = Lock<[AccountName: State]>([:])

    private struct State {
        var list: TypeList?
        var search: Task<Answer, Never>?
        var failure: (at: Timestamp, why: String)?
    }

    enum Answer: Sendable {
        case list(TypeList)
        /// Nobody said what there is, and why.
        case none(String)
    }

    /// - Parameter files: where lists are kept for other processes; nil: nowhere.
    package init(files: TypeListFiles?, now: @escaping @Sendable () -> Timestamp) {
        self.files = files
        self.now = now
    }

    /// The list of an account as far as it is known already, and of today; nothing is sent.
    package func kept(of account: Account) -> TypeList? {
        let earlier = state.withLock { $0[account.name]?.list }
        if let earlier, isFresh(earlier) { return earlier }
        guard let kept = files?.list(of: account.name, at: account.place), isFresh(kept) else { return nil }
        state.withLock { $0[account.name, default: State()].list = kept }
        return kept
    }

    /// How old that is; nil: there is none.
    package func age(of account: Account) -> Duration? { kept(of: account).map { now() - $0.askedAt } }

    /// The same, asked for where it is not known.
    func list(of account: Account, by listing: TypeListing) async -> Answer {
        if let kept = kept(of: account) { return .list(kept) }
        let now = now()
        let search = state.withLock { states -> Task<Answer, Never>? in
            let state = states[account.name] ?? State()
            if let search = state.search { return search }
            if let failure = state.failure, (Duration.zero..<TypeLists.pause).contains(now - failure.at) { return nil }
            // Its own task: one caller that gives up must not end it for the others.
            let begun = Task(executorPreference: TaskHome.executor) { await self.search(account, listing, at: now) }
            states[account.name, default: State()].search = begun
            return begun
        }
        if let search { return await search.value }
        return .none(state.withLock { $0[account.name]?.failure?.why } ?? "")
    }

    private func search(_ account: Account, _ listing: TypeListing, at now: Timestamp) async -> Answer {
        let answer: Answer
        do {
            let list = try await listing.ask(account.session, at: now, until: now + TypeLists.time, self.now)
            files?.keep(list, of: account.name, at: account.place)
            answer = .list(list)
        } catch {
            answer = .none("\(error)")
        }
        state.withLock { states in
            switch answer {
            case .list(let list): states[account.name] = State(list: list)
            case .none(let why): states[account.name] = State(failure: (now, why))
            }
        }
        return answer
    }

    private func isFresh(_ list: TypeList) -> Bool {
        // One of tomorrow was written before somebody set the clock right.
        (Duration.zero..<TypeLists.age).contains(now() - list.askedAt)
    }
}

extension Account {
    /// Whom its lists are asked of: an account that was moved has others.
    fileprivate var place: String {
        let url = lookUps.map { session.request(for: $0.typeListing.types).url } ?? ""
        return "\(url) \(region)"
    }
}
