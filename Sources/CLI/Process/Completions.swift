import ArgumentParser
import Provisioning
import Setup

/// What a shell may offer for a value: names that are there now. Nothing is said where they cannot be read, for a
/// person in the middle of a line wants no errors.
extension CompletionKind {
    static var templates: CompletionKind {
        .custom { _, _, _ in
            (try? openHouse(SettingFlags()).catalog.all().templates.map(\.id.text)) ?? []
        }
    }

    static var accounts: CompletionKind {
        .custom { _, _, _ in (try? openHouse(SettingFlags()).settings.accounts.map(\.name.text)) ?? [] }
    }
}
