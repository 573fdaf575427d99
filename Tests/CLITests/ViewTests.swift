import Provisioning
import Store
import Testing

@testable import CLI
@testable import Catalog
@testable import Engine

/// What commands show, in every notation, held to files in `Golden/`.
struct ViewTests {
    @Test func aRequestIsShownWithItsMachines() throws {
        try expectGolden(Sample.report(.partial).view, "request")
    }

    @Test func aReturnIsARequestWithoutTemplateOrAccount() throws {
        try expectGolden(Sample.returned().view, "return")
    }

    @Test func whatHasWeightsIsOrderedInUnitsAndGivenBackInMachines() throws {
        func text(_ report: RequestReport) throws -> String {
            let heavy = report.machines.map { machine in
                var machine = machine
                machine.weight = 2
                return machine
            }
            return try OutputFormat.table.text(of: RequestReport(request: report.request, machines: heavy).view)
        }
        #expect(try text(Sample.report()).contains("\nunits     5 (1 pending, 3 running, "))
        #expect(try text(Sample.returned()).contains("\nmachines  1 (1 terminating)\n"))
        var preview = preview([.predicted])
        #expect(try OutputFormat.table.text(of: preview.view).contains("\nmachines  "))
        preview.template.fleet = FleetOptions()
        preview.template.fleet?.weights = Dictionary(
            preview.launches.flatMap(\.offerings).map { ($0.type, 2) }, uniquingKeysWith: { $1 })
        #expect(try OutputFormat.table.text(of: preview.view).contains("\nunits     "))
    }

    @Test func requestsAreListedALineEach() throws {
        try expectGolden([Sample.returned(), Sample.report()].view, "requests")
    }

    @Test func aMachineIsShownWithAllThatIsKnownOfIt() throws {
        try expectGolden(Sample.machine(1, .running).view, "machine")
        try expectGolden(
            [Sample.machine(1, .running), Sample.machine(5, .failed, failure: Sample.noRoom)].view, "machines")
    }

    @Test func anEmptyListIsEmptyInEveryNotation() throws {
        try expectGolden([Machine]().view, "no-machines")
    }

    @Test func aPreviewShowsTheCallsAsTheyWouldBeSent() throws {
        try expectGolden(preview([.verified]).view, "preview")
    }

    @Test func whatTheCloudSaysOfALaunchIsALineEach() throws {
        var preview = preview([.predicted])
        preview.launches[0].findings = [
            Finding(.type, "n2-standard-2", .verified("in us-central1-a")),
            Finding(.permission, "project p", .absent("missing: compute.disks.create")),
            Finding(.quota, "C4_CPUS", .predicted("not told here; 4 more wanted")),
            Finding(.role, "worker", .unknown("SERVICE_DISABLED")),
        ]
        try expectGolden(preview.view, "preview-findings")
    }

    @Test func aPreviewHasNoIDs() {
        #expect(throws: Rejected.self) { try OutputFormat.ids.text(of: preview([.predicted]).view) }
    }

    @Test func aPreviewSaysWhatAnImagesAliasStandsFor() throws {
        var preview = preview([.predicted])
        preview.imageAlias = "/aws/service/a"
        func image(_ image: String, _ confidence: Preview.Confidence) throws -> (text: String, json: String) {
            preview.template.image = image
            preview.imageConfidence = confidence
            return (try OutputFormat.table.text(of: preview.view), try OutputFormat.json.text(of: preview.view))
        }
        let predicted = try image("/aws/service/a", .predicted)
        #expect(predicted.text.contains("image     /aws/service/a (predicted)\n"))
        let verified = try image("ami-1", .verified)
        #expect(verified.text.contains("image     ami-1, which is /aws/service/a (verified)\n"))
        #expect(verified.json.contains(#""image_confidence": "verified""#))
        // What the launch is to find out itself is not what anybody has seen.
        let unknown = try image("resolve:ssm:/aws/service/a", .unknown("AccessDenied: no"))
        #expect(unknown.text.contains("image     /aws/service/a (unknown: AccessDenied: no)\n"))
        #expect(unknown.json.contains(#""image": "resolve:ssm:/aws/service/a""#))
        #expect(unknown.json.contains(#""image_answer": "AccessDenied: no""#))
    }

