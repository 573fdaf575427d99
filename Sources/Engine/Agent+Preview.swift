import Cloud
import Provisioning
import Store

/// What an order would bring about: the very plan that would be carried out, and the calls it begins with.
package struct Preview: Sendable {
    package var template: Template
    /// What the template says in place of an image's id; nil: it names one by its id, or none.
    ///
    /// Where the cloud was asked, `template.image` is what the launch will say; else the same words.
    package var imageAlias: String?
    /// Whether that is what the alias stands for; nil: there is none.
    package var imageConfidence: Confidence?
    /// Where its types come from; nil: it names them.
    package var types: TypeSource?
    /// How few machines are too few, and who says so; nil: any number is better than none.
    package var least: Least?
    package let account: AccountName
    package let region: String
    package let machines: [Machine.ID]
    /// What would be made before the first of the calls, unless it is there already.
    package let preparations: [Preparation]
    package var launches: [Launch]
    /// What would be asked for what the first calls do not bring, in order.
    package let fallbacks: [Offering]
    /// Who is asked after that, in order, and for what.
    package var elsewhere: [Other] = []

    package struct Other: Sendable, Hashable {
        package var account: AccountName
        package var offerings: [Offering]

        package init(account: AccountName, offerings: [Offering]) {
            self.account = account
            self.offerings = offerings
        }
    }

    package struct Preparation: Sendable {
        package let kind: Scaffold.Kind
        package let action: String
        package let method: String
        package let url: String
        package let parameters: [(name: String, value: String)]
    }

    package struct Launch: Sendable {
        package let api: APIName
        /// What the call asks for: any of these, the first above all; never none.
        package let offerings: [Offering]
        package let machines: [Machine.ID]
        package let action: String
        package let method: String
        package let url: String
        /// How many calls like this one are made, each for its share of the machines.
        package let calls: Int
        package let parameters: [(name: String, value: String)]
        package var confidence: Confidence
        /// What the cloud said of what it needs, thing by thing; empty: it was not asked, or rehearses by itself.
        package var findings: [Finding] = []
    }

    package struct Least: Sendable, Hashable {
        package enum Source: String, Sendable { case order, template }

        package var count: Int
        package var source: Source

        package init(count: Int, source: Source) {
            self.count = count
            self.source = source
        }
    }

    /// How far a line of a preview can be trusted.
    package enum Confidence: Sendable, Hashable {
        /// The cloud itself said that it would allow the call.
        case verified
        /// It follows from the template and the plan; the cloud was not asked.
        case predicted
        /// The cloud was asked, and would refuse.
        case refused(Refusal)
        /// The cloud was asked and gave no clear answer.
        case unknown(String)
    }
}

