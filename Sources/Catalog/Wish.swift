import Documents
import Provisioning

/// Something a template asks for that an API must have, with where it says so.
struct Wish {
    var feature: Feature
    /// As it is written.
    var key: String
    var place: Place?
    /// Whether it is done even by an API that has nothing for it.
    var happensAnyway = false

    static func all(in fields: Layered, of template: Template) -> [Wish] {
        let markets = template.offerings.markets
        var wishes: [Wish] = []
        let featured = TemplateKeys.featured
        for field in fields.fields ?? [] {
            guard let number = field.number, let key = featured[number], !field.value.isNull else { continue }
            if let feature = key.feature {
                wishes.append(
                    Wish(
                        feature: feature, key: field.writtenKey, place: field.keyPlace,
                        happensAnyway: TemplateValues.happensAnyway(field.key, field.value.text, markets: markets)))
            }
            if key.parts.isEmpty { continue }
            for part in field.value.fields ?? [] where !part.value.isNull && part.value.text != "false" {
                guard let feature = key.parts[part.key] else { continue }
                wishes.append(Wish(feature: feature, key: part.writtenKey, place: part.keyPlace))
            }
        }
        if template.fleet?.weights != nil,
            let types = fields.fields?.first(where: { $0.key == TemplateKeys.types.canonical })
        {
            wishes.append(Wish(feature: .weights, key: types.writtenKey, place: types.keyPlace))
        }
        let price = fields.fields?.first { $0.number == TemplateKeys.priceTypeNumber }
        for market in markets {
            wishes.append(
                Wish(
                    feature: market == .spot ? .spot : .onDemand, key: price?.writtenKey ?? "price_type",
                    place: price?.value.place, happensAnyway: price == nil))
        }
        return wishes
    }
}

extension TemplateKeys {
    /// What each key, by its position, asks of an API, and what its parts do; nil: nothing.
    fileprivate static let featured: [(feature: Feature?, parts: [String: Feature])?] = described.map { key in
        var parts: [String: Feature] = [:]
        if case .map(let keys) = key.value {
            for part in keys { parts[part.key] = part.feature }
        }
        return key.feature == nil && parts.isEmpty ? nil : (key.feature, parts)
    }

    fileprivate static let priceTypeNumber = described.firstIndex { $0.key == priceType.canonical }
}
