import Cloud
import Provisioning

/// IAM as it looks from outside, as far as its one instance profile goes.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html
struct IAMFace {
    var signatures: SignatureCheck

    private static let service = QueryService(
        namespace: "https://iam.amazonaws.com/doc/2010-05-08/", version: "2010-05-08")
    /// It has no region of its own: signatures name this one.
    private static let region = "us-east-1"

    func answer(_ request: HTTPRequest, world: World, at now: Timestamp, chance: () -> UInt64) -> HTTPResponse {
        let id = EC2Face.requestID(chance)
        do throws(EC2Error) {
            let sessions = world.sessions ?? []
            guard try signatures.verify(request, at: now, sessions: sessions).region == IAMFace.region else {
                throw EC2Error.wrongScope("a valid region")
            }
            guard let text = QueryText(of: request) else {
                throw EC2Error("MalformedQueryString", "The query string contains a syntax error.")
            }
            let action = text["Action"] ?? ""
            guard action == "GetInstanceProfile", text["Version"] == IAMFace.service.version else {
                throw IAMFace.service.unknownAction(action)
            }
            let name = try QueryParameters(text, accepting: ["InstanceProfileName"]).required("InstanceProfileName")
            guard name == Inventory.instanceProfile else {
                throw EC2Error("NoSuchEntity", "Instance Profile \(name) cannot be found.", status: 404)
            }
            return IAMFace.service.response(to: action, id) { write(profile: name, to: &$0) }
        } catch {
            return IAMFace.refusal(error, id)
        }
    }

    private func write(profile name: String, to answer: inout XMLText) {
        let account = EmulatorSettings.accountNumber
        answer.element("InstanceProfile") { answer in
            answer.element("Path", "/")
            answer.element("InstanceProfileName", name)
            answer.element("InstanceProfileId", "AIPAEMULATEDMUSTER0000")
            answer.element("Arn", "arn:aws:iam::\(account):instance-profile/\(name)")
            answer.element("CreateDate", "2026-01-01T00:00:00Z")
            answer.element("Roles") { answer in
                answer.element("member") { answer in
                    answer.element("Path", "/")
                    answer.element("RoleName", name)
                    answer.element("RoleId", "AROAEMULATEDMUSTER0000")
                    answer.element("Arn", "arn:aws:iam::\(account):role/\(name)")
                    answer.element("CreateDate", "2026-01-01T00:00:00Z")
                }
            }
        }
    }
}

// MARK: - Answers

extension IAMFace {
    static func refusal(_ error: EC2Error, _ id: String) -> HTTPResponse {
        // Not to know a key is called otherwise here than by EC2.
        let isUnknownKey = error.code == "AuthFailure"
        var answer = XMLText()
        answer.root("ErrorResponse", namespace: service.namespace) { answer in
            answer.element("Error") { answer in
                answer.element("Type", "Sender")
                answer.element("Code", isUnknownKey ? "InvalidClientTokenId" : error.code)
                answer.element("Message", error.message)
            }
            answer.element("RequestId", id)
        }
        return QueryService.response(isUnknownKey ? 403 : error.status, answer, id)
    }
}
