internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// The identity providers that rows of people name: few, so that each is made into text once.
struct SeenProviders: Sendable {
  private var known: [(bytes: [UInt8], id: String)] = []
  private(set) var all: [OwnedProvider] = []

  /// A provider and the id of the team or account that it belongs to, nil where the row does not say.
  struct OwnedProvider: Sendable {
    var provider: PlatformIdentityProvider
    var owner: String?
  }

  /// Whether a row signs in through an identity provider: not where it is null, unknown where it is missing.
  static func isFederated(_ row: TableRows.Row, at field: Int) -> Tri {
    if row.text(field) != nil { return .yes }
    let types = (field..<field + HerokuWire.providerFields).map { row.type($0) }
    return types.allSatisfy { $0 == .null } ? .no : .unknown
  }

  /// The id that a row names at a place; name, redaction and the owner's type and id follow behind it.
  mutating func id(_ row: TableRows.Row, at field: Int) -> String? {
    guard let bytes = row.text(field) else { return nil }
    if let found = known.first(where: { bytes.elementsEqual($0.bytes) }) { return found.id }
    let id = String(decoding: bytes, as: UTF8.self)
    known.append((Array(bytes), id))
    let provider = PlatformIdentityProvider(
      // What does not say that its settings may be seen does not show them.
      id: id, name: row.string(field + 1), isRedacted: row.bool(field + 2) ?? true,
      isAccountOwned: row.string(field + 3) == "enterprise-account")
    all.append(OwnedProvider(provider: provider, owner: row.string(field + 4)))
    return id
  }
}
