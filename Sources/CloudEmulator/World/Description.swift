import Provisioning

/// Which instances a listing wants, and which part of them.
package struct Description: Sendable {
    package var ids: [String] = []
    package var filters: [InstanceFilter] = []
    package var pageSize: Int?
    package var after: Cursor?

    package init() {}

    /// The last instance of a page. Launches come in order and instances in a launch do, so the next page is right
    /// whatever began or ended in between.
    package struct Cursor: Sendable, Hashable {
        package var sequence: Int
        package var index: Int

        package init(sequence: Int, index: Int) {
            self.sequence = sequence
            self.index = index
        }
    }
}

/// Part of a listing: reservations with those of their instances that belong to it.
package struct DescribedPage: Sendable {
    package var reservations: [Reservation]
    /// Nil: there is no more.
    package var next: Description.Cursor?
}

extension World {
    package func describe(
        _ wanted: Description, in region: String, at now: Timestamp
    ) throws(EC2Error) -> DescribedPage {
        if !wanted.ids.isEmpty { _ = try find(wanted.ids, in: region, at: now) }
        let ids = Set(wanted.ids)
        var page = DescribedPage(reservations: [], next: nil)
        var left = wanted.pageSize ?? .max
        for reservation in regions[region]?.reservations ?? [] {
            let found = reservation.known(at: now).filter { instance in
                (wanted.after.map { $0 < Description.Cursor(reservation, instance) } ?? true)
                    && (ids.isEmpty || ids.contains(instance.id))
                    && wanted.filters.allSatisfy { $0.accepts(instance, of: reservation, at: now) }
            }
            if found.isEmpty { continue }
            var part = reservation
            part.instances = Array(found.prefix(left))
            left -= part.instances.count
            if let last = part.instances.last {
                page.reservations.append(part)
                page.next = Description.Cursor(reservation, last)
            }
            if part.instances.count < found.count { return page }
        }
        page.next = nil
        return page
    }
}

extension Description.Cursor: Comparable {
    init(_ reservation: Reservation, _ instance: EmulatedInstance) {
        self.init(sequence: reservation.sequence, index: instance.index)
    }

    package static func < (a: Self, b: Self) -> Bool { (a.sequence, a.index) < (b.sequence, b.index) }
}