    @Test func aPreviewSaysWhoseListTheTypesAreFrom() throws {
        func types(_ source: TypeSource) throws -> (text: String, json: String) {
            var preview = preview([.predicted])
            preview.types = source
            return (try OutputFormat.table.text(of: preview.view), try OutputFormat.json.text(of: preview.view))
        }
        let listed = try types(.cloud(Timestamp("2026-11-21T12:40:43Z")!))
        #expect(listed.text.contains("types     from the cloud's list of 2026-11-21\n"))
        #expect(listed.json.contains(#""types_from": "cloud""#))
        #expect(listed.json.contains(#""types_listed_at": "2026-11-21T12:40:43.000Z""#))
        #expect(try types(.table(whyNotCloud: nil)).text.contains("types     from the shipped table\n"))
        let silent = try types(.table(whyNotCloud: "UnauthorizedOperation: no"))
        #expect(silent.text.contains("for the cloud did not list its own: UnauthorizedOperation: no\n"))
        #expect(silent.json.contains(#""types_answer": "UnauthorizedOperation: no""#))
    }

    @Test func aPreviewSaysHowFewAreTooFew() throws {
        var preview = preview([.predicted])
        preview.least = .init(count: 80, source: .template)
        #expect(try OutputFormat.table.text(of: preview.view).contains("at least  80 (says the template)\n"))
        #expect(try OutputFormat.json.text(of: preview.view).contains(#""at_least_from": "template""#))
    }

    @Test func theCloudsAnswersStandInThePreview() throws {
        let refusal = Refusal(.quota, code: "VcpuLimitExceeded", message: "too many")
        let text = try OutputFormat.table.text(of: preview([.refused(refusal), .unknown("timed out")]).view)
        #expect(text.contains("RunInstances for 2 (refused: VcpuLimitExceeded: too many)\n"))
        #expect(text.contains("RunInstances for 2 (unknown: timed out)\n"))
    }

    @Test func theHistoryGroupsMachinesThatTookTheSameStep() throws {
        let request = Sample.request()
        func event(_ milliseconds: Int, _ subject: String, _ was: String?, _ became: String, _ cause: String)
            -> History.Event
        {
            .init(
                at: Sample.start + .milliseconds(milliseconds), request: request.id, subject: subject, was: was,
                became: became, cause: cause)
        }
        let events = [
            event(0, request.id.text, nil, "open", "accepted"),
            event(0, "mch-1", nil, "planned", "promised"), event(0, "mch-2", nil, "planned", "promised"),
            event(4, "int-1", nil, "open", "launch 2 as m6i.large / us-east-1a / spot"),
            event(2750, "mch-1", "pending", "running", "seen running"),
            event(2751, "mch-2", "pending", "running", "seen running"),
            event(75_000, request.id.text, "open", "fulfilled", "settled"),
        ]
        try expectGolden(Timeline(events: events).view, "history")
        try expectGolden(Timeline(events: []).view, "no-history")
    }

    @Test func templatesAreShownAsTheyResolve() throws {
        let (templates, diagnostics) = catalog.all()
        #expect(diagnostics.isEmpty)
        try expectGolden(withoutPlace(templates.view), "templates")
        let gpu = try catalog.resolve("gpu")
        try expectGolden(withoutPlace(TemplateSheet(resolved: gpu, origins: nil).view), "template")
    }

    /// Where the repository lies is no concern of the golden files.
    private func withoutPlace(_ view: View) -> View {
        let value = view.value().replacing(catalogFolder, with: "templates")
        return View(view.noun, value: { value }, ids: view.ids, blocks: view.blocks)
    }

    @Test func originsTellWhoSetEveryValue() throws {
        let resolved = try catalog.resolve("cpu-small")
        let lines = resolved.fields.leaves().map {
            ValueLine(
                path: $0.path, value: $0.text,
                origin: $0.origin.description.replacing(catalogFolder, with: "templates"))
        }
        let sheet = TemplateSheet(resolved: resolved, origins: lines)
        try expectGolden(OutputFormat.table.text(of: sheet.view), "origins.txt")
        #expect(try OutputFormat.json.text(of: sheet.view).contains("\"origins\": ["))
    }

    @Test func aDifferenceShowsBothSidesWithTheirOrigins() throws {
        var (diff, warnings) = try catalog.diff("cpu-small", "gpu")
        #expect(warnings.isEmpty)
        for index in diff.changes.indices {
            diff.changes[index].from?.origin.replace(catalogFolder, with: "templates")
            diff.changes[index].to?.origin.replace(catalogFolder, with: "templates")
        }
        try expectGolden(diff.view, "diff")
    }

    @Test func noDifferenceIsNothingToSee() throws {
        try expectGolden(catalog.diff("gpu", "gpu").diff.view, "no-diff")
    }

