import Cloud
import Provisioning
import Store

/// How the promise of a call is written down.
extension Agent {
    func freshToken() -> IntentToken { IntentToken("int-\(surroundings.freshName())") }

    /// All that a launch needs, with every tag it will carry.
    func launchOrder(
        _ request: Request, _ template: Template, _ offering: Offering, _ count: Int, _ account: Account,
        _ token: IntentToken
    ) -> LaunchOrder {
        var tags = account.tags
        tags.merge(template.tags) { _, template in template }
        tags.merge(request.order?.tags ?? [:]) { _, order in order }
        tags[OurTag.request] = request.id.text
        tags[OurTag.token] = token.text
        tags[OurTag.owner] = owner.mark(token)
        return LaunchOrder(request: request.id, template: template, offering: offering, count: count, tags: tags)
    }

    /// Opens the intent of a launch: the machines are `launching` from here, before any call was made.
    func openLaunch(
        of machines: [Machine], as offering: Offering, for request: Request, at now: Timestamp, _ sql: any SQL
    ) throws {
        guard let template = request.template, let account = request.account.flatMap({ accounts[$0] }),
            let api = account.api(template.api)
        else { return }
        let token = freshToken()
        let order = launchOrder(request, template, offering, machines.count, account, token)
        let intent = Intent(
            token: token, request: request.id, verb: .launch, account: account.name, api: api.name, order: order,
            machines: machines.map(\.id), openedAt: now)
        try insert(intent, now, cause: "launch \(machines.count) as \(offering)", sql)
        try MachineRepository(sql).apply(
            machines.map { machine in
                Move(machine, cause: "to be launched as \(offering)", at: now) {
                    $0.state = .launching
                    $0.offering = offering
                    $0.attempt = $0.failure.isUnclear ? $0.attempt + 1 : 1
                    $0.failure = nil
                }
            }, at: now)
    }

    /// Opens the intent of a termination; machines that are terminating already are asked once more.
    func openTermination(
        of machines: [Machine], at name: AccountName, failure: Failure?, for request: Request, at now: Timestamp,
        _ sql: any SQL
    ) throws {
        guard let account = accounts[name], let api = account.api(nil) else { return }
        let intent = Intent(
            token: freshToken(), request: request.id, verb: .terminate, account: name, api: api.name, order: nil,
            machines: machines.map(\.id), openedAt: now)
        let cause = failure?.detail ?? "given back by \(request.id)"
        try insert(intent, now, cause: "terminate \(machines.count): \(cause)", sql)
        try MachineRepository(sql).apply(
            machines.map { machine in
                Move(machine, cause: cause, at: now) {
                    $0.state = .terminating
                    // Asked anew, it is given its time anew.
                    $0.since = now
                    $0.missingSince = nil
                    $0.failure = failure ?? $0.failure
                }
            }, at: now)
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
