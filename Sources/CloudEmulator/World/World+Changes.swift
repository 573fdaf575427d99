// How each part that holds shelves takes a change: what is no shelf comes with every change as a whole.

extension World: WorldPart {
    package mutating func take(_ change: World) {
        var next = change
        next.conditions = conditions
        swap(&next.regions, &regions)
        next.regions.take(change.regions)
        swap(&next.azure, &azure)
        next.azure.take(change.azure)
        swap(&next.gcp, &gcp)
        next.gcp.take(change.gcp)
        self = next
    }

    package mutating func settle() {
        regions.settle()
        azure?.settle()
        gcp?.settle()
    }
}

extension Region: WorldPart {
    package mutating func take(_ change: Region) {
        var next = change
        swap(&next.reservations, &reservations)
        next.reservations.take(change.reservations)
        swap(&next.launches, &launches)
        next.launches.take(change.launches)
        self = next
    }

    package mutating func settle() {
        reservations.settle()
        launches.settle()
    }
}

extension AzureWorld: WorldPart {
    package mutating func take(_ change: AzureWorld) {
        var next = change
        swap(&next.subscriptions, &subscriptions)
        next.subscriptions.take(change.subscriptions)
        self = next
    }

    package mutating func settle() { subscriptions.settle() }
}

extension AzureSubscription: WorldPart {
    package mutating func take(_ change: AzureSubscription) {
        var next = change
        swap(&next.resources, &resources)
        next.resources.take(change.resources)
        swap(&next.operations, &operations)
        next.operations.take(change.operations)
        self = next
    }

    package mutating func settle() {
        resources.settle()
        operations.settle()
    }
}

extension GCPWorld: WorldPart {
    package mutating func take(_ change: GCPWorld) {
        var next = change
        swap(&next.projects, &projects)
        next.projects.take(change.projects)
        swap(&next.tokens, &tokens)
        next.tokens.take(change.tokens)
        self = next
    }

    package mutating func settle() {
        projects.settle()
        tokens.settle()
    }
}

extension GCPProject: WorldPart {
    package mutating func take(_ change: GCPProject) {
        var next = change
        swap(&next.instances, &instances)
        next.instances.take(change.instances)
        swap(&next.disks, &disks)
        next.disks.take(change.disks)
        swap(&next.operations, &operations)
        next.operations.take(change.operations)
        swap(&next.templates, &templates)
        next.templates.take(change.templates)
        swap(&next.groups, &groups)
        next.groups.take(change.groups)
        swap(&next.requests, &requests)
        next.requests.take(change.requests)
        self = next
    }

    package mutating func settle() {
        instances.settle()
        disks.settle()
        operations.settle()
        templates.settle()
        groups.settle()
        requests.settle()
    }
}

/// What is not there yet takes a change by becoming it.
extension Optional: WorldPart where Wrapped: WorldPart {
    package mutating func take(_ change: Self) {
        guard let change else { return self = nil }
        if self == nil { self = change } else { self?.take(change) }
        // Of what has only become there, all counts as changed until now.
        self?.settle()
    }

    package mutating func settle() { self?.settle() }
}

extension RecordedLaunch: WorldPart {}
extension KeptResource: WorldPart {}
extension AzureOperation: WorldPart {}
extension GCPInstance: WorldPart {}
extension GCPDisk: WorldPart {}
extension GCPOperation: WorldPart {}
extension GCPTemplate: WorldPart {}
extension GCPGroup: WorldPart {}
extension GCPToken: WorldPart {}
extension String: WorldPart {}
