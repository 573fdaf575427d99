import Documents
import Provisioning

extension AzureAccount {
    /// Nil where something that must be said is missing or wrong; the reader knows what.
    init?(_ reader: inout FieldReader, isEmulated: Bool, _ variable: (String) -> String?) {
        let said = reader.string("subscription")
        let subscription = said ?? variable("AZURE_SUBSCRIPTION_ID") ?? variable("ARM_SUBSCRIPTION_ID")
        resourceGroup = reader.string("resource_group") ?? "muster"
        tenant = reader.string("tenant")
        clientID = reader.string("client_id")
        if !AzureAccount.isGroupName(resourceGroup) {
            reader.report(
                "account.site", "`\(resourceGroup)` is no name of a resource group",
                at: reader.map["resource_group"]?.place,
                hint: "letters, digits, `-`, `_`, `.` and brackets, at most 90, not ending in a dot")
        }
        // What is emulated has every subscription.
        guard let subscription = subscription ?? (isEmulated ? AzureAccount.emulated : nil) else {
            reader.report(
                "field.missing", "an account at Azure needs `subscription`", at: reader.map.place,
                hint: "or set `AZURE_SUBSCRIPTION_ID`; `az account show --query id` says it")
            return nil
        }
        if !AzureAccount.isGUID(subscription) {
            reader.report(
                "account.site", "`\(subscription)` is no id of a subscription",
                at: reader.map["subscription"]?.place,
                hint: "as in `00000000-0000-0000-0000-000000000000`; `az account show --query id` says it")
        }
        self.subscription = subscription
    }

    private static let emulated = "00000000-0000-0000-0000-000000000000"

    private static func isGUID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12] && parts.joined().allSatisfy(\.isHexDigit)
    }

    /// https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
    private static func isGroupName(_ text: String) -> Bool {
        (1...90).contains(text.count) && !text.hasSuffix(".")
            && text.allSatisfy { $0.isLetter || $0.isNumber || "-_.()".contains($0) }
    }
}

extension GCPAccount {
    /// Nil where something that must be said is missing or wrong; the reader knows what.
    init?(_ reader: inout FieldReader, isEmulated: Bool, _ variable: (String) -> String?) {
        let said = reader.string("project")
        let project = said ?? variable("GOOGLE_CLOUD_PROJECT") ?? variable("CLOUDSDK_CORE_PROJECT")
        credentialsFile = reader.string("credentials_file")
        impersonate = reader.string("impersonate")
        if let impersonate, !impersonate.contains("@") {
            reader.report(
                "account.site", "`\(impersonate)` is no e-mail address of a service account",
                at: reader.map["impersonate"]?.place, hint: "as in `muster@grid-prod.iam.gserviceaccount.com`")
        }
        guard let project = project ?? (isEmulated ? "emulated" : nil) else {
            reader.report(
                "field.missing", "an account at Google Cloud needs `project`", at: reader.map.place,
                hint: "or set `GOOGLE_CLOUD_PROJECT`; `gcloud config get project` says it")
            return nil
        }
        if !GCPAccount.isProject(project) {
            reader.report(
                "account.site", "`\(project)` is no id of a project", at: reader.map["project"]?.place,
                hint: "lower-case letters, digits and `-`, 6 to 30 of them; `gcloud projects list` says them")
        }
        self.project = project
    }

    /// Also those of a domain's own, such as `example.com:grid`.
    ///
    /// https://cloud.google.com/resource-manager/docs/creating-managing-projects
    private static func isProject(_ text: String) -> Bool {
        let id = text.split(separator: ":").last ?? ""
        return (6...30).contains(id.utf8.count) && id.utf8.first.map { (97...122).contains($0) } ?? false
            && id.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") } && !id.hasSuffix("-")
    }
}
