import Provisioning

/// Hands out the one world there is, to one user at a time, and saves what was changed.
final class WorldKeeper: Sendable {
    private struct Held {
        var world: World
        /// Which file it was read from or written to.
        var identity: WorldFile.Identity?
    }

    private let held: Lock<Held>
    private let file: WorldFile?

    init(file: WorldFile?, conditions: Conditions) throws {
        self.file = file
        var world = World()
        world.conditions = conditions
        var held = Held(world: world)
        if let file { try WorldKeeper.refresh(&held, from: file) }
        self.held = Lock(held)
    }

    /// Runs the body on the world as it is now; what it changes is saved before anybody hears of it.
    ///
    /// A body that throws changes nothing. One that was not expected to change anything and wants to is run once more,
    /// alone.
    func use<Result>(mayChange: Bool, _ body: (inout World) throws -> Result) throws -> Result {
        try held.withLock { held in
            guard let file else { return try WorldKeeper.changing(&held.world, body) }
            if !mayChange {
                // Files are replaced as a whole, so that reading needs no lock.
                try WorldKeeper.refresh(&held, from: file)
                var world = held.world
                let result = try body(&world)
                if world.revision == held.world.revision { return result }
            }
            return try file.locked {
                try WorldKeeper.refresh(&held, from: file)
                var world = held.world
                let result = try WorldKeeper.changing(&world, body)
                if world.revision != held.world.revision { held.identity = try file.save(world) }
                held.world = world
                return result
            }
        }
    }

    private static func changing<Result>(
        _ world: inout World, _ body: (inout World) throws -> Result
    ) throws -> Result {
        var changed = world
        let result = try body(&changed)
        world = changed
        return result
    }

    private static func refresh(_ held: inout Held, from file: WorldFile) throws {
        let identity = try file.identity()
        guard identity != held.identity else { return }
        var world: World
        if identity == nil {
            // Somebody took the file away: the world begins anew.
            world = World()
            held.identity = nil
        } else {
            (world, held.identity) = try file.load()
        }
        world.conditions = held.world.conditions
        held.world = world
    }
}
