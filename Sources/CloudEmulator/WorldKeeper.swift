import Provisioning

/// Hands out the one world there is, to one user at a time, and saves what was changed.
final class WorldKeeper: Sendable {
    private struct Held {
        /// As it is saved, where it is: nothing in it counts as changed.
        var world: World
        /// What it was read from or written to.
        var version: WorldVersion?
    }

    private let held: Lock<Held>
    private let file: WorldFile?

    init(file: WorldFile?, conditions: Conditions) throws {
        self.file = file
        var held = Held(world: World(conditions))
        if let file { try WorldKeeper.refresh(&held, from: file) }
        self.held = Lock(held)
    }

    /// Runs the body on the world as it is now; what it changes is saved before anybody hears of it.
    ///
    /// A body that throws changes nothing. One that was not expected to change anything and wants to is run once more,
    /// alone.
    ///
    /// - Parameter wholly: The body may put whole parts of the world in the place of others, so that which things
    ///   have changed does not tell all.
    func use<Result>(mayChange: Bool, wholly: Bool = false, _ body: (inout World) throws -> Result) throws -> Result {
        try held.withLock { held in
            guard let file else { return try WorldKeeper.changing(&held.world, body) }
            if !mayChange {
                // Files are replaced as a whole or grow by whole changes, so that reading needs no lock.
                try WorldKeeper.refresh(&held, from: file)
                var world = held.world
                let result = try body(&world)
                if world.revision == held.world.revision { return result }
            }
            return try file.locked {
                try WorldKeeper.refresh(&held, from: file)
                var world = held.world
                let result = try body(&world)
                // What does not say that it is a change is none.
                guard world.revision != held.world.revision else { return result }
                held.version =
                    try wholly ? file.replace(by: world) : file.save(world, changedFrom: held.version)
                world.settle()
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
        changed.settle()
        world = changed
        return result
    }

    private static func refresh(_ held: inout Held, from file: WorldFile) throws {
        guard let identity = try file.identity() else {
            // There is none yet, or somebody took it away: the world begins anew.
            if held.version != nil { held.world = World(held.world.conditions) }
            held.version = nil
            return
        }
        guard identity != held.version?.identity else { return }
        if var version = held.version, version.identity.isOfSameFile(as: identity),
            try file.follow(&held.world, &version)
        {
            held.version = version
            return
        }
        let conditions = held.world.conditions
        (held.world, held.version) = try file.load()
        held.world.conditions = conditions
    }
}
