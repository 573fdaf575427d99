import Catalog
import Cloud
import Provisioning
import Store

extension Agent {
    /// Writes the promise of an order, and returns at once.
    ///
    /// The same key gives the same request: an order repeated with its key is answered with what the first
    /// one became. An image that is an alias or a search is looked up before anything is promised, and so is which
    /// types there are for a template that says requirements.
    ///
    /// - Throws: `Rejected` with everything that keeps the order from being accepted, or `NotPromised` where the
    ///   account's credentials were not; nothing is stored then.
    package func accept(_ order: Order) async throws -> RequestReport {
        if let key = order.key, let earlier = try database.read({ try promised(key, for: order, $0) }) {
            return earlier
        }
        var servings: [Serving] = []
        for (written, account) in try resolve(order) {
            servings.append(try await serving(order, written, at: account))
        }
        let template = servings[0].template, account = servings[0].account

        let now = surroundings.now()
        var accepted = Request(
            id: Request.ID("req-\(surroundings.freshName())"), kind: .launch(order, template), account: account.name,
            createdAt: now, deadline: now + .seconds(order.deadlineSeconds))
        accepted.elsewhere = servings.dropFirst().map { Elsewhere(account: $0.account.name, template: $0.template) }
        let request = accepted
        let found = servings.flatMap(\.found)
        return try database.transaction { sql in
            // Somebody may have come with the same key, or for the last of a limit, in the meantime.
            if let key = order.key, let earlier = try promised(key, for: order, sql) { return earlier }
            if template.limit != nil {
                let inUse = try RequestRepository(sql).machinesInUse(of: template.id)
                try check(order, against: template, inUse: inUse).rejectErrors()
            }
            let machines = (1...order.count).map {
                Machine(id: request.machineID(number: $0), request: request.id, account: account.name, at: now)
            }
            let cause = found.isEmpty ? "accepted" : "accepted: \(found.joined(separator: "; "))"
            try RequestRepository(sql).insert(request, cause: cause)
            try MachineRepository(sql).insert(machines, cause: "promised")
            return RequestReport(request: request, machines: machines)
        }
    }

    /// Writes the promise to give machines back, and returns at once.
    ///
    /// Machines that are over already count as given back.
    ///
    /// - Throws: `Rejected` naming every machine there is not.
    package func giveBack(_ machines: [Machine.ID], cause: String = "accepted") throws -> RequestReport {
        let machines = Array(Set(machines)).sorted()
        guard !machines.isEmpty else {
            throw Rejected(
                Diagnostic(
                    .error, "return.empty", "there is no machine to give back",
                    hint: "name machines, or a request with `--request`"))
        }
        let now = surroundings.now()
        let request = Request(
            id: Request.ID("ret-\(surroundings.freshName())"), kind: .giveBack(machines), account: nil,
            createdAt: now, deadline: now + .seconds(Order.defaultDeadlineSeconds))
        return try database.transaction { sql in
            let found = try MachineRepository(sql).machines(machines)
            let missing = Set(machines).subtracting(found.map(\.id)).sorted()
            try missing.map(Agent.unknown).rejectErrors()
            try RequestRepository(sql).insert(request, cause: cause)
            return RequestReport(request: request, machines: found)
        }
    }

    /// Ends a request that is still open: what was launched for it is terminated.
    ///
    /// - Throws: `Rejected` if there is none, or it has settled.
    package func cancel(_ id: Request.ID) throws -> RequestReport {
        let now = surroundings.now()
        return try database.transaction { sql in
            var request = try known(id, sql)
            if case .giveBack = request.kind {
                throw Rejected(
                    Diagnostic(.error, "request.return", "`\(id)` is a return, and machines given back cannot be kept"))
            }
            guard !request.isSettled else {
                throw Rejected(
                    Diagnostic(
                        .error, "request.settled", "`\(id)` is \(request.state.rawValue) already",
                        hint: "give its machines back with `muster machine return --request \(id)`"))
            }
            if request.cancelledAt == nil {
                request.cancelledAt = now
                request.wakeAt = nil
                try RequestRepository(sql).update(request, was: request.state, at: now, cause: "cancelled")
                request.version += 1
            }
            return RequestReport(request: request, machines: try machines(of: request, sql))
        }
    }

