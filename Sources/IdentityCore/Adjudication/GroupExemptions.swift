/// Who of a team is exempt as a member of a group at a provider.
///
/// A group with more members on the team than the exemption allows exempts nobody, and one that could not be read neither.
struct GroupExemptions {
  private(set) var byPerson: [Int: Exemption] = [:]

  init(_ exemptions: [Exemption], _ graph: ProviderGraph, people: Int) {
    for exemption in exemptions {
      guard let group = exemption.group else { continue }
      let members = Self.members(of: group, graph, people)
      guard let members, members.count <= group.atMost else { continue }
      for person in members { byPerson[person] = exemption }
    }
  }

  /// The people of the team who are in a group; nil when that was not read.
  static func members(of group: ExemptGroup, _ graph: ProviderGraph, _ people: Int) -> [Int]? {
    let node = graph.nodes.indices.first {
      graph.nodes[$0].target.provider == group.provider && graph.nodes[$0].path.count == 1
    }
    guard let node, let reading = graph.reading(at: node), reading.source.carriesVerdicts,
      let atom = reading.groups[group.name]
    else { return nil }
    return (0..<people).filter { person in
      guard let position = graph.account(of: person, at: node) else { return false }
      return reading.accounts.signature(at: position).has(atom)
    }
  }
}
