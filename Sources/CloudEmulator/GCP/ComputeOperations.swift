import Provisioning

extension ComputeFace {
    /// What was begun, and how it stands. To wait is to be told how it stands now: whoever needs more asks again, as
    /// those must who ask the real one, which answers before it is done, too.
    func operations(_ call: GCPCall, _ caller: GCPCaller, world: inout World) throws(GCPError) -> JSONValue? {
        let project = world.project(call.project)
        func items(where isWanted: (GCPOperation) -> Bool) -> [(place: String, item: GCPListing.Item)] {
            project.operations.values.filter(isWanted).map { operation in
                (
                    operation.place.path,
                    GCPListing.Item(
                        key: operation.name, createdAt: operation.insertedAt,
                        json: operation.json(in: call.project, at: call.now))
                )
            }
        }
        switch call.method.action {
        case "list":
            let place = call.place
            return try call.list("operation", of: "Operation", items { $0.place == place }.map(\.item))
        case "aggregatedList":
            let regions = world.conditions.googleZones.keys.sorted()
            let places =
                ["global"] + regions.map { "regions/\($0)" } + world.googleZones().map { GCPPlace.zone($0).path }
            return try call.aggregate("operation", "operations", of: "Operation", items { _ in true }, places: places)
        default:
            // By its name or its number.
            let name = call["operation"], path = call.path("\(call.place.path)/operations/\(name)")
            let found =
                project.operations[GCPProject.key(call.place.path, name)]
                ?? UInt64(name).flatMap { id in
                    project.operations.values.first { $0.id == id && $0.place == call.place }
                }
            guard let found else { throw .notFound(path) }
            guard call.method.action == "delete" else { return found.json(in: call.project, at: call.now) }
            world.google.projects[call.project]?.operations[found.key] = nil
            world.touch()
            return nil
        }
    }
}