    // MARK: - Parts

    /// How many machines of a template are alive or promised; it is not counted for one without a limit.
    func inUse(of template: Template) throws -> Int {
        if template.limit == nil { return 0 }
        return try database.read { try RequestRepository($0).machinesInUse(of: template.id) }
    }

    /// What an order with this key became.
    private func promised(_ key: String, for order: Order, _ sql: any SQL) throws -> RequestReport? {
        guard let request = try RequestRepository(sql).request(key: key) else { return nil }
        guard request.order == order else {
            throw Rejected(
                Diagnostic(
                    .error, "order.key-reused",
                    "the key `\(key)` belongs to `\(request.id)`, which asked for something else",
                    hint: "repeat that order unchanged, or use another key"))
        }
        return RequestReport(request: request, machines: try machines(of: request, sql))
    }

    /// What an order comes to at one account, all that had to be asked found out.
    private struct Serving {
        var account: Account
        var template: Template
        /// For the history.
        var found: [String]
    }

    private func serving(_ order: Order, _ written: Template, at account: Account) async throws -> Serving {
        // Before anything is asked of the cloud; what counts is what the transaction finds.
        try check(order, against: written, inUse: try inUse(of: written), siteTags: account.tags).rejectErrors()
        try await account.session.checkCredentials(of: account.name)
        let types = try await resolveTypes(of: written, at: account, asking: true)
        let image = try await resolveImage(of: types.template, at: account)
        return Serving(
            account: account, template: image.template,
            found: [image.cause.map { "image \($0)" }, types.cause].compactMap(\.self))
    }

    /// The template of an order and the account that is to serve it, then those that may serve it too.
    ///
    /// An order that names an account means that one alone.
    func resolve(_ order: Order) throws -> [(Template, Account)] {
        let first = try resolve(order, at: order.account)
        guard order.account == nil, let others = first.0.fallbackAccounts else { return [first] }
        var all = [first]
        for name in others where !all.contains(where: { $0.1.name == name }) {
            all.append(try resolve(order, at: name))
        }
        return all
    }

    private func resolve(_ order: Order, at account: AccountName?) throws -> (Template, Account) {
        let resolved = try catalog.resolve(order.template, at: account, given: order.parameters ?? [:])
        guard let name = resolved.account else {
            throw Rejected(
                Diagnostic(
                    .error, "template.no-account",
                    "template `\(order.template)` is for `\(resolved.template.cloud ?? "")`, and no account is on it",
                    hint: "`muster provider list` shows the accounts there are"))
        }
        guard let account = accounts[name] else {
            throw Rejected(
                Diagnostic(
                    .error, "account.unknown", "there is no account `\(name)`",
                    hint: didYouMean(name.text, among: accounts.keys.map(\.text))
                        ?? "`muster provider list` shows those there are"))
        }
        guard account.api(resolved.template.api) != nil else {
            throw Rejected(
                Diagnostic(
                    .error, "template.api",
                    "`\(resolved.template.api ?? "")` is no API of account `\(account.name)` yet",
                    hint: "it has " + account.strategies.keys.sorted().map { "`\($0)`" }.joined(separator: ", ")))
        }
        return (resolved.template, account)
    }
}

extension Session {
    /// Looks whether there are credentials at all, without sending anything to the cloud.
    fileprivate func checkCredentials(of account: AccountName) async throws {
        do {
            try await checkCredentials()
        } catch let missing as CredentialsMissing {
            throw Rejected(
                Diagnostic(
                    .error, "account.credentials", "account `\(account)` has no credentials: \(missing.tried)",
                    hint: "set one of these up, then see `muster provider check \(account)`"))
        } catch {
            // Whether there are any could not be found out now: the loop will.
        }
    }
}
