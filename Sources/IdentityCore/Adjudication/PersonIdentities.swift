/// What the configuration says of people whose address does not tell their account.
struct PersonIdentities: Sendable {
  private var mappings: [Int: [IdentityMapping]] = [:]
  /// By match key of the address or roster id that they name.
  private var wanted: [String: [IdentityMapping]] = [:]

  init(
    _ all: [IdentityMapping], _ roster: Roster, _ order: [Int32], _ starts: [Int32]
  ) {
    guard !all.isEmpty else { return }
    for mapping in all { wanted[EmailKey.make(mapping.member), default: []].append(mapping) }
    for person in starts.indices {
      let row = Int(order[Int(starts[person])])
      let names = [roster.key(at: row), roster[row].userID.map(EmailKey.make)].compactMap(\.self)
      let found = names.flatMap { wanted[$0] ?? [] }
      if !found.isEmpty { mappings[person] = found }
    }
  }

  func hasMapping(of person: Int) -> Bool { mappings[person] != nil }

  /// What the configuration says of a person at a source; nil where it says nothing of him.
  func names(of person: Int, at source: SourceName) -> PersonNames? {
    mappings[person].map { Self.names($0, at: source) }
  }

  /// What it says of somebody whom the roster does not name, by address and the roster's id.
  func mappings(ofKey key: String, id: String?) -> [IdentityMapping] {
    [key, id.map(EmailKey.make)].compactMap(\.self).flatMap { wanted[$0] ?? [] }
  }

  static func names(_ found: [IdentityMapping], at source: SourceName) -> PersonNames {
    PersonNames(
      account: found.first { $0.provider == source }?.account,
      addresses: found.flatMap(\.addresses))
  }

  func evidence(of person: Int) -> [EvidenceItem] { mappings[person]?.map(\.evidence) ?? [] }
}
