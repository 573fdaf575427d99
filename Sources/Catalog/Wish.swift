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
        let markets = unique(template.offerings.map(\.market.rawValue)).compactMap { Market(rawValue: $0) }
        var wishes: [Wish] = []
        for field in fields.fields ?? [] where !field.value.isNull {
            guard let key = TemplateKeys.featured[field.key] else { continue }
            if let feature = key.feature {
                wishes.append(
                    Wish(
                        feature: feature, key: field.writtenKey, place: field.keyPlace,
                        happensAnyway: TemplateValues.happensAnyway(field.key, field.value.text, markets: markets)))
            }
            for part in field.value.fields ?? [] where !part.value.isNull && part.value.text != "false" {
                guard let feature = key.parts[part.key] else { continue }
                wishes.append(Wish(feature: feature, key: part.writtenKey, place: part.keyPlace))
            }
        }
        if template.fleet?.weights != nil, let types = fields.fields?.first(named: TemplateKeys.types.canonical) {
            wishes.append(Wish(feature: .weights, key: types.writtenKey, place: types.keyPlace))
        }
        let price = fields.fields?.first(named: TemplateKeys.priceType.canonical)
        for market in markets {
            wishes.append(
                Wish(
                    feature: market == .spot ? .spot : .onDemand, key: price?.writtenKey ?? "price_type",
                    place: price?.value.place, happensAnyway: price == nil))
        }
        return wishes
    }
}

extension [Layered.Field] {
    fileprivate func first(named key: String) -> Layered.Field? { first { $0.key == key } }
}

extension TemplateKeys {
    /// The keys that ask something of an API, or whose parts do.
    fileprivate static let featured: [String: (feature: Feature?, parts: [String: Feature])] = {
        var featured: [String: (feature: Feature?, parts: [String: Feature])] = [:]
        for key in described {
            var parts: [String: Feature] = [:]
            if case .map(let keys) = key.value {
                for part in keys { parts[part.key] = part.feature }
            }
            if key.feature != nil || !parts.isEmpty { featured[key.key] = (key.feature, parts) }
        }
        return featured
    }()
}