extension Agent {
    /// The dry run: stores nothing, and sends nothing that changes anything.
    ///
    /// With `askingCloud` it also makes the cloud's own rehearsal of each call, where the cloud has one, and asks what
    /// can be asked where it has none.
    ///
    /// - Throws: `Rejected` with everything that would keep the order from being accepted.
    package func preview(_ order: Order, askingCloud: Bool = false) async throws -> Preview {
        let all = try resolve(order)
        var (template, account) = all[0]
        for (other, account) in all {
            try check(order, against: other, inUse: try inUse(of: other), siteTags: account.tags).rejectErrors()
        }
        let types = try await resolveTypes(of: template, at: account, asking: askingCloud)
        template = types.template
        guard let api = account.api(template.api) else { preconditionFailure("resolve made sure of the API") }
        let imageAlias = account.imageAlias(of: template)
        var imageConfidence = imageAlias.map { _ in Preview.Confidence.predicted }
        if askingCloud {
            let image = try await resolveImage(of: template, at: account)
            template = image.template
            imageConfidence = image.confidence
        } else if let imageAlias {
            template.image = imageAlias
        }

        let verification = Verification(at: account)
        let now = surroundings.now()
        let request = Request(
            id: Request.ID("req-\(surroundings.freshName())"), kind: .launch(order, template), account: account.name,
            createdAt: now, deadline: now + .seconds(order.deadlineSeconds))
        let machines = (1...order.count).map {
            Machine(id: request.machineID(number: $0), request: request.id, account: account.name, at: now)
        }
        let blocks = try database.read { try BlockRepository($0).blocks(at: account.name, now: now) }
        let plan = plan(
            Snapshot(request: request, machines: machines, blocks: blocks, traits: [account.name: api.traits]), at: now)

        var launches: [Preview.Launch] = []
        var preparations: [Preview.Preparation] = []
        var prepared: Set<Scaffold.ID> = []
        for case .launch(let machines, let offerings) in plan.steps {
            let token = freshToken()
            let order = try launchOrder(request, template, offerings, machines.count, account, token)
            for scaffold in try api.strategy.scaffolds(for: order) {
                guard let make = scaffold.make, prepared.insert(scaffold.id).inserted else { continue }
                preparations.append(Preview.Preparation(scaffold.kind, make.call, at: account))
            }
            let calls = try api.strategy.launches(order, token: token, besides: [])
            guard let call = calls.first else { continue }
            var launch = Preview.Launch(
                api: api.name, offerings: offerings, machines: machines, action: call.action, method: call.method,
                url: account.session.request(for: call).url, calls: calls.count, parameters: call.parameters,
                confidence: .predicted)
            if askingCloud {
                launch.confidence = await rehearse(order, token, api, account)
                launch.findings = await verification.findings(before: order, by: api.strategy)
                if launch.confidence == .predicted, let refusal = launch.findings.refusal {
                    launch.confidence = .refused(refusal)
                }
            }
            launches.append(launch)
        }
        let asked = launches.first?.offerings ?? []
        let least = request.atLeast.map {
            Preview.Least(count: $0, source: order.atLeast == nil ? .template : .order)
        }
        return Preview(
            template: template, imageAlias: imageAlias, imageConfidence: imageConfidence, types: types.source,
            least: least, account: account.name, region: account.region, machines: machines.map(\.id),
            preparations: preparations, launches: launches,
            fallbacks: template.offerings.filter { !asked.contains($0) },
            elsewhere: all.dropFirst().map { Preview.Other(account: $0.1.name, offerings: $0.0.offerings) })
    }

    private func rehearse(
        _ order: LaunchOrder, _ token: IntentToken, _ api: AccountAPI, _ account: Account
    ) async -> Preview.Confidence {
        do {
            guard let call = try api.strategy.rehearse(order, token: token) else { return .predicted }
            // A rehearsal must not change anything; a strategy that says otherwise is not let through.
            precondition(call.call.effect == .reads, "the rehearsal of \(api.name) claims to change something")
            return switch await account.session.perform(call, within: api.traits.callDeadline) {
            case .done: .verified
            case .refused(let refusal): .refused(refusal)
            case .unknown(let error): .unknown("\(error)")
            }
        } catch {
            return .unknown("\(error)")
        }
    }
}

extension [Finding] {
    /// What a launch would be refused for; nil: nothing that is known.
    ///
    /// One that has the choice does without a type or a place that is not to be had.
    fileprivate var refusal: Refusal? {
        let choices: Set<Finding.Subject> = [.type, .zone, .subnet]
        let doomed = filter { finding in
            finding.isAbsent
                && (!choices.contains(finding.subject) || allSatisfy { $0.subject != finding.subject || $0.isAbsent })
        }
        guard let first = doomed.first else { return nil }
        return Refusal(
            first.subject.meaning, code: "\(first.subject.rawValue) \(first.name)", message: first.detail,
            subjects: doomed.map(\.name))
    }
}

extension Finding.Subject {
    /// What its absence would come to at the launch.
    fileprivate var meaning: Refusal.Meaning {
        switch self {
        case .quota: .quota
        case .permission, .role: .credentials
        case .type: .unoffered
        case .image, .zone, .subnet, .securityGroup, .key, .placementGroup, .launchTemplate, .diskType,
            .acceleratorType:
            .invalid
        }
    }
}

extension Preview.Preparation {
    fileprivate init<Reply>(_ kind: Scaffold.Kind, _ call: Call<Reply>, at account: Account) {
        self.init(
            kind: kind, action: call.action, method: call.method, url: account.session.request(for: call).url,
            parameters: call.parameters)
    }
}
