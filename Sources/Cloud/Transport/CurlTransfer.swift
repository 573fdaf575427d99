import CCurl
import Glibc
import Provisioning

/// One exchange on one of libcurl's handles; it never leaves the loop's thread, and serves again afterwards.
final class CurlTransfer {
    let handle: UnsafeMutableRawPointer
    private(set) var ticket: CurlTicket?
    private(set) var due = ContinuousClock.now

    private let curl: CurlLibrary
    private let errorText: UnsafeMutablePointer<CChar>
    private var headerLines: UnsafeMutablePointer<curl_slist>?
    private var answer = CurlAnswer()
    /// How often libcurl began to write the request: the second time would be a replay.
    private var beginnings = 0
    private var mayRepeat = false

    /// Nil: no memory.
    init?(_ curl: CurlLibrary) {
        guard let handle = curl.functions.pointee.easy_init() else { return nil }
        self.curl = curl
        self.handle = handle
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl.functions.pointee.easy_cleanup(handle)
        curl.functions.pointee.slist_free_all(headerLines)
        errorText.deallocate()
    }

    /// Lets go of everything of the last exchange.
    func clear() {
        curl.functions.pointee.easy_reset(handle)
        curl.functions.pointee.slist_free_all(headerLines)
        headerLines = nil
        ticket = nil
        answer = CurlAnswer()
        beginnings = 0
        errorText[0] = 0
    }
}

// MARK: - The request

extension CurlTransfer {
    /// Sets the handle up for a ticket; gives back what makes that impossible, if anything does.
    func prepare(_ ticket: CurlTicket, _ settings: CurlSettings) -> String? {
        let request = ticket.request
        if let flaw = request.flaw { return flaw }
        self.ticket = ticket
        due = ticket.due
        mayRepeat = request.method == "GET" || request.method == "HEAD"
        answer.bodyBytesMax = settings.bodyBytesMax
        setHabits(settings)
        setCallbacks()
        set(CURLOPT_URL, request.url)
        // A proxy cannot reach what only this machine can, and credentials are not for it to see.
        if request.endpoint.isNear { set(CURLOPT_PROXY, "") }
        setMethodAndBody(request)
        setHeaders(request)
        return nil
    }

    private func setHabits(_ settings: CurlSettings) {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, Int(settings.usesHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
        // Rather than open a second connection, wait whether the first one will take both; only TLS tells.
        if settings.usesHTTP2, ticket?.request.endpoint.scheme == .https { set(CURLOPT_PIPEWAIT, 1) }
        set(CURLOPT_FOLLOWLOCATION, 0)
        // The path was signed as it is written.
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(settings.connectTimeout.wholeMicroseconds / 1000))
        // A connection idle for longer may be dead without anybody having told us, and what is sent on a dead
        // connection ends as unknown.
        set(CURLOPT_MAXAGE_CONN, 30)
        // A name look-up given up is left to its own thread; waiting for it here would hold up everybody.
        set(CURLOPT_QUICK_EXIT, 1)
        if let bundle = settings.caBundle { set(CURLOPT_CAINFO, bundle) }
    }

    private func setCallbacks() {
        let me = Unmanaged.passUnretained(self).toOpaque()
        set(CURLOPT_ERRORBUFFER, UnsafeRawPointer(errorText))
        _ = muster_curl_set_data_callback(curl.functions, handle, CURLOPT_HEADERFUNCTION, receiveHeader)
        set(CURLOPT_HEADERDATA, me)
        _ = muster_curl_set_data_callback(curl.functions, handle, CURLOPT_WRITEFUNCTION, receiveBody)
        set(CURLOPT_WRITEDATA, me)
        _ = muster_curl_set_begin_callback(curl.functions, handle, beginRequest)
        set(CURLOPT_PREREQDATA, me)
    }

