import Cloud
import Provisioning

/// IAM as it looks from outside, as far as its one instance profile goes.
///
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html
struct IAMFace {
    var signatures: SignatureCheck

    private static let namespace = "https://iam.amazonaws.com/doc/2010-05-08/"
    private static let version = "2010-05-08"
    /// It has no region of its own: signatures name this one.
    private static let region = "us-east-1"

    func answer(_ request: HTTPRequest, world: World, at now: Timestamp, chance: () -> UInt64) -> HTTPResponse {
        let id = EC2Face.requestID(chance)
        do throws(EC2Error) {
            let sessions = world.sessions ?? []
            guard try signatures.verify(request, at: now, sessions: sessions).region == IAMFace.region else {
                throw EC2Error.wrongScope("a valid region")
            }
            guard let text = QueryText(request.method == "POST" ? request.body : Array(request.query.utf8)) else {
                throw EC2Error("MalformedQueryString", "The query string contains a syntax error.")
            }
            let action = text.pairs.first { $0.name == "Action" }?.value ?? ""
            guard action == "GetInstanceProfile", text.pairs.contains(where: { $0 == ("Version", IAMFace.version) })
            else {
                throw EC2Error(
                    "InvalidAction", "Could not find operation \(action) for version \(IAMFace.version)")
            }
            let name = try QueryParameters(text, accepting: ["InstanceProfileName"]).required("InstanceProfileName")
            guard name == Inventory.instanceProfile else {
                throw EC2Error("NoSuchEntity", "Instance Profile \(name) cannot be found.", status: 404)
            }
            return IAMFace.response(200, profile(name, id), id)
        } catch {
            return IAMFace.refusal(error, id)
        }
    }

    private func profile(_ name: String, _ id: String) -> XMLText {
        let account = EmulatorSettings.accountNumber
        var answer = XMLText()
        answer.root("GetInstanceProfileResponse", namespace: IAMFace.namespace) { answer in
            answer.element("GetInstanceProfileResult") { answer in
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
            answer.element("ResponseMetadata") { $0.element("RequestId", id) }
        }
        return answer
    }
}

// MARK: - Answers

extension IAMFace {
    static func refusal(_ error: EC2Error, _ id: String) -> HTTPResponse {
        // Not to know a key is called otherwise here than by EC2.
        let isUnknownKey = error.code == "AuthFailure"
        var answer = XMLText()
        answer.root("ErrorResponse", namespace: namespace) { answer in
            answer.element("Error") { answer in
                answer.element("Type", "Sender")
                answer.element("Code", isUnknownKey ? "InvalidClientTokenId" : error.code)
                answer.element("Message", error.message)
            }
            answer.element("RequestId", id)
        }
        return response(isUnknownKey ? 403 : error.status, answer, id)
    }

    private static func response(_ status: Int, _ answer: XMLText, _ id: String) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [
                HTTPHeader("Content-Type", "text/xml"), HTTPHeader("x-amzn-RequestId", id),
                HTTPHeader("Server", "MusterEmulator"),
            ], body: answer.bytes)
    }
}
