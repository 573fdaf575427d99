import Provisioning
import Testing

/// How much of a request came, and why the rest did not.
@Suite struct ShortfallTests {
    private func request(_ count: Int, _ state: Request.State) -> Request {
        var request = Sample.request(count: count)
        request.state = state
        return request
    }

    private func failed(_ numbers: ClosedRange<Int>, _ failure: Failure?) -> [Machine] {
        numbers.map { number in Sample.machine(number, .failed) { $0.failure = failure } }
    }

    private let quota = Failure(Refusal(.quota, code: "VcpuLimitExceeded", message: "32 is all"))

    @Test func aPartialRequestSaysHowManyCameAndWhyTheRestDidNotTheCommonestReasonFirst() {
        let machines =
            Sample.machines(1...37, .running) + failed(38...41, quota) + failed(42...50, Failure(Sample.full))
        let shortfall = request(50, .partial).shortfall(of: machines)
        #expect(
            shortfall?.text
                == "37 of 50; 9 missing because InsufficientInstanceCapacity: no room; "
                + "4 missing because VcpuLimitExceeded: 32 is all")
        #expect(shortfall?.missing.map(\.code) == ["InsufficientInstanceCapacity", "VcpuLimitExceeded"])
        #expect(shortfall?.missing.map(\.meaning) == [.capacity, .quota])
    }

    /// The words name types and zones, so that they are not all the same.
    @Test func oneCodeIsOneReasonInTheWordsHeardMostOften() {
        let other = Failure(Refusal(.capacity, code: "InsufficientInstanceCapacity", message: "none in b"))
        let machines = failed(1...2, other) + failed(3...5, Failure(Sample.full))
        let shortfall = request(5, .failed).shortfall(of: machines)
        #expect(shortfall?.text == "0 of 5; 5 missing because InsufficientInstanceCapacity: no room")
    }

    @Test func whatADeadlineCutShortIsMissingForWhatStoodInTheWay() {
        let late = Failure(.deadline, "the deadline of the request passed").after(quota)
        let shortfall = request(2, .partial).shortfall(of: Sample.machines(1...1, .running) + failed(2...2, late))
        #expect(shortfall?.missing.map(\.code) == ["VcpuLimitExceeded"])
        #expect(
            shortfall?.text.contains("1 missing because the deadline of the request passed; until then: Vcpu") == true)
    }

    /// A machine that was lost as it came up has left its place to another.
    @Test func whatWasReplacedIsNotMissingTwice() {
        func lost(_ number: Int, _ seconds: Int) -> Machine {
            Sample.machine(number, .lost) {
                $0.since = Sample.start + .seconds(seconds)
                $0.failure = Failure(.gone, "Server.X: number \(number)", code: "Server.\(number)")
            }
        }
        let machines = [lost(1, 1), lost(2, 2), Sample.machine(3, .running), lost(4, 9)]
        let shortfall = request(2, .partial).shortfall(of: machines)
        #expect(shortfall?.text == "1 of 2; 1 missing because Server.X: number 4")
    }

    @Test func tooFewAreNone() {
        let few = (1...2).map { number in
            Sample.machine(number, .terminated) { $0.failure = Failure(.tooFew, "only 2 of at least 3 could be had") }
        }
        let shortfall = request(3, .failed).shortfall(of: few + failed(3...3, quota))
        #expect(shortfall?.came == 0)
        #expect(shortfall?.missing.map(\.count) == [2, 1])
    }

    @Test func heavierMachinesCountForMore() {
        let heavy = Sample.machine(1, .running) { $0.weight = 3 }
        let shortfall = request(5, .partial).shortfall(of: [heavy] + failed(2...3, quota))
        #expect(shortfall?.text == "3 of 5; 2 missing because VcpuLimitExceeded: 32 is all")
    }

    @Test(arguments: Request.State.allCases)
    func whatIsOpenFulfilledOrCancelledLacksNothingYet(state: Request.State) {
        let shortfall = request(2, state).shortfall(of: failed(1...2, quota))
        #expect((shortfall == nil) == (state == .open || state == .fulfilled || state == .cancelled))
    }

    /// Machines of a return are somebody else's.
    @Test func aReturnLacksNothing() {
        var request = Sample.giveBack(Sample.machines(1...1, .running))
        request.state = .failed
        #expect(request.shortfall(of: failed(1...1, quota)) == nil)
    }
}
