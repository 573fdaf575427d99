import Provisioning

/// One question to a cloud, read only: whether some things exist that a template names; a plain value.
package struct LookUp: Sendable {
    /// Something that is asked about.
    package struct Topic: Hashable, Sendable {
        package var subject: Finding.Subject
        package var name: String

        package init(_ subject: Finding.Subject, _ name: String) {
            self.subject = subject
            self.name = name
        }
    }

    /// What an answer comes to, and what is asked next because of it: another page, or what only now can be asked.
    package struct Step: Sendable {
        package var findings: [Finding]
        package var next: [LookUp]

        package init(_ findings: [Finding] = [], next: [LookUp] = []) {
            self.findings = findings
            self.next = next
        }
    }

    /// What this question is to find out: where nobody answers it, these are unknown.
    package var topics: [Topic]
    package var call: Call<Step>
    /// What stands in for an answer that does not come; its findings replace the unknown ones.
    package var otherwise: Step

    package init(_ topics: [Topic], _ call: Call<Step>, otherwise: Step = Step()) {
        precondition(call.effect == .reads, "a look-up changes nothing")
        self.topics = topics
        self.call = call
        self.otherwise = otherwise
    }
}

/// How a cloud is asked whether what a template names exists. It writes questions and reads answers; it never sends.
package protocol TemplateLookUps: Sendable {
    /// All that there is to ask of a template.
    func lookUps(for template: Template) -> [LookUp]

    /// Which image a template means by an alias or a search; nil: it names one by its id, or none at all.
    ///
    /// The finding about `image` then has an id.
    func imageLookUp(for template: Template) -> LookUp?

    /// What a launch can carry in place of an image's id, so that the cloud itself finds out what it means; nil: only
    /// an id will do.
    func imageForLaunch(by template: Template) -> String?

    /// How it is asked which types there are where an account is.
    var typeListing: TypeListing { get }

    /// What a launch by an API acts as, where a template says it by less than the API takes; nil: by all it takes, or
    /// the launch acts as nothing.
    ///
    /// The finding about `role` then has an id.
    func fleetRoleLookUp(for template: Template, by api: APIName) -> LookUp?

    /// The text of the key that a template names, where a launch has to say it; nil: its name will do, or it says the
    /// text itself.
    ///
    /// The finding about `key` then has it as its id.
    func keyLookUp(for template: Template) -> LookUp?
}

extension TemplateLookUps {
    package func fleetRoleLookUp(for template: Template, by api: APIName) -> LookUp? { nil }
    package func keyLookUp(for template: Template) -> LookUp? { nil }
}

extension [LookUp.Topic] {
    /// The same about each.
    package func findings(_ answer: Finding.Answer) -> [Finding] { map { Finding($0.subject, $0.name, answer) } }
}
