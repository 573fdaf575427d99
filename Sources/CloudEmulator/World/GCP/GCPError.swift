/// The cloud's no to a call, in the API's codes and words.
package struct GCPError: Error, Sendable, Hashable {
    package var status: Int
    package var message: String
    /// `alreadyExists`
    package var reason: String
    package var domain = "global"
    /// What is wrong, where it is a header.
    package var header: String?
    /// `UNAUTHENTICATED`; only what stands before Compute Engine says it.
    package var statusText: String?

    package init(_ status: Int, _ message: String, _ reason: String) {
        self.status = status
        self.message = message
        self.reason = reason
    }
}

extension GCPError {
    static func invalid(_ message: String) -> GCPError { GCPError(400, message, "invalid") }

    static func invalid(at field: String, _ value: String, _ why: String) -> GCPError {
        .invalid("Invalid value for field '\(field)': '\(value)'. \(why)")
    }

    static func required(_ field: String) -> GCPError {
        GCPError(400, "Required field '\(field)' not specified", "required")
    }

    static func notFound(_ path: String) -> GCPError {
        GCPError(404, "The resource '\(path)' was not found", "notFound")
    }

    static func exists(_ path: String) -> GCPError {
        GCPError(409, "The resource '\(path)' already exists", "alreadyExists")
    }

    static func notReady(_ path: String) -> GCPError {
        GCPError(400, "The resource '\(path)' is not ready", "resourceNotReady")
    }

    static func inUse(_ path: String, by user: String) -> GCPError {
        GCPError(
            400, "The \(kind(of: path)) resource '\(path)' is already being used by '\(user)'",
            "resourceInUseByAnotherResource")
    }

    /// `instance_template` for `…/instanceTemplates/x`
    private static func kind(of path: String) -> String {
        path.contains("/instanceTemplates/") ? "instance_template" : path.contains("/disks/") ? "disk" : "resource"
    }

    static let labelsChanged: GCPError = {
        var error = GCPError(
            412, "Labels fingerprint either invalid or resource labels have changed", "conditionNotMet")
        error.header = "If-Match"
        return error
    }()

    static func changed(_ what: String) -> GCPError {
        var error = GCPError(412, "Supplied fingerprint does not match current \(what) fingerprint.", "conditionNotMet")
        error.header = "If-Match"
        return error
    }

    static func forbidden(_ permission: String, on path: String) -> GCPError {
        var error = GCPError(403, "Required '\(permission)' permission for '\(path)'", "forbidden")
        error.statusText = "PERMISSION_DENIED"
        return error
    }

    static func quotaExceeded(_ problem: GCPProblem) -> GCPError { GCPError(403, problem.message, "quotaExceeded") }
}

// MARK: - Any call

extension GCPError {
    static let noCredentials: GCPError = {
        var error = GCPError(
            401,
            "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or "
                + "other valid authentication credential. See "
                + "https://developers.google.com/identity/sign-in/web/devconsole-project.", "required")
        error.header = "Authorization"
        error.statusText = "UNAUTHENTICATED"
        return error
    }()

    static let badCredentials: GCPError = {
        var error = GCPError(
            401,
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other "
                + "valid authentication credential. See "
                + "https://developers.google.com/identity/sign-in/web/devconsole-project.", "authError")
        error.header = "Authorization"
        error.statusText = "UNAUTHENTICATED"
        return error
    }()

    static func rateExceeded(_ action: String, project: String) -> GCPError {
        var error = GCPError(
            403,
            "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service "
                + "'compute.googleapis.com' for consumer 'project_number:\(projectNumber(project))'.",
            "rateLimitExceeded")
        error.domain = "usageLimits"
        return error
    }

    /// What is wrong with a body, before anybody has looked at what it means.
    static func malformed(_ message: String) -> GCPError {
        var error = GCPError(400, message, "badRequest")
        error.statusText = "INVALID_ARGUMENT"
        return error
    }

    static func unknownField(_ name: String, at place: String) -> GCPError {
        let at = place.isEmpty ? "" : " at '\(place)'"
        return .malformed("Invalid JSON payload received. Unknown name \"\(name)\"\(at): Cannot find field.")
    }

    static func wrongValue(_ value: JSONValue, at place: String, expected: String) -> GCPError {
        .malformed("Invalid value at '\(place)' (\(expected)), \(value.text)")
    }

    static func unknownParameter(_ name: String) -> GCPError {
        .malformed(
            "Invalid JSON payload received. Unknown name \"\(name)\": Cannot bind query parameter. Field '\(name)' "
                + "could not be found in request message.")
    }
}

/// A project's number follows from its name: nobody made the project.
package func projectNumber(_ project: String) -> Int {
    100_000_000_000 + project.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0x1F_FFFF_FFFF }
}
