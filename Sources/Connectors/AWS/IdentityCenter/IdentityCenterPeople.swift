internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// The users of an identity store that are watched, and the issuers that its users have ids of.
struct IdentityCenterPeople {
  private var accounts: [Account] = []
  private var places: [String: Int] = [:]
  private var sources: [Sources] = []
  private var allIssuers: Set<String> = []
  /// Whether somebody has an external id whose issuer is not told.
  private var hidesIssuer = false
  /// Whether somebody has no address at all.
  private var hasNameless = false
  /// Whether of somebody it is not told, in a word that is known, whether the account is enabled.
  private var hasStatusless = false

  /// Where a user comes from.
  private struct Sources: Equatable {
    var issuers: Set<String> = []
    /// Whether there may be others.
    var mayHaveMore = false
  }

  /// What is to be told of the rows.
  var issues: [SourceIssue] {
    let call = "identitystore:ListUsers"
    var issues: [SourceIssue] = []
    if hasNameless {
      issues.append(
        .nameless("the address of a user", vendor: "Identity Center", call: call, affects: .details)
      )
    }
    if hasStatusless {
      issues.append(.missing("the status of a user", vendor: "Identity Center", call: call))
    }
    return issues
  }

  /// The issuers of all users that were listed, in order.
  var issuers: [String] { allIssuers.sorted() }

  /// What says that people are provisioned by others: the issuers, or that one is not told.
  var outsideIssuers: [String] { issuers + (hidesIssuer ? ["an issuer that is not told"] : []) }

  /// Looks at one row of the list, and keeps the user if it is watched.
  ///
  /// - Returns: nil, or for a user who came before whether the row says the same.
  mutating func take(
    _ row: JSONValue, _ watch: WatchList, _ assigned: Set<Int>
  ) throws(WireError) -> Bool? {
    var found = Sources()
    // Users whom nobody provisions have no external ids.
    for external in try row.optional("ExternalIds", .array, \.array) ?? [] {
      if let issuer = external["Issuer"]?.string, !issuer.isEmpty {
        found.issuers.insert(issuer)
      } else {
        found.mayHaveMore = true
      }
    }
    allIssuers.formUnion(found.issuers)
    if found.mayHaveMore { hidesIssuer = true }
    var account = try Self.account(row)
    let names = [account.email, account.login].compactMap { $0 } + account.aliases
    if !names.contains(where: { $0.contains("@") }) { hasNameless = true }
    guard watch.keeps(id: account.id, names: names) else { return nil }
    if account.atoms.contains(IdentityCenterMapping.unclear) { hasStatusless = true }
    account.assigned = assigned
    if let known = places[account.id] {
      return accounts[known] == account && sources[known] == found
    }
    places[account.id] = accounts.count
    accounts.append(account)
    sources.append(found)
    return nil
  }

  /// The accounts, with all that the models ask of them.
  var table: AccountTable {
    let issuers = issuers
    var table = AccountTable(atomCount: IdentityCenterMapping.atoms(issuers).count)
    for (account, found) in zip(accounts, sources) {
      var account = account
      if found.mayHaveMore {
        account.atoms.insert(IdentityCenterMapping.unclearIssuer)
      } else if found.issuers.isEmpty {
        account.atoms.insert(IdentityCenterMapping.noIssuer)
      }
      for (place, issuer) in issuers.enumerated() where found.issuers.contains(issuer) {
        account.atoms.insert(IdentityCenterMapping.issuer(place))
        // The name id of a sign-in by SAML has to be the user name, whatever id provisioning knows the person by.
        account.links.append(AccountLink(upstream: issuer, subject: account.login ?? ""))
      }
      table.append(account)
    }
    return table
  }

  private static func account(_ row: JSONValue) throws(WireError) -> Account {
    let list = row["Emails"]?.array ?? []
    let emails =
      (list.filter { $0["Primary"]?.bool == true } + list.filter { $0["Primary"]?.bool != true })
      .compactMap { $0["Value"]?.string }
    let status = try row.optional("UserStatus", .string, \.string)
    return Account(
      id: try row.required("UserId", .string, \.string), email: emails.first,
      aliases: Array(emails.dropFirst()), login: try row.required("UserName", .string, \.string),
      status: status == "DISABLED" ? .inactive : .active, statusText: status ?? "not stated",
      atoms: status == "ENABLED" || status == "DISABLED" ? [] : [IdentityCenterMapping.unclear])
  }
}
