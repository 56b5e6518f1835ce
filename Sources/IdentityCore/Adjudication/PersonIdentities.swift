/// What the configuration says of people whose address does not tell their account.
struct PersonIdentities: Sendable {
  private var mappings: [Int: [IdentityMapping]] = [:]

  init(
    _ all: [IdentityMapping], _ roster: Roster, _ order: [Int32], _ starts: [Int32]
  ) {
    guard !all.isEmpty else { return }
    var wanted: [String: [IdentityMapping]] = [:]
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
    guard let found = mappings[person] else { return nil }
    return PersonNames(
      account: found.first { $0.provider == source }?.account,
      addresses: found.flatMap(\.addresses))
  }

  func evidence(of person: Int) -> [EvidenceItem] { mappings[person]?.map(\.evidence) ?? [] }
}
