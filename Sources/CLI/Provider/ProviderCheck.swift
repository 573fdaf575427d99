import ArgumentParser
import Provisioning
import Setup

struct ProviderCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Ask accounts a harmless question: do they answer, and take the credentials?",
        discussion: """
            The exit code is 1 if any account cannot be used.

            EXAMPLES:
              muster provider check
              muster provider check demo
            """)

    @Argument(help: "The account; otherwise all.", completion: .accounts)
    var name: String?

    @OptionGroup var options: HouseOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let house = try options.house()
        let name = name.map { AccountName($0) }
        let looks = try interruptible { try await house.checkProviders(name) }.map(ProviderLook.init)
        try output.show(looks.view)
        let bad = looks.filter { !$0.isUsable }.map { "`\($0.account)`" }
        if !bad.isEmpty {
            throw NotReached("account\(bad.count == 1 ? "" : "s") \(bad.joined(separator: ", ")) cannot be used")
        }
    }
}

/// What a look at one account found, as it is shown.
struct ProviderLook: Equatable {
    let account: String
    let cloud: String
    let region: String
    let endpoint: String
    /// Which link of the credential chain answered; nil: none did.
    let credentials: String?
    /// The links that were asked before it, and why each did not answer.
    let passedOver: [Link]
    let problem: String?
    /// Of what its cloud said of its machine types, as `3h`; nil: there is no such list.
    var typeListAge: Duration? = nil

    var isUsable: Bool { problem == nil }

    struct Link: Equatable {
        let name: String
        let reason: String
    }
}

extension ProviderLook {
    init(_ report: ProviderReport) {
        self.init(
            account: report.account.name.text, cloud: report.account.cloud.text, region: report.account.region,
            endpoint: report.account.isEmulated ? "emulated" : report.endpoint.text, credentials: report.credentials,
            passedOver: report.passedOver.map { Link(name: $0.link, reason: $0.reason) }, problem: report.problem,
            typeListAge: report.typeListAge)
    }

    fileprivate var rendered: Rendered {
        [
            "name": .text(account), "cloud": .text(cloud), "region": .text(region), "endpoint": .text(endpoint),
            "credentials": .text(credentials), "usable": .boolean(isUsable), "problem": .text(problem),
            "passed_over": .list(passedOver.map { ["link": .text($0.name), "reason": .text($0.reason)] }),
            "type_list_age": .text(typeListAge?.text),
        ]
    }

    /// Where the types of templates with requirements come from, once it was asked.
    fileprivate var types: View.Block? {
        typeListAge.map { age in
            .lines(["machine types of \(account): from the cloud's list, \(age.text) old, good for a day"])
        }
    }

    /// A line for each link that was asked, the one that answered last; nothing where there was only one.
    fileprivate var search: View.Block? {
        if passedOver.isEmpty { return nil }
        let asked = passedOver.map { [$0.name, $0.reason] } + (credentials.map { [[$0, "answers"]] } ?? [])
        return .table(Table("CREDENTIALS OF \(account)", "", rows: asked))
    }
}

extension [ProviderLook] {
    var view: View {
        View("accounts") {
            .list(map(\.rendered))
        } ids: {
            map(\.account)
        } blocks: {
            [
                .table(
                    Table(
                        "NAME", "CLOUD", "REGION", "ENDPOINT", "CREDENTIALS", "USABLE", "PROBLEM",
                        rows: map {
                            [
                                $0.account, $0.cloud, $0.region, $0.endpoint, $0.credentials ?? "none",
                                $0.isUsable ? "yes" : "no", $0.problem ?? Table.nothing,
                            ]
                        }))
            ] + compactMap(\.search) + compactMap(\.types)
        }
    }
}
