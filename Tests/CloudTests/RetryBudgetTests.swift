import Provisioning
import Testing

@testable import Cloud

/// How often calls are made again, by a clock that the test turns.
@Suite struct RetryBudgetTests {
    private let world = PacedWorld()
    private let plenty = PaceTable.Rate(perSecond: 1000, burst: 1000)

    private func session() -> Session { world.session(PaceTable(reading: plenty, changing: plenty)) }

    /// Twenty calls that nobody answers, each made again for a day, after half a second at most if nothing kept them.
    @Test func aDayWithoutAnAnswerTakesABoundedNumberOfCalls() async {
        let session = session()
        world.answers(Array(repeating: nil, count: 1_000_000))
        var due = Array(repeating: world.now, count: 20)
        let end = world.now + .seconds(86_400)
        while let next = due.indices.min(by: { due[$0] < due[$1] }), due[next] < end {
            world.advance(by: max(.zero, due[next] - world.now))
            _ = await session.perform(world.call("RunInstances"), within: .seconds(9))
            due[next] = world.now + session.delayBeforeRetry(after: .milliseconds(500))
        }
        // A hundred at once, and then each of the twenty no more than once a minute.
        #expect(world.sent <= 20 + 100 + 20 * 1441)
        #expect(world.sent >= 20 * 1400)
    }

    /// However many wait, together they make no more than a call a second.
    @Test func manyThatWaitTakeTurns() async {
        let session = session()
        world.answers(Array(repeating: 503, count: 1_000_000))
        var due = Array(repeating: world.now, count: 1000)
        let end = world.now + .seconds(3600)
        while let next = due.indices.min(by: { due[$0] < due[$1] }), due[next] < end {
            world.advance(by: max(.zero, due[next] - world.now))
            _ = await session.send(world.call("RunInstances"), within: .seconds(9))
            due[next] = world.now + session.delayBeforeRetry(after: .milliseconds(500))
        }
        #expect(world.sent <= 1000 + 100 + 3600)
    }

    @Test func whatIsAskedForTheFirstTimeWaitsForNobody() async {
        let session = session()
        while !session.isSparing { _ = session.delayBeforeRetry(after: .zero) }
        for _ in 1...20 { #expect(session.delayBeforeRetry(after: .seconds(1)) >= .seconds(60)) }
        let before = world.now
        guard case .done = await session.perform(world.call("RunInstances"), within: .seconds(9)) else {
            Issue.record("the call was not made")
            return
        }
        #expect(world.now == before)
    }

    @Test func answersFillItAgainAndThrottlesDoNot() async {
        let session = session()
        while !session.isSparing { _ = session.delayBeforeRetry(after: .zero) }
        world.answers(Array(repeating: 503, count: 100) + Array(repeating: nil, count: 100))
        for _ in 1...200 { _ = await session.send(world.call("RunInstances"), within: .seconds(9)) }
        #expect(session.isSparing)
        // A clear no is an answer too.
        world.answers([400, 400, 200, 200, 200, 200])
        for _ in 1...6 { _ = await session.send(world.call("RunInstances"), within: .seconds(9)) }
        #expect(!session.isSparing)
        #expect(session.delayBeforeRetry(after: .seconds(1)) == .seconds(1))
        #expect(session.delayBeforeRetry(after: .seconds(1)) >= .seconds(60))
    }

    /// A cloud may ask for more patience than we would ever have.
    @Test func whoIsToWaitLongerWaitsLonger() {
        let session = session()
        #expect(session.delayBeforeRetry(after: .seconds(300)) == .seconds(300))
        while !session.isSparing { _ = session.delayBeforeRetry(after: .zero) }
        #expect(session.delayBeforeRetry(after: .seconds(300)) == .seconds(300))
    }
}
