import CCurl
import Glibc
import Provisioning

/// The one thread that touches libcurl.
///
/// Others put messages into its inbox and wake it when the inbox was empty; everything below the mark is the
/// thread's alone. A ticket is settled in exactly one place, `settle`.
final class CurlLoop: @unchecked Sendable {
    private enum Message {
        case start(CurlTicket)
        case cancel(CancelToken)
        case close(then: @Sendable () -> Void)
    }

    private struct Inbox {
        var messages: [Message] = []
        /// False once the thread takes no more messages; libcurl's handle is gone soon after.
        var isOpen = true
    }

    private let inbox = Lock(Inbox())
    private let curl: CurlLibrary
    private let multi: UnsafeMutableRawPointer
    private let settings: CurlSettings

    // MARK: The thread's alone

    private var active: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    private var idle: [CurlTransfer] = []
    /// Not later than any active transfer's.
    private var nextDue: ContinuousClock.Instant?

    init(_ curl: CurlLibrary, _ settings: CurlSettings) throws(TransportError) {
        guard let multi = curl.functions.pointee.multi_init() else { throw .unsent("libcurl would not start") }
        self.curl = curl
        self.multi = multi
        self.settings = settings
        for (option, value) in [
            (CURLMOPT_PIPELINING, Int(settings.usesHTTP2 ? CURLPIPE_MULTIPLEX : CURLPIPE_NOTHING)),
            (CURLMOPT_MAX_HOST_CONNECTIONS, settings.connectionsPerHost),
            (CURLMOPT_MAXCONNECTS, max(64, settings.connectionsPerHost * 2)),
        ] {
            _ = muster_curl_multi_set_long(curl.functions, multi, option, value)
        }
        var thread = pthread_t()
        let loop = Unmanaged.passRetained(self)
        guard pthread_create(&thread, nil, runLoop, loop.toOpaque()) == 0 else {
            loop.release()
            _ = curl.functions.pointee.multi_cleanup(multi)
            throw .unsent("cannot start the thread that sends requests")
        }
        pthread_detach(thread)
    }

    func start(_ ticket: CurlTicket) {
        if !post(.start(ticket)) { ticket.continuation.resume(returning: .failure(.unsent("the transport is closed"))) }
    }

    func cancel(_ token: CancelToken) { _ = post(.cancel(token)) }

    /// Ends what is under way, then the thread; `then` is the last thing it does.
    func close(then: @escaping @Sendable () -> Void) {
        if !post(.close(then: then)) { then() }
    }

    private func post(_ message: Message) -> Bool {
        inbox.withLock { inbox in
            guard inbox.isOpen else { return false }
            inbox.messages.append(message)
            // Within the lock, for the thread closes the inbox before it lets go of the handle.
            if inbox.messages.count == 1 { _ = curl.functions.pointee.multi_wakeup(multi) }
            return true
        }
    }
}

// MARK: - The thread

private func runLoop(_ loop: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    // Signals are for the threads of whoever runs us; a broken pipe is an error code here.
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
    let ended = Unmanaged<CurlLoop>.fromOpaque(loop!).takeRetainedValue().run()
    for then in ended { then() }
    return nil
}

extension CurlLoop {
    /// Runs until it is closed; gives back whom to tell.
    fileprivate func run() -> [@Sendable () -> Void] {
        var ended: [@Sendable () -> Void] = []
        while ended.isEmpty {
            let messages = inbox.withLock { inbox in
                defer { inbox.messages.removeAll(keepingCapacity: true) }
                return inbox.messages
            }
            for message in messages { take(message, &ended) }
            var running: CInt = 0
            _ = curl.functions.pointee.multi_perform(multi, &running)
            reap()
            expire()
            if ended.isEmpty { _ = curl.functions.pointee.multi_poll(multi, nil, 0, pollMilliseconds, nil) }
        }
        for transfer in active.values { settle(transfer, .closed) }
        let late = inbox.withLock { inbox in
            inbox.isOpen = false
            defer { inbox.messages = [] }
            return inbox.messages
        }
        for message in late {
            if case .start(let ticket) = message { refuse(ticket, .closed) } else { take(message, &ended) }
        }
        idle.removeAll()
        _ = curl.functions.pointee.multi_cleanup(multi)
        return ended
    }

    private func take(_ message: Message, _ ended: inout [@Sendable () -> Void]) {
        switch message {
        case .start(let ticket): begin(ticket)
        case .cancel(let token):
            // Not among them: it was answered meanwhile, or its ticket comes later and finds the token cancelled.
            if let transfer = active.values.first(where: { $0.ticket?.token === token }) {
                settle(transfer, .cancelled)
            }
        case .close(let then): ended.append(then)
        }
    }

    private func begin(_ ticket: CurlTicket) {
        if ticket.token.isCancelled { return refuse(ticket, .cancelled) }
        if ticket.due <= .now { return refuse(ticket, .overdue) }
        guard let transfer = idle.popLast() ?? CurlTransfer(curl) else { return refuse(ticket, .closed) }
        if let flaw = transfer.prepare(ticket, settings) {
            idle.append(transfer)
            return refuse(ticket, .malformed(flaw))
        }
        let added = curl.functions.pointee.multi_add_handle(multi, transfer.handle)
        precondition(added == CURLM_OK, "libcurl did not take a fresh handle: \(added.rawValue)")
        active[transfer.handle] = transfer
        nextDue = min(nextDue ?? ticket.due, ticket.due)
    }

    private func reap() {
        var left: CInt = 0
        while let message = curl.functions.pointee.multi_info_read(multi, &left) {
            guard muster_curl_message_is_done(message) != 0, let handle = muster_curl_message_handle(message),
                let transfer = active[handle]
            else { continue }
            // The message is libcurl's and gone once the handle is taken out, so it is read first.
            settle(transfer, transfer.end(muster_curl_message_result(message)))
        }
    }

    /// Deadlines are ours, not libcurl's: its own do not run while a transfer waits for a free connection.
    private func expire() {
        guard let due = nextDue, due <= .now else { return }
        let now = ContinuousClock.now
        for transfer in active.values where transfer.due <= now { settle(transfer, .overdue) }
        nextDue = active.values.map(\.due).min()
    }

    /// Until the next deadline, rounded up; libcurl shortens it for timers of its own, and a message ends it.
    private var pollMilliseconds: CInt {
        guard let nextDue else { return 60_000 }
        let left = nextDue - .now
        return CInt(max(0, min(60_000, left.wholeMicroseconds / 1000 + 1)))
    }

    private func settle(_ transfer: CurlTransfer, _ end: CurlEnd) {
        _ = curl.functions.pointee.multi_remove_handle(multi, transfer.handle)
        active[transfer.handle] = nil
        guard let ticket = transfer.ticket else { return }
        let result = transfer.result(end, of: ticket)
        transfer.clear()
        if idle.count < settings.connectionsPerHost { idle.append(transfer) }
        ticket.continuation.resume(returning: result)
    }

    /// Answers a ticket that never became a transfer.
    private func refuse(_ ticket: CurlTicket, _ end: CurlEnd) {
        ticket.continuation.resume(returning: .failure(.unsent(end.reason(ticket, hasBegun: false))))
    }
}
