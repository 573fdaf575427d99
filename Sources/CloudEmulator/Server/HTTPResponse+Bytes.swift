import Cloud

extension HTTPResponse {
    /// The response as it goes over the wire, in one piece.
    ///
    /// - Parameter connection: What to say of the connection; nil: it stays, as is understood.
    func bytes(hasBody: Bool, connection: String?) -> [UInt8] {
        var head = "HTTP/1.1 \(status) \(reason(status))\r\n"
        for header in headers { head += "\(header.name): \(header.value)\r\n" }
        head += "Content-Length: \(body.count)\r\n"
        if let connection { head += "Connection: \(connection)\r\n" }
        head += "\r\n"
        return Array(head.utf8) + (hasBody ? body : [])
    }
}

/// For people who look at the wire; clients go by the number.
private func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 413: "Content Too Large"
    case 417: "Expectation Failed"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: ""
    }
}
