/// All machine types of a cloud, read when they are first asked for: many commands need none of them.
package final class MachineTypes: Sendable {
    private let read: @Sendable () -> (types: [MachineType], faults: [Diagnostic])
    private let table = Lock<Table?>(nil)

    private struct Table: Sendable {
        let types: [MachineType]
        let faults: [Diagnostic]
        let names: Set<String>
        let families: Set<String>

        init(_ types: [MachineType], _ faults: [Diagnostic]) {
            self.types = types
            self.faults = faults
            var names = Set<String>(minimumCapacity: types.count), families: Set<String> = []
            var last: String?
            for type in types {
                names.insert(type.name)
                // They stand together.
                if type.family != last { families.insert(type.family) }
                last = type.family
            }
            self.names = names
            self.families = families
        }
    }

    package init(_ types: [MachineType]) { read = { (types, []) } }

    package init(read: @escaping @Sendable () -> (types: [MachineType], faults: [Diagnostic])) { self.read = read }

    /// Cheapest first within alike ones; none where there are faults.
    package var all: [MachineType] { known.types }
    package var names: Set<String> { known.names }
    package var families: Set<String> { known.families }
    /// What is wrong with the table, and so with whatever needs it.
    package var faults: [Diagnostic] { known.faults }

    private var known: Table {
        table.withLock { table in
            if let table { return table }
            var (types, faults) = read()
            if faults.hasErrors { types = [] }
            let made = Table(types, faults)
            table = made
            return made
        }
    }
}
