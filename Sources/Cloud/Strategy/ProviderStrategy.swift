import Provisioning

/// How one cloud API says our verbs. It writes calls and reads replies; it never sends.
package protocol ProviderStrategy: Sendable {
    /// `aws/run-instances`
    static var api: APIName { get }

    /// What must be there before the launch is made, in the order it is made in.
    ///
    /// The group itself may be among them, under the name that the launch's token gives it: one that is made empty and
    /// is told then whom to bring. It is made anew with every attempt, so what is there must count as made.
    func scaffolds(for order: LaunchOrder) throws -> [ScaffoldPlan]

    /// What the launch makes that its machines come from; nil: it brings the machines themselves.
    func group(for order: LaunchOrder) -> GroupPlan?

    /// All calls of a launch, to be made side by side. The same token, the same machines.
    ///
    /// - Parameter there: what an earlier attempt is known to have brought, and need not be asked for again.
    func launches(
        _ order: LaunchOrder, token: IntentToken, besides there: Set<Instance.ID>
    ) throws -> [Call<LaunchReceipt>]

    /// What the cloud says exists, a page at a time.
    func observe(_ query: FleetQuery, after cursor: String?) throws -> Call<Page>

    /// All calls of a termination, to be made side by side; absent ones count as done.
    ///
    /// Where the cloud refuses all for one, the refusal names it.
    func terminations(_ instances: [Instance.ID], token: IntentToken) throws -> [Call<Void>]

    /// How it is asked why instances that were granted did not come up, or what keeps them; to be made side by side.
    ///
    /// For clouds whose yes is only the beginning of an operation.
    func reasons(for instances: [Granted]) throws -> [Call<[InstanceFault]>]

    /// The cloud's own dry run, if it has one.
    func rehearse(_ order: LaunchOrder, token: IntentToken) throws -> Procedure<Void>?

    /// What can be asked beforehand, thing by thing, where the cloud has no dry run.
    func lookUps(before order: LaunchOrder) -> [LookUp]

    /// A call that changes nothing and fails where credentials, endpoint or region are wrong.
    func probe() throws -> Call<Void>

    // MARK: What was made for machines

    /// Whether a group that is taken away is sure to take its members along, whatever became of them in it.
    var endsMembersWithGroup: Bool { get }

    /// Takes it away, a group with all its members; what is absent counts as done.
    ///
    /// Nil: there is nothing to be taken away but its members, each by itself.
    func removal(of scaffold: Scaffold) throws -> Procedure<Void>?

    /// Lowers a group's target to what its scaffold says, ends these members of it, and keeps the others.
    ///
    /// The target first: the cloud must never have a reason to replace them. Absent members count as done.
    func shrink(_ group: Scaffold, by members: [Instance.ID]) throws -> Procedure<Void>

    /// What the cloud calls the group that a launch of this token has made; nil: there is none.
    func find(_ group: Scaffold) throws -> Procedure<String?>

    /// What the cloud says of a group that should have brought more than it has.
    func report(on group: Scaffold) throws -> Procedure<GroupReport>
}

/// Something to be made before a launch.
package struct ScaffoldPlan: Sendable {
    /// The same for the same content.
    package var id: Scaffold.ID
    package var kind: Scaffold.Kind
    /// Answers what the cloud calls it; what is there already counts as made. Nil: it is no more than our own note of
    /// something to be looked after once the machines are over.
    package var make: Procedure<String>?
    /// What such a note says.
    package var name: String?

    package init(_ id: Scaffold.ID, kind: Scaffold.Kind, make: Procedure<String>) {
        self.id = id
        self.kind = kind
        self.make = make
    }

    /// What nothing has to be made for.
    package init(_ id: Scaffold.ID, kind: Scaffold.Kind, noting name: String) {
        self.id = id
        self.kind = kind
        self.name = name
    }
}

/// What a launch makes that its machines come from.
package struct GroupPlan: Sendable, Hashable {
    package var kind: Scaffold.Kind
    package var upkeep: Scaffold.Upkeep

    package init(kind: Scaffold.Kind, upkeep: Scaffold.Upkeep) {
        self.kind = kind
        self.upkeep = upkeep
    }
}

/// What a launch brought.
package struct LaunchReceipt: Sendable, Hashable {
    package var instances: [Instance]
    /// What the cloud calls the group that the machines come from.
    package var group: String?
    /// What was refused of single offerings; never about single machines.
    package var faults: [OfferingFault]

    package init(instances: [Instance], group: String? = nil, faults: [OfferingFault] = []) {
        self.instances = instances
        self.group = group
        self.faults = faults
    }
}

/// A cloud's no to one offering among many.
package struct OfferingFault: Sendable, Hashable {
    /// Nil: it does not say which.
    package var offering: Offering?
    package var fault: Fault

    package init(_ offering: Offering?, _ fault: Fault) {
        self.offering = offering
        self.fault = fault
    }
}

