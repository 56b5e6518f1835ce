internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension CognitoRun {
  /// Reads the accounts of watched people, with all that the models ask of them.
  func accounts(
    _ query: ProviderQuery, _ mapping: CognitoMapping, _ clients: [CognitoWire.Client?]
  ) async -> AccountTable {
    let watch = await query.watch()
    var table = AccountTable(atomCount: mapping.facts.atoms.count)
    guard !watch.isEmpty else { return table }
    let reader = JSONReader()
    var seen = 0
    do throws(ConnectorError) {
      try await client.pages { token in
        var body: [String: JSONValue] = [
          "UserPoolId": .string(mapping.pool.id), "Limit": .integer(60),
        ]
        if let token { body["PaginationToken"] = .string(token) }
        return client.request("ListUsers", json: body)
      } _: { response, request, page throws(ConnectorError) in
        var users: [CognitoWire.User] = []
        let next: String?
        do throws(WireError) {
          let json = try reader.value(response.body)
          let rows = try json.required("Users", .array) { $0.array == nil ? nil : $0 }
          users = try rows.rows { row throws(WireError) in try CognitoWire.User(row) }
          next = try json.optional("PaginationToken", .string, \.string)
        } catch {
          throw client.malformed(error, request, page: page)
        }
        if users.contains(where: \.isNameless) {
          log.add(
            .nameless(
              "the address of a user", vendor: "Cognito", call: request.endpoint,
              affects: .details))
        }
        for (row, user) in users.enumerated() where isWatched(user, watch) {
          let account = account(user, mapping, clients)
          guard table.append(account) == nil else { continue }
          try repeated(
            table.position(ofID: account.id).map { table[$0] } == account, row + 1, page, request)
        }
        seen += users.count
        log.count(users.count)
        progress(configuration.name, "accounts", done: seen)
        return next
      }
    } catch {
      keep(error)
    }
    let mode = mapping.mfa?.mode ?? mapping.pool.mfa
    if mode == "OPTIONAL", query.collectFactors || configuration.collectFactors {
      await collectFactors(&table, mapping.pool.id)
    }
    return table
  }

  private func isWatched(_ user: CognitoWire.User, _ watch: WatchList) -> Bool {
    watch.keeps(id: user.name, names: [user.email, user.preferredName].compactMap { $0 })
  }

  /// Takes note of a row that came before, as it may where a list moves on under its tokens.
  private func repeated(
    _ isSame: Bool, _ row: Int, _ page: Int, _ request: HTTPRequest
  ) throws(ConnectorError) {
    let error = client.repeated(isSame, request, page: page, row: row)
    guard isSame else { throw error }
    keep(error, affects: .details)
  }

  private func account(
    _ user: CognitoWire.User, _ mapping: CognitoMapping, _ clients: [CognitoWire.Client?]
  ) -> Account {
    let facts = mapping.facts
    let isExternal = user.status == "EXTERNAL_PROVIDER"
    var names = Set(user.identities.map(\.upstream))
    // A profile made by a provider is named for it: `Corp_ana@acme.com`; pools may keep names in lower case.
    if isExternal, names.isEmpty {
      names = Set(
        facts.providers.map(\.name).filter {
          user.name.lowercased().hasPrefix($0.lowercased() + "_")
        })
    }
    var account = Account(id: user.name, email: user.email, statusText: user.status)
    account.login = user.preferredName ?? user.name
    account.links = user.identities.filter { !$0.subject.isEmpty }
    if !user.isEnabled || user.status == "ARCHIVED" {
      account.status = .inactive
      account.statusText = user.isEnabled ? user.status : "disabled"
    }
    if isExternal { account.atoms.insert(CognitoMapping.Facts.external) }
    if user.status == "FORCE_CHANGE_PASSWORD" { account.atoms.insert(CognitoMapping.Facts.isNew) }
    account.atoms.formUnion(names.compactMap { facts.atom(of: $0) })
    let isUnclear =
      user.mayHaveMore || names.contains { facts.isUnclear($0) }
      || (mapping.unreadableProviders != nil && !names.isEmpty)
    if isUnclear { account.atoms.insert(CognitoMapping.Facts.unclear) }
    for (index, client) in clients.enumerated() {
      guard let client else { continue }
      if isUnclear || mayUse(client, isExternal: isExternal, names, mapping) {
        account.assigned.insert(index)
      }
    }
    return account
  }

  /// Whether a client lets an account in: by a flow or the pool's own page, or by a provider that it lists.
  private func mayUse(
    _ client: CognitoWire.Client, isExternal: Bool, _ providers: Set<String>,
    _ mapping: CognitoMapping
  ) -> Bool {
    guard let listed = client.identityProviders, !listed.isEmpty else { return true }
    // A provider that the pool does not have by this name may be any of them.
    let known = Set(mapping.facts.providers.map(\.name)).union(["COGNITO"])
    if mapping.unreadableProviders == nil, !known.isSuperset(of: listed) { return true }
    // Whoever is not linked yet may come in by any provider that the client offers.
    if !providers.isDisjoint(with: listed)
      || mapping.facts.providers.contains(where: { mapping.offers($0.name, client) })
    {
      return true
    }
    // Whose provider is not known may come in by any of them.
    return isExternal ? providers.isEmpty : !CognitoFlows(client, mapping.pool).ways.isEmpty
  }

  // MARK: Factors

  /// Asks for the factors of every kept account, one request each; nothing rests on them but what is shown.
  private func collectFactors(_ table: inout AccountTable, _ pool: String) async {
    for position in 0..<table.count {
      let request = client.request(
        "AdminGetUser",
        json: ["UserPoolId": .string(pool), "Username": .string(table[position].id)])
      do throws(ConnectorError) {
        let json = try await client.value(request)
        let names: [String]
        do throws(WireError) {
          names = try json.optional("UserMFASettingList", .array, \.strings) ?? []
        } catch {
          throw client.malformed(error, request)
        }
        table.setEnrolment(Tri(!names.isEmpty), Self.factors(names), at: position)
      } catch {
        keep(error, affects: .details)
        if !error.isTransient { return }
      }
    }
  }

  private static func factors(_ names: [String]) -> FactorSet {
    var result: FactorSet = []
    for name in names {
      switch name {
      case "SMS_MFA": result.insert(.sms)
      case "EMAIL_OTP": result.insert(.email)
      case "SOFTWARE_TOKEN_MFA": result.insert(.totp)
      case "WEB_AUTHN_MFA", "WEB_AUTHN": result.insert(.webauthn)
      default: result.insert(.other)
      }
    }
    return result
  }
}
