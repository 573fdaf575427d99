import Provisioning

extension TemplateCatalog {
    /// What the table in `providers/` says of a cloud's machine types, cheapest first within alike ones; none where
    /// there is no such table.
    package func machineTypes(of cloud: CloudName) -> [MachineType] {
        (try? rules.ofCloud(cloud)?.get())?.types ?? []
    }
}
