import Provisioning

/// The cloud's no, in EC2's codes and words.
package struct EC2Error: Error, Sendable, Hashable {
    package var code: String
    package var message: String
    package var status: Int

    package init(_ code: String, _ message: String, status: Int = 400) {
        self.code = code
        self.message = message
        self.status = status
    }
}

// MARK: - Launching

extension EC2Error {
    static let idempotentParameterMismatch = EC2Error(
        "IdempotentParameterMismatch",
        "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).")
    static let idempotentInstanceTerminated = EC2Error(
        "IdempotentInstanceTerminated",
        "The client token you have provided is associated with a terminated instance. "
            + "Please use a different client token.")

    /// EC2 answers a lack of capacity with status 500, as seen in the field: whoever goes by the status alone takes it
    /// for a server that broke down.
    static func insufficientCapacity(type: String, zone: String?) -> EC2Error {
        let place = zone.map { "in the Availability Zone you requested (\($0))" } ?? "in zones with support for it"
        return EC2Error(
            "InsufficientInstanceCapacity",
            "We currently do not have sufficient \(type) capacity \(place). "
                + "Our system will be working on provisioning additional capacity.", status: 500)
    }

    static func quotaExceeded(market: Market, vcpus: Int) -> EC2Error {
        switch market {
        case .spot: EC2Error("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded")
        case .onDemand:
            EC2Error(
                "VcpuLimitExceeded",
                "You have requested more vCPU capacity than your current vCPU limit of \(vcpus) allows for the "
                    + "instance bucket that the specified instance type belongs to. Please visit "
                    + "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.")
        }
    }

    static func unsupported(type: String, zone: String?) -> EC2Error {
        let place = zone.map { "your requested Availability Zone (\($0))" } ?? "any Availability Zone"
        return EC2Error("Unsupported", "Your requested instance type (\(type)) is not supported in \(place).")
    }

    static func tooManyAtOnce(_ most: Int) -> EC2Error {
        EC2Error("RequestResourceCountExceeded", "The request asks for more than \(most) instances at once.")
    }

    static func invalidZone(_ zone: String) -> EC2Error {
        EC2Error("InvalidParameterValue", "Invalid availability zone: [\(zone)]")
    }

    static func subnetElsewhere(_ subnet: String, zone: String) -> EC2Error {
        EC2Error("InvalidParameterValue", "The subnet '\(subnet)' is not in the Availability Zone '\(zone)'")
    }
}

// MARK: - Instances by id

extension EC2Error {
    static func unknownInstances(_ ids: [String]) -> EC2Error {
        EC2Error(
            "InvalidInstanceID.NotFound",
            ids.count == 1
                ? "The instance ID '\(ids[0])' does not exist"
                : "The instance IDs '\(ids.joined(separator: ", "))' do not exist")
    }

    static func malformedInstanceIDs(_ ids: [String]) -> EC2Error {
        EC2Error(
            "InvalidInstanceID.Malformed",
            ids.count == 1
                ? "Invalid id: \"\(ids[0])\" (expecting \"i-...\")"
                : "Invalid ids: \"\(ids.joined(separator: ", "))\" (expecting \"i-...\")")
    }
}

// MARK: - Any call

extension EC2Error {
    static let requestLimitExceeded = EC2Error("RequestLimitExceeded", "Request limit exceeded.", status: 503)
    static let dryRun = EC2Error(
        "DryRunOperation", "Request would have succeeded, but DryRun flag is set.", status: 412)

    static func missingParameter(_ name: String) -> EC2Error {
        EC2Error("MissingParameter", "The request must contain the parameter \(name)")
    }

    static func unknownParameter(_ name: String) -> EC2Error {
        EC2Error("UnknownParameter", "The parameter \(name) is not recognized")
    }

    static func invalidValue(_ value: String, of name: String) -> EC2Error {
        EC2Error("InvalidParameterValue", "Value (\(value)) for parameter \(name) is invalid.")
    }

    static func invalidAction(_ name: String) -> EC2Error {
        EC2Error("InvalidAction", "The action \(name) is not valid for this web service.")
    }

    static func internalError(_ why: String) -> EC2Error {
        EC2Error("InternalError", why, status: 500)
    }
}

// MARK: - Who asks

extension EC2Error {
    static let missingToken = EC2Error(
        "MissingAuthenticationToken", "Request is missing Authentication Token", status: 403)
    static let authFailure = EC2Error(
        "AuthFailure", "AWS was not able to validate the provided access credentials", status: 401)
    static let incompleteSignature = EC2Error(
        "IncompleteSignature", "The request signature does not conform to AWS standards.")
    /// EC2 itself says of this what it says of an old signature.
    static let expiredToken = EC2Error(
        "ExpiredToken", "The security token included in the request is expired", status: 403)
    static let requestExpired = EC2Error("RequestExpired", "Request has expired.")
    static let signatureMismatch = EC2Error(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
            + "Key and signing method. Consult the service documentation for details.", status: 403)

    static func wrongScope(_ what: String) -> EC2Error {
        EC2Error("SignatureDoesNotMatch", "Credential should be scoped to \(what).", status: 403)
    }
}
