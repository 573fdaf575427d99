import Cloud
import Provisioning
import Store

/// How the promise of a call is written down.
extension Agent {
    func freshToken() -> IntentToken { IntentToken("int-\(surroundings.freshName())") }

    /// All that a launch needs, with every tag it will carry.
    func launchOrder(
        _ request: Request, _ template: Template, _ offerings: [Offering], _ count: Int, _ account: Account,
        _ token: IntentToken
    ) throws -> LaunchOrder {
        var tags = account.tags
        tags.merge(template.tags) { _, template in template }
        tags.merge(request.order?.tags ?? [:]) { _, order in order }
        tags[OurTag.request] = request.id.text
        tags[OurTag.token] = token.text
        tags[OurTag.owner] = owner.mark(token)
        var launch = LaunchOrder(
            request: request.id, template: template, offering: offerings[0], count: count, tags: tags)
        launch.acceptedAt = request.createdAt
        launch.lifetimeSeconds = request.order?.lifetimeSeconds ?? template.lifetimeSeconds
        if account.api(template.api)?.traits.takesManyOfferings ?? false {
            launch.others = Array(offerings.dropFirst())
        }
        // What only a part of the machines is asked for by is no measure for all of them.
        if count == request.order?.count { launch.atLeast = request.atLeast }
        let api = template.api ?? account.usualAPI
        launch.rawCall = try template.providerAPISpec.flatMap { try account.parameters.call(of: api)?.raw($0) }
        launch.rawLaunchTemplate = try template.launchTemplateSpec.flatMap {
            try account.parameters.launchTemplate(for: api)?.raw($0)
        }
        return launch
    }

    /// Opens the intent of a launch: the machines are `launching` from here, before any call was made.
    func openLaunch(
        of machines: [Machine], as offerings: [Offering], for request: Request, at now: Timestamp, _ sql: any SQL
    ) throws {
        guard let name = machines.first?.account, let template = request.template(at: name),
            let account = accounts[name], let api = account.api(template.api)
        else { return }
        let token = freshToken()
        let order = try launchOrder(request, template, offerings, machines.count, account, token)
        let intent = Intent(
            token: token, request: request.id, verb: .launch, account: account.name, api: api.name, order: order,
            machines: machines.map(\.id), openedAt: now)
        let wish = offerings.count == 1 ? "\(offerings[0])" : "one of \(offerings.count) offerings"
        try insert(intent, now, cause: "launch \(machines.count) as \(wish)", sql)
        if let group = api.strategy.group(for: order) {
            let scaffold = Scaffold(
                id: token.group, kind: group.kind, account: account.name, api: api.name, since: now,
                target: machines.count, upkeep: group.upkeep)
            try ScaffoldRepository(sql).insert(scaffold, for: request.id)
        }
        try MachineRepository(sql).apply(
            machines.map { machine in
                Move(machine, cause: "to be launched as \(wish)", at: now) {
                    $0.state = .launching
                    $0.offering = offerings.count == 1 ? offerings[0] : nil
                    $0.attempt = $0.failure.isUnclear ? $0.attempt + 1 : 1
                    $0.failure = nil
                }
            }, at: now)
    }

    /// Opens the intent of a termination; machines that are terminating already are asked once more.
    ///
    /// A group that stands is to have what is left of its machines.
    func openTermination(
        of machines: [Machine], at name: AccountName, group: Scaffold.ID?, failure: Failure?, for request: Request,
        at now: Timestamp,
        _ sql: any SQL
    ) throws {
        guard let account = accounts[name], let usual = account.api(nil) else { return }
        var group = try group.flatMap { try ScaffoldRepository(sql).scaffold($0, at: name) }
        if group?.state != .ready { group = nil }
        var intent = Intent(
            token: freshToken(), request: request.id, verb: .terminate, account: name, api: group?.api ?? usual.name,
            order: nil, machines: machines.map(\.id), openedAt: now)
        intent.group = group?.id
        let cause = failure?.detail ?? "given back by \(request.id)"
        try insert(intent, now, cause: "terminate \(machines.count): \(cause)", sql)
        try MachineRepository(sql).apply(
            machines.map { machine in
                Move(machine, cause: cause, at: now) {
                    $0.state = .terminating
                    // Asked anew, it is given its time anew.
                    $0.since = now
                    $0.missingSince = nil
                    $0.failure = failure?.after($0.failure) ?? $0.failure
                }
            }, at: now)
        if var group {
            let left = try MachineRepository(sql).machines(ofGroup: group.id, at: name)
                .filter { $0.state == .pending || $0.state == .running }
            group.target = left.reduce(0) { $0 + $1.weight }
            try ScaffoldRepository(sql).update(group, was: .ready)
        }
    }

    private func insert(_ intent: Intent, _ now: Timestamp, cause: String, _ sql: any SQL) throws {
        try IntentLog(sql).insert(intent)
        try tell(intent, now, became: "open", cause: cause, sql)
    }

    func tell(_ intent: Intent, _ now: Timestamp, became: String, cause: String, _ sql: any SQL) throws {
        try History(sql).append(
            .init(
                at: now, request: intent.request, subject: intent.token.text, was: nil, became: became, cause: cause))
    }
}
