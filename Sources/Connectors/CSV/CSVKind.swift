package import ConnectorKit

/// A file of comma-separated values as a roster.
package struct CSVKind: SourceKind {
  package let word = "csv"
  package let address = SourceAddress.none
  package let example = """
    list: { kind: csv, file: people.csv }   # team,email,role[,name,id,federated,platform_mfa]; further columns pass
    """
  package let card = SourceCard(
    title: "CSV file", roles: [.roster],
    proves: [
      "who is on a team and with which role, as whoever keeps the file says",
      "with the columns federated and platform_mfa: who signs in through the identity provider and who with a password",
    ],
    cannotTell: ["MFA at the identity provider: a provider has to"],
    rights: ["reading the file"], requests: "none; one pass over the file")

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    if !keys.names.contains("file") { keys.missing("file") }
    guard let path = keys.file("file") else { return nil }
    return { context in
      CSVConnector(name: context.name, path: path, clock: context.clock, logger: context.logger)
    }
  }
}