/// What a cloud says of a group.
package struct GroupReport: Sendable, Hashable {
    /// In the units of its target; nil: the group is gone.
    package var target: Int?
    /// What lately kept it from having all its members, the newest first.
    package var faults: [OfferingFault]
    /// Whether it has come to an end: what it has not brought, it never will.
    package var isFinal: Bool
    /// Who is in it, whether there already or not, where we have named them; nil: that was not asked.
    package var members: [GroupMember]?

    package init(
        target: Int?, faults: [OfferingFault] = [], isFinal: Bool = false, members: [GroupMember]? = nil
    ) {
        self.target = target
        self.faults = faults
        self.isFinal = isFinal
        self.members = members
    }
}

/// A member of a group, by the name that we gave it.
package struct GroupMember: Sendable, Hashable {
    package var name: String
    /// What it is or will be called, once its place is known.
    package var instance: Instance.ID?
    /// Why there is none so far.
    package var fault: Fault?

    package init(name: String, instance: Instance.ID?, fault: Fault? = nil) {
        self.name = name
        self.instance = instance
        self.fault = fault
    }
}

/// An instance that was granted and has not been seen to run.
package struct Granted: Sendable, Hashable {
    package var instance: Instance.ID
    /// Where the cloud tells what becomes of it, as it said when it granted it.
    package var operation: String?

    package init(_ instance: Instance.ID, operation: String?) {
        self.instance = instance
        self.operation = operation
    }
}

/// Why an instance did not come up.
package struct InstanceFault: Sendable, Hashable {
    package var instance: Instance.ID
    package var fault: Fault

    package init(_ instance: Instance.ID, _ fault: Fault) {
        self.instance = instance
        self.fault = fault
    }
}

extension ProviderStrategy {
    package func lookUps(before order: LaunchOrder) -> [LookUp] { [] }
    package func scaffolds(for order: LaunchOrder) throws -> [ScaffoldPlan] { [] }
    package func group(for order: LaunchOrder) -> GroupPlan? { nil }
    package func reasons(for instances: [Granted]) throws -> [Call<[InstanceFault]>] { [] }
    package var endsMembersWithGroup: Bool { true }
    package func removal(of scaffold: Scaffold) throws -> Procedure<Void>? { throw NothingMade(api: Self.api) }
    package func shrink(_ group: Scaffold, by members: [Instance.ID]) throws -> Procedure<Void> {
        throw NothingMade(api: Self.api)
    }
    package func find(_ group: Scaffold) throws -> Procedure<String?> { throw NothingMade(api: Self.api) }
    package func report(on group: Scaffold) throws -> Procedure<GroupReport> { throw NothingMade(api: Self.api) }
}

/// A strategy whose API launches many machines by one call, and ends many by one.
package protocol OneCallStrategy: ProviderStrategy {
    /// The same token, the same machines.
    func launch(_ order: LaunchOrder, token: IntentToken) throws -> Call<LaunchReceipt>

    /// Absent ones count as done; where the cloud refuses all for one, the refusal names it.
    func terminate(_ instances: [Instance.ID], token: IntentToken) throws -> Call<Void>

    /// Takes it away, a group with all its members; what is absent counts as done.
    func remove(_ scaffold: Scaffold) throws -> Procedure<Void>
}

extension OneCallStrategy {
    package func remove(_ scaffold: Scaffold) throws -> Procedure<Void> { throw NothingMade(api: Self.api) }

    package func removal(of scaffold: Scaffold) throws -> Procedure<Void>? { try remove(scaffold) }

    package func launches(
        _ order: LaunchOrder, token: IntentToken, besides there: Set<Instance.ID>
    ) throws -> [Call<LaunchReceipt>] {
        [try launch(order, token: token)]
    }

    package func terminations(_ instances: [Instance.ID], token: IntentToken) throws -> [Call<Void>] {
        [try terminate(instances, token: token)]
    }
}

/// An API was asked about something that it never makes.
package struct NothingMade: Error, Sendable, CustomStringConvertible {
    let api: APIName

    package var description: String { "\(api) makes nothing but machines" }
}

/// Which instances to list.
package enum FleetQuery: Sendable, Hashable {
    /// Those of some requests, by their tag.
    case requests([Request.ID])
    /// Those of one intent, by its token.
    case token(IntentToken)
    /// All that carry our tag, whoever's ledger they are in.
    case ours
}

/// One page of a listing.
package struct Page: Sendable, Hashable {
    package var instances: [Instance]
    /// Of instances that other pages list, where a cloud lists these apart.
    package var addresses: [Instance.ID: Addresses]
    /// Where the next page begins; nil: this was the last.
    package var next: String?

    package init(instances: [Instance], addresses: [Instance.ID: Addresses] = [:], next: String? = nil) {
        self.instances = instances
        self.addresses = addresses
        self.next = next
    }

    package struct Addresses: Sendable, Hashable {
        package var privateIP: String?
        package var publicIP: String?

        package init(privateIP: String? = nil, publicIP: String? = nil) {
            self.privateIP = privateIP
            self.publicIP = publicIP
        }
    }
}
