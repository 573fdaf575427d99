/// An accepted order, or an accepted return: a promise, kept by the loop.
///
/// It stores facts; how far it has come is read off its machines until it settles.
package struct Request: Hashable, Sendable, Identifiable {
    package typealias ID = Identifier<Request>

    package enum Kind: Hashable, Sendable {
        case launch(Order, Template)
        case giveBack([Machine.ID])
    }

    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        case open, fulfilled, partial, failed, cancelled
    }

    package let id: ID
    package let kind: Kind
    /// Nil for a return, whose machines may be anybody's.
    package let account: AccountName?
    /// Where else it may come from, in order of preference, and what its template comes to there.
    package var elsewhere: [Elsewhere] = []
    package let createdAt: Timestamp
    package let deadline: Timestamp
    package var cancelledAt: Timestamp?
    package var settledAt: Timestamp?
    package var state: State
    /// When to look at it next; nil: at once.
    package var wakeAt: Timestamp?
    package var version: Int

    package init(id: ID, kind: Kind, account: AccountName?, createdAt: Timestamp, deadline: Timestamp) {
        self.id = id
        self.kind = kind
        self.account = account
        self.createdAt = createdAt
        self.deadline = deadline
        self.state = .open
        self.version = 0
    }
}

/// Another account that a request may be served by.
package struct Elsewhere: Hashable, Sendable, Codable {
    package var account: AccountName
    package var template: Template

    package init(account: AccountName, template: Template) {
        self.account = account
        self.template = template
    }
}

extension Request {
    /// All accounts that it may be served by, the preferred one first.
    package var accounts: [AccountName] { (account.map { [$0] } ?? []) + elsewhere.map(\.account) }

    /// What its template comes to at an account.
    package func template(at account: AccountName) -> Template? {
        elsewhere.first { $0.account == account }?.template ?? template
    }

    package var order: Order? {
        if case .launch(let order, _) = kind { order } else { nil }
    }

    package var template: Template? {
        if case .launch(_, let template) = kind { template } else { nil }
    }

    package var key: String? { order?.key }
    /// How many machines are better than none, if anybody said: the order, or else its template.
    package var atLeast: Int? {
        guard let order else { return nil }
        return order.atLeast ?? template?.atLeast?.count(of: order.count)
    }

    package var isSettled: Bool { state != .open }

    /// How many machines were asked for, or are to be given back.
    package var count: Int {
        switch kind {
        case .launch(let order, _): order.count
        case .giveBack(let machines): machines.count
        }
    }

    /// Whether the machine with this number is the `number`-th of this request, counting from 1.
    package func machineID(number: Int) -> Machine.ID {
        let digits = String(number)
        let padding = String(repeating: "0", count: max(0, 4 - digits.count))
        return Machine.ID("mch-\(id.text.dropFirst(4))-\(padding)\(digits)")
    }
}
