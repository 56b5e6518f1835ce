/// The accounts that go by the name of a member whose account cannot be told, as evidence names them.
enum MatchedAccount {
  /// What the name of the evidence begins with; the account's own name follows.
  static let head = "matching account "
  /// So many are listed one by one.
  private static let mostListed = 20

  /// An item for each account.
  ///
  /// - Parameter others: the further members that go by an account.
  static func evidence(
    _ positions: [Int32], in accounts: AccountTable, at source: SourceName,
    others: (Int32) -> [String]
  ) -> [EvidenceItem] {
    var items = positions.prefix(mostListed).map { position in
      let names = accounts.names(at: Int(position))
      let id = accounts.id(at: Int(position))
      let login = names.login.flatMap { $0 == names.email ? nil : ", login \($0)" } ?? ""
      let others = others(position)
      return EvidenceItem(
        .status, id: id.isEmpty ? nil : id,
        name: head + (names.email ?? names.login ?? "without a name"),
        value: "at \(source): \(accounts.statusText(at: Int(position)))\(login)"
          + (others.isEmpty ? "" : "; also the account of \(others.joined(separator: ", "))"))
    }
    if positions.count > mostListed {
      items.append(
        EvidenceItem(
          .status, name: "\(positions.count - mostListed) more accounts that match",
          value: "at \(source)"))
    }
    return items
  }
}

extension ProviderGraph {
  /// Whether it cannot be told, without the application, which account somebody has at a provider.
  func isAmbiguous(_ person: Int) -> Bool {
    routes.indices.contains { number in
      index(number) != nil && table(number).isAmbiguous(person)
    }
  }

  /// The accounts that somebody goes by at a node, as evidence.
  ///
  /// - Parameter name: what another member is called.
  func matches(of person: Int, at node: Int, name: (Int) -> String) -> [EvidenceItem] {
    guard let route = nodes[node].route, let index = index(route) else { return [] }
    let table = table(route)
    var positions: [Int32] = []
    for position in table.matches(of: person).flatMap(\.positions)
    where !positions.contains(position) {
      positions.append(position)
    }
    return MatchedAccount.evidence(
      positions, in: index.reading.accounts, at: nodes[node].target.provider
    ) { position in
      table.isShared(position)
        ? table.people(of: position, besides: person, atMost: 3).map(name) : []
    }
  }
}