    @Test func whatDiffersStaysOnItsLine() throws {
        var diff = try catalog.diff("gpu", "gpu").diff
        let script = TemplateDiff.Value(text: "#!/bin/sh\nreboot\u{1b}[2J\n", origin: "a.yaml:1:1 (type)")
        diff.changes = [.init(path: "machine_bootstrap", from: script, to: nil)]
        #expect(
            try OutputFormat.table.text(of: diff.view)
                == "--- gpu\n+++ gpu\n- machine_bootstrap: \"#!/bin/sh\\nreboot\\u001b[2J\\n\" (a.yaml:1:1 (type))\n")
    }

    @Test func settingsShowTheirOriginOnlyWhenAsked() throws {
        let lines = [
            ValueLine(path: "accounts.demo.cloud", value: "aws", origin: "config/default.yaml:15:12 (default)"),
            ValueLine(path: "state_dir", value: "/var/lib/muster", origin: "flag --state-dir"),
        ]
        try expectGolden(ConfigShow.view(lines, withOrigins: true), "settings")
        #expect(
            try OutputFormat.table.text(of: ConfigShow.view(lines, withOrigins: false))
                == "KEY                  VALUE\naccounts.demo.cloud  aws\nstate_dir            /var/lib/muster\n")
    }

    @Test func checksAndAccountsSayWhatIsWrong() throws {
        let place = Place(file: "templates/a.yaml", line: 3, column: 5)
        let wrong = Diagnostic(.error, "field.type", "`count` must be a number", at: place)
        try expectGolden(
            [
                Check("settings", .ok, "demo"), Check("templates", [wrong, wrong], count: 1),
                Check(
                    "ledger", failed: Rejected(Diagnostic(.error, "a.b", "it is newer", hint: "use the newer program"))),
            ].view, "checks")
        try expectGolden(
            [
                ProviderLook(
                    account: "demo", cloud: "aws", region: "us-east-1", endpoint: "emulated",
                    credentials: "the emulator", passedOver: [], problem: nil),
                ProviderLook(
                    account: "lab", cloud: "aws", region: "us-west-2", endpoint: "https://ec2.us-west-2.amazonaws.com",
                    credentials: "profile `default` in ~/.aws/credentials",
                    passedOver: [
                        .init(name: "environment", reason: "AWS_ACCESS_KEY_ID is not set"),
                        .init(name: "assuming a role", reason: "`role_arn` is not in profile `default`"),
                    ], problem: nil, typeListAge: .seconds(11_520)),
                ProviderLook(
                    account: "prod", cloud: "aws", region: "eu-west-1", endpoint: "https://ec2.eu-west-1.amazonaws.com",
                    credentials: nil,
                    passedOver: [.init(name: "environment", reason: "AWS_ACCESS_KEY_ID is not set")],
                    problem: "no credentials were found: environment: AWS_ACCESS_KEY_ID is not set"),
            ].view, "accounts")
    }

    @Test func aCompiledCatalogTellsOfItself() throws {
        let made = Timestamp(seconds: 1_763_741_166)
        var status = CompiledStatus(
            path: "/var/lib/muster/catalog/3163aa72e2bf23de.compiled",
            contents: .init(
                compiledAt: made, checkedAt: made + .seconds(60), age: .seconds(90), hits: 41, templates: 10_000,
                byteCount: 35_373_831),
            files: 10, fileByteCount: 9_496_071, timeToLive: .seconds(60))
        try expectGolden(status.view, "cache")
        status.contents = nil
        status.why = "there is none"
        try expectGolden(status.view, "no-cache")
    }

    private let catalog = TemplateCatalog(
        directories: [catalogFolder], accounts: [CatalogAccount(name: "demo", cloud: "aws", isEmulated: true)],
        surroundings: .system)

    private func preview(_ confidences: [Preview.Confidence]) -> Preview {
        let request = Sample.request()
        let machines = (1...2).map { request.machineID(number: $0) }
        var other = Sample.offering
        other.market = .onDemand
        return Preview(
            template: request.template!, account: "demo", region: "us-east-1", machines: machines, preparations: [],
            launches: confidences.map { confidence in
                Preview.Launch(
                    api: "aws/run-instances", offerings: [Sample.offering], machines: machines, action: "RunInstances",
                    method: "POST", url: "https://ec2.us-east-1.amazonaws.com/",
                    calls: 1, parameters: [("Action", "RunInstances"), ("ClientToken", "int-1"), ("MaxCount", "2")],
                    confidence: confidence)
            },
            fallbacks: [other])
    }
}

extension Rendered {
    /// The same with one text in place of another, wherever it stands.
    fileprivate func replacing(_ text: String, with other: String) -> Rendered {
        switch self {
        case .text(let own): .text(own.replacing(text, with: other))
        case .list(let items): .list(items.map { $0.replacing(text, with: other) })
        case .object(let fields):
            .object(fields.map { .init(key: $0.key, value: $0.value.replacing(text, with: other)) })
        case .integer, .number, .boolean, .null: self
        }
    }
}