    private func setMethodAndBody(_ request: HTTPRequest) {
        switch request.method {
        case "GET" where request.body.isEmpty: set(CURLOPT_HTTPGET, 1)
        case "HEAD" where request.body.isEmpty: set(CURLOPT_NOBODY, 1)
        case "DELETE" where request.body.isEmpty: set(CURLOPT_CUSTOMREQUEST, "DELETE")
        default:
            set(CURLOPT_POST, 1)
            // The size first: the copy is made of that many bytes.
            _ = muster_curl_set_size(
                curl.functions, handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
            request.body.withUnsafeBytes { bytes in
                set(CURLOPT_COPYPOSTFIELDS, bytes.baseAddress ?? UnsafeRawPointer(errorText))
            }
            if request.method != "POST" { set(CURLOPT_CUSTOMREQUEST, request.method) }
        }
    }

    private func setHeaders(_ request: HTTPRequest) {
        for header in request.headers {
            // libcurl counts the body itself.
            if header.name.lowercased() == "content-length" { continue }
            addHeaderLine(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        // A name alone keeps libcurl from adding a header of its own: what was signed is what is sent, and nobody
        // waits for `100 Continue`.
        for name in ["Expect", "Accept", "Content-Type"] where request.headers[name] == nil {
            addHeaderLine("\(name):")
        }
        set(CURLOPT_HTTPHEADER, UnsafeRawPointer(headerLines))
    }

    private func addHeaderLine(_ line: String) {
        if let longer = curl.functions.pointee.slist_append(headerLines, line) { headerLines = longer }
    }

    private func set(_ option: CURLoption, _ value: Int) {
        _ = muster_curl_set_long(curl.functions, handle, option, value)
    }

    private func set(_ option: CURLoption, _ value: String) {
        _ = muster_curl_set_text(curl.functions, handle, option, value)
    }

    private func set(_ option: CURLoption, _ value: UnsafeRawPointer?) {
        _ = muster_curl_set_bytes(curl.functions, handle, option, value)
    }
}

// MARK: - The answer

extension CurlTransfer {
    /// What the exchange came to.
    ///
    /// libcurl calls `beginRequest` each time before it writes a request to a connection (not for the
    /// connection itself, TLS or a proxy's CONNECT). So long as it has not, no byte of the request has left,
    /// whatever the error; once it has, only an answer tells whether the cloud acted.
    func result(_ end: CurlEnd, of ticket: CurlTicket) -> Result<HTTPResponse, TransportError> {
        if case .answered = end { return .success(answer.response) }
        let reason = end.reason(ticket, hasBegun: beginnings > 0)
        return .failure(beginnings > 0 ? .unknown(reason) : .unsent(reason))
    }

    /// Reads libcurl's verdict.
    func end(_ code: CURLcode) -> CurlEnd {
        // libcurl takes a connection closed amid the headers for an answer without a body.
        if code == CURLE_OK { return answer.hasWholeHead ? .answered : .broken("its headers were cut short") }
        if answer.isOversized { return .broken("it is larger than \(answer.bodyBytesMax) bytes") }
        switch code {
        case CURLE_OPERATION_TIMEDOUT: return .broken("no connection in time")
        case CURLE_ABORTED_BY_CALLBACK: return .broken("the connection was lost")
        case CURLE_COULDNT_CONNECT:
            var number = 0
            _ = muster_curl_get_long(curl.functions, handle, CURLINFO_OS_ERRNO, &number)
            if number != 0 { return .broken(String(cString: strerror(CInt(number)))) }
        default: break
        }
        if errorText[0] != 0 { return .broken(String(cString: errorText)) }
        let general = curl.functions.pointee.easy_strerror(code)
        return .broken(general.map { String(cString: $0) } ?? "error \(code.rawValue)")
    }

    /// libcurl repeats a request by itself when a kept connection turns out dead before any answer, whatever
    /// the method, and has no option against it. The server may have acted on the first one, so only what
    /// changes nothing may be repeated.
    fileprivate func begin() -> Bool {
        if beginnings > 0, !mayRepeat { return false }
        beginnings += 1
        return true
    }

    fileprivate func receive(header line: UnsafeRawBufferPointer) -> Bool { answer.take(header: line) }
    fileprivate func receive(body part: UnsafeRawBufferPointer) -> Bool { answer.take(body: part) }
}

// Functions rather than closures, so that nothing ties them to an actor: libcurl calls them on its thread.

private func beginRequest(
    _ me: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<CChar>?, _: UnsafeMutablePointer<CChar>?, _: CInt, _: CInt
) -> CInt {
    let transfer = Unmanaged<CurlTransfer>.fromOpaque(me!).takeUnretainedValue()
    return CInt(transfer.begin() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT)
}

private func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ me: UnsafeMutableRawPointer?
) -> Int {
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return Unmanaged<CurlTransfer>.fromOpaque(me!).takeUnretainedValue().receive(header: line) ? line.count : 0
}

private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ me: UnsafeMutableRawPointer?
) -> Int {
    let part = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return Unmanaged<CurlTransfer>.fromOpaque(me!).takeUnretainedValue().receive(body: part) ? part.count : 0
}
