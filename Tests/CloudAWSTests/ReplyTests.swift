import Cloud
import CloudAWS
import Provisioning
import Testing

/// What EC2 answers, and how it is read.
@Suite struct ReplyTests {
    private func response(_ body: String, status: Int = 200, headers: [HTTPHeader] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: Array(body.utf8))
    }

    private func page(_ body: String) throws -> Page {
        try Sample.strategy.observe(.ours, after: nil).read(response(body))
    }

    private func fault(_ body: String, status: Int = 400, headers: [HTTPHeader] = []) throws -> Fault {
        try Sample.strategy.probe().fault(response(body, status: status, headers: headers))
    }

    // MARK: Yes

    @Test func aLaunchIsReadWithEverythingItSaysOfItsInstances() throws {
        let call = try Sample.strategy.launch(Sample.order(), token: Sample.token)
        let instances = try call.read(response(Replies.launched)).instances
        #expect(instances.map(\.id) == ["i-0abcdef1234567890", "i-0abcdef1234567891"])
        var first = Instance(id: "i-0abcdef1234567890", state: .pending, type: "m6i.large")
        first.zone = "us-east-1a"
        first.privateIP = "10.0.0.12"
        first.launchedAt = Timestamp("2026-11-21T12:40:43Z")
        first.stateReason = "pending"
        first.stateCode = "pending"
        // Tags that are not ours are nobody's business here.
        first.tags = ["muster:request": "req-one"]
        #expect(instances[0] == first)
        #expect(instances[1].market == .spot)
        #expect(instances[1].tags.isEmpty)
    }

    @Test func aListingIsReadAcrossReservationsWithWhereItGoesOn() throws {
        let page = try page(Replies.described)
        #expect(page.instances.map(\.id) == ["i-0a", "i-0b", "i-0c"])
        #expect(page.instances.map(\.state) == [.running, .terminated, .terminating])
        #expect(page.instances.map(\.market) == [.onDemand, .spot, .onDemand])
        #expect(page.instances.map(\.zone) == ["us-east-1b", nil, nil])
        #expect(page.instances[0].publicIP == "192.0.2.1")
        #expect(
            page.instances.map(\.stateReason) == [
                nil, "Server.SpotInstanceTermination: Instance terminated due to capacity",
                "Client.UserInitiatedShutdown",
            ])
        #expect(
            page.instances.map(\.stateCode) == [nil, "Server.SpotInstanceTermination", "Client.UserInitiatedShutdown"])
        #expect(page.next == "eyJ2IjoiMiIsImMiOiJhYmMifQ==")
    }

    @Test(arguments: ["", "<nextToken/>", "<nextToken></nextToken>"])
    func theLastPageHasNoNext(end: String) throws {
        let page = try page("<DescribeInstancesResponse><reservationSet/>\(end)</DescribeInstancesResponse>")
        #expect(page == Page(instances: []))
    }

    @Test(arguments: [
        ("pending", Instance.State.pending), ("running", .running), ("shutting-down", .terminating),
        ("terminated", .terminated), ("stopping", .stopping), ("stopped", .stopped),
    ])
    func everyStateThatEC2HasIsRead(name: String, state: Instance.State) throws {
        #expect(try page(Replies.instance(name)).instances.map(\.state) == [state])
    }

    /// Throwing leaves the outcome unknown, which is safe; guessing would not be.
    @Test(arguments: [
        "", "OK", "<html><body>Welcome</body></html>", "<DescribeInstancesResponse/>",
        "<DescribeInstancesResponse><reservationSet><item>", Replies.instance("hibernating"),
        "<DescribeInstancesResponse><reservationSet><item/></reservationSet></DescribeInstancesResponse>",
    ])
    func anAnswerThatIsNotAListingIsNotTakenForAnEmptyOne(body: String) {
        #expect(throws: (any Error).self) { try page(body) }
    }

    @Test func anAnswerThatIsNotALaunchIsNotTakenForOneThatBroughtNothing() throws {
        let call = try Sample.strategy.launch(Sample.order(), token: Sample.token)
        for body in ["", "OK", "<html/>", "<RunInstancesResponse/>"] {
            #expect(throws: (any Error).self) { try call.read(response(body)) }
        }
    }

    @Test func aDryRunThatWasCarriedOutIsNoYes() throws {
        let call = try #require(try Sample.strategy.rehearse(Sample.order(), token: Sample.token)).call
        #expect(throws: Unreadable.self) { try call.read(response(Replies.launched)) }
    }

    @Test func aDryRunIsAllowedByItsOwnErrorAndNoOther() throws {
        let call = try #require(try Sample.strategy.rehearse(Sample.order(), token: Sample.token)).call
        let consent = try #require(call.consent)
        func allows(_ code: String) -> Bool {
            consent(call.fault(response(Replies.error(code, "…"), status: 412))) != nil
        }
        #expect(allows("DryRunOperation"))
        #expect(!allows("UnauthorizedOperation"))
        #expect(!allows("InvalidParameterValue"))
        #expect(consent(call.fault(response("", status: 412))) == nil)
    }

    @Test func onlyARehearsalCanBeAllowedByAnError() throws {
        #expect(try Sample.strategy.launch(Sample.order(), token: Sample.token).consent == nil)
        #expect(try Sample.strategy.terminate(["i-1"], token: Sample.token).consent == nil)
    }

    // MARK: No

    @Test func anErrorOfEC2IsReadWithItsCodeWordsAndExchange() throws {
        let body = Replies.error("InsufficientInstanceCapacity", "We currently do not have sufficient capacity.")
        #expect(
            try fault(body, status: 500)
                == Fault(
                    status: 500, code: "InsufficientInstanceCapacity",
                    message: "We currently do not have sufficient capacity.",
                    exchange: "ea966190-f9aa-478e-9ede-example"))
    }

    @Test func anErrorOfSTSIsReadToo() throws {
        let body = """
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The token is expired</Message></Error>
              <RequestId>4c1c5a7f</RequestId>
            </ErrorResponse>
            """
        #expect(
            try fault(body, status: 403)
                == Fault(status: 403, code: "ExpiredToken", message: "The token is expired", exchange: "4c1c5a7f"))
    }

    @Test(arguments: [
        ("<html>\n  <h1>502  Bad Gateway</h1>\n</html>", 502, "<html> <h1>502 Bad Gateway</h1> </html>"),
        ("", 503, ""), ("<Response><Errors/></Response>", 500, "<Response><Errors/></Response>"),
        ("upstream connect error", 503, "upstream connect error"),
    ])
    func whatIsNotInEC2sFormHasNoCode(body: String, status: Int, message: String) throws {
        #expect(try fault(body, status: status) == Fault(status: status, code: nil, message: message))
    }

    @Test func aLongPageIsNotQuotedInFull() throws {
        #expect(try fault(String(repeating: "x", count: 100_000), status: 502).message.count == 200)
    }

    @Test(arguments: [
        ("The instance ID 'i-0a1b2c' does not exist", ["i-0a1b2c"]),
        ("The instance IDs 'i-0a, i-0b' do not exist", ["i-0a", "i-0b"]),
        ("Invalid id: \"i-0zz\" (expecting \"i-...\")", ["i-0zz"]), ("You are not authorized", []),
        ("The image 'ami-i-1' does not exist", []),
    ])
    func theInstancesThatAMessageNamesAreFound(message: String, named: [String]) throws {
        #expect(try fault(Replies.error("InvalidInstanceID.NotFound", message)).subjects == named)
    }

    @Test func howLongToWaitIsReadFromTheHeader() throws {
        func wait(_ value: String) throws -> Duration? {
            try fault(
                Replies.error("RequestLimitExceeded", "slow down"), status: 503,
                headers: [HTTPHeader("retry-after", value)]
            ).retryAfter
        }
        #expect(try wait("7") == .seconds(7))
        #expect(try wait("Wed, 21 Oct 2026 07:28:00 GMT") == nil)
    }
}
