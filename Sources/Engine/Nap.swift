import Provisioning

/// A sleep that whoever has news may end early; news that comes before it is not slept through.
final class Nap: Sendable {
    private enum State {
        case awake
        case asleep(Task<Void, Never>)
        case awaited
    }

    private let surroundings: Surroundings
    private let state = Lock(State.awake)

    init(_ surroundings: Surroundings) { self.surroundings = surroundings }

    func take(_ duration: Duration) async {
        let surroundings = surroundings
        let sleep = state.withLock { state -> Task<Void, Never>? in
            if case .awaited = state {
                state = .awake
                return nil
            }
            // It throws only when it is ended.
            let sleep = Task(executorPreference: TaskHome.executor) { _ = try? await surroundings.sleep(duration) }
            state = .asleep(sleep)
            return sleep
        }
        await sleep?.value
        state.withLock { if case .asleep = $0 { $0 = .awake } }
    }

    func end() {
        state.withLock { state in
            if case .asleep(let sleep) = state { sleep.cancel() }
            state = .awaited
        }
    }
}
