package import IdentityCore

/// Who of the watched is in the groups that exemptions name (``ProviderQuery/groups``).
package struct WantedGroups: Sendable {
  /// By the name asked for, the ids of the accounts in it; a group that could not be read is left out.
  package private(set) var members: [String: Set<String>] = [:]

  package init() {}

  /// Takes in who is in a group.
  package mutating func note(_ name: String, _ ids: some Sequence<String>) {
    members[name, default: []].formUnion(ids)
  }

  /// Takes in who is in a group, as every account tells it; one that does not tell leaves the group out.
  package mutating func note(_ name: String, _ accounts: [(id: String, isIn: Tri)]) {
    guard !accounts.contains(where: { $0.isIn == .unknown }) else { return }
    note(name, accounts.filter { $0.isIn == .yes }.map(\.id))
  }

  /// What is to be told of a group that is none, or more than one, of those that go by its name.
  package static func issue(_ vendor: String, _ name: String, found: Int, call: String)
    -> SourceIssue
  {
    SourceIssue(
      code: ConnectorError.Code.notFound.rawValue, call: call, status: 200,
      message: found == 0
        ? "\(vendor) has no group that is called \(name)."
        : "\(vendor) has \(found) groups that are called \(name).",
      remedy: "Name the group by its id.", affects: .details)
  }
}

extension ProviderReading {
  /// Tells of every account in which of the wanted groups it is: one fact more for each group.
  package mutating func tell(_ wanted: WantedGroups) {
    let names = wanted.members.keys.sorted()
    guard !names.isEmpty else { return }
    let first = accounts.atomCount
    var table = AccountTable(atomCount: first + names.count, capacity: accounts.count)
    for position in 0..<accounts.count {
      var account = accounts[position]
      for (index, name) in names.enumerated()
      where wanted.members[name]?.contains(account.id) == true {
        account.atoms.insert(first + index)
      }
      table.append(account)
    }
    accounts = table
    for (index, name) in names.enumerated() { groups[name] = first + index }
  }
}
