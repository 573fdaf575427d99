import Cloud
import CloudAWS
import Provisioning
import Testing

/// What a Spot Fleet's role is called in full.
@Suite struct FleetRoleTests {
    private func lookUp(_ role: String?, by api: APIName = SpotFleet.api) -> LookUp? {
        AWSLookUps().fleetRoleLookUp(for: FleetSample.order { $0.fleet?.role = role }.template, by: api)
    }

    @Test func itIsAskedForOnlyWhereItIsNeeded() {
        #expect(lookUp(nil) != nil)
        #expect(lookUp("fleet") != nil)
        #expect(lookUp("arn:aws:iam::1:role/fleet") == nil)
        #expect(lookUp(nil, by: EC2Fleet.api) == nil)
        #expect(lookUp("fleet", by: RunInstances.api) == nil)
    }

    @Test func theAccountIsThatOfWhoeverAsks() throws {
        let call = try #require(lookUp("fleet")).call
        #expect(call.service == "sts")
        #expect(call.listing == "POST /\nAction=GetCallerIdentity\nVersion=2011-06-15\n")
        let body = """
            <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>\
            <Arn>arn:aws-cn:sts::123456789012:assumed-role/ops/me</Arn><UserId>AIDA:me</UserId>\
            <Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>
            """
        let step = try call.read(HTTPResponse(status: 200, headers: [], body: Array(body.utf8)))
        let arn = "arn:aws-cn:iam::123456789012:role/fleet"
        #expect(step.findings == [Finding(.role, "fleet", .verified(arn), id: arn)])
        #expect(throws: (any Error).self) {
            try call.read(HTTPResponse(status: 200, headers: [], body: Array("<GetCallerIdentityResponse/>".utf8)))
        }
    }
}
