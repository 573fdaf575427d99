import Provisioning
import Testing

@Suite struct OrderCheckTests {
    private func found(
        inUse: Int = 0, template: (inout Template) -> Void = { _ in }, order change: (inout Order) -> Void = { _ in }
    ) -> [String] {
        var order = Order(template: "cpu-small", count: 5)
        var recipe = Template(id: "cpu-small", image: "ami-1", offerings: [Sample.spotA])
        change(&order)
        template(&recipe)
        return check(order, against: recipe, inUse: inUse).map(\.code)
    }

    @Test func anOrdinaryOrderIsAccepted() {
        #expect(found().isEmpty)
    }

    @Test(arguments: [(1, true), (100_000, true), (0, false), (-3, false), (100_001, false)])
    func betweenOneAndAHundredThousandMachinesCanBeAskedFor(count: Int, isFine: Bool) {
        #expect(found(order: { $0.count = count }) == (isFine ? [] : ["order.count"]))
    }

    @Test(arguments: [(10, 0, true), (10, 5, true), (10, 6, false), (4, 0, false), (5, 0, true), (3, 9, false)])
    func theLimitOfATemplateCountsWhatIsInUse(limit: Int, inUse: Int, isFine: Bool) {
        #expect(found(inUse: inUse, template: { $0.limit = limit }) == (isFine ? [] : ["order.limit"]))
    }

    @Test(arguments: [(20, 15, 10, true), (20, 15, 11, false), (45, 0, 0, true), (45, 0, 1, false)])
    func tagsOfTheTemplateTheOrderAndTheAccountCountTogether(template: Int, order: Int, site: Int, isFine: Bool) {
        func tags(_ name: String, _ count: Int) -> [String: String] {
            Dictionary(uniqueKeysWithValues: (0..<count).map { ("\(name)\($0)", "x") })
        }
        var recipe = Template(id: "cpu-small", image: "ami-1", offerings: [Sample.spotA])
        recipe.tags = tags("t", template)
        var asked = Order(template: "cpu-small", count: 1)
        asked.tags = tags("o", order)
        let codes = check(asked, against: recipe, siteTags: tags("s", site)).map(\.code)
        #expect(codes == (isFine ? [] : ["order.tag"]))
    }

    @Test func theHintSaysHowManyAreLeftOrThatNoneAre() throws {
        var template = Template(id: "cpu-small", image: "ami-1", offerings: [Sample.spotA])
        template.limit = 10
        let order = Order(template: "cpu-small", count: 5)
        let some = try #require(check(order, against: template, inUse: 7).first?.hint)
        #expect(some == "ask for at most 3")
        let none = try #require(check(order, against: template, inUse: 12).first?.hint)
        #expect(none.hasPrefix("give machines back first"))
    }

    @Test(arguments: [(1, true), (5, true), (0, false), (6, false), (-1, false)])
    func theLeastCountLiesBetweenOneAndTheCount(least: Int, isFine: Bool) {
        #expect(found(order: { $0.atLeast = least }) == (isFine ? [] : ["order.at-least"]))
    }

    @Test(arguments: [(1, true), (900, true), (0, false), (-1, false)])
    func aDeadlineLiesAhead(seconds: Int, isFine: Bool) {
        #expect(found(order: { $0.deadlineSeconds = seconds }) == (isFine ? [] : ["order.deadline"]))
    }

    @Test(arguments: [(0, false), (1, true), (128, true), (129, false)])
    func aKeyHasOneTo256BytesNotCharacters(characters: Int, isFine: Bool) {
        let key = String(repeating: "é", count: characters)
        #expect(found(order: { $0.key = key }) == (isFine ? [] : ["order.key"]))
    }

    @Test func anInactiveTemplateTakesNoOrders() {
        #expect(found(template: { $0.isActive = false }) == ["order.inactive"])
    }

    @Test func everyMistakeIsReportedAtOnce() {
        let codes = found(
            inUse: 1,
            template: {
                $0.isActive = false
                $0.limit = 1
            },
            order: {
                $0.atLeast = 9
                $0.deadlineSeconds = 0
                $0.key = ""
            })
        #expect(
            codes == ["order.limit", "order.at-least", "order.deadline", "order.key", "order.inactive"])
    }

    @Test func anErrorRejectsAndAWarningDoesNot() {
        let warning = Diagnostic(.warning, "w", "news"), error = Diagnostic(.error, "e", "wrong")
        #expect(throws: Never.self) { try [warning].rejectErrors() }
        #expect(throws: Rejected([warning, error])) { try [warning, error].rejectErrors() }
    }

    @Test(arguments: ["muster:owner", "aws:x", "AWS:x", "", String(repeating: "k", count: 129)])
    func aTagThatNoCloudTakesIsReported(key: String) {
        var order = Order(template: "cpu-small", count: 1)
        order.tags = [key: "v"]
        #expect(check(order, against: tagged).map(\.code) == ["order.tag"])
    }

    @Test func tagsAreCountedWithTheTemplates() {
        var order = Order(template: "cpu-small", count: 1)
        order.tags = Dictionary(uniqueKeysWithValues: (0..<43).map { ("own-\($0)", "v") })
        #expect(check(order, against: tagged).isEmpty)
        order.tags["team"] = "another value of the same key"
        #expect(check(order, against: tagged).isEmpty)
        order.tags["one-more"] = "v"
        #expect(check(order, against: tagged).map(\.code) == ["order.tag"])
        order.tags = ["k": String(repeating: "v", count: 257)]
        #expect(check(order, against: tagged).map(\.code) == ["order.tag"])
    }

    private var tagged: Template {
        var template = Template(id: "cpu-small", image: "ami-1", offerings: [Offering(type: "m6i.large")])
        template.tags = ["team": "web", "site": "lab"]
        return template
    }
}
