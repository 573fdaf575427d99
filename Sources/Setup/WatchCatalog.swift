import Catalog
import Logging
import Provisioning

extension House {
    /// Reads templates again soon after they change, and logs what came of it, until the task is cancelled.
    package func watchCatalog() async {
        await catalog.keepFresh { [log] news in
            if news.isKept {
                log.warning("catalog kept as it was", metadata: ["templates": "\(news.templates)"])
            } else {
                log.info(
                    "catalog read again", metadata: ["templates": "\(news.templates)", "files": "\(news.files)"])
            }
            for diagnostic in news.diagnostics.prefix(House.mistakesMax) {
                var metadata: Logger.Metadata = ["code": "\(diagnostic.code)", "reason": "\(diagnostic.message)"]
                if let place = diagnostic.place { metadata["place"] = "\(place)" }
                log.warning("catalog has a mistake", metadata: metadata)
            }
            if news.diagnostics.count > House.mistakesMax {
                log.warning(
                    "catalog has more mistakes",
                    metadata: ["mistakes": "\(news.diagnostics.count)", "shown": "\(House.mistakesMax)"])
            }
        }
    }

    /// A mistake in a default shows in every template that it reaches.
    private static let mistakesMax = 20
}
