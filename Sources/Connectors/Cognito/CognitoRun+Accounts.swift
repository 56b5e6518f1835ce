internal import CurlTransport
internal import IdentityCore

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
        for (row, user) in users.enumerated() where isWatched(user, watch) {
          guard table.append(account(user, mapping.facts, clients, mapping.pool)) != nil else {
            throw ConnectorError(
              .duplicateIDs, source: configuration.name, call: request.endpoint, page: page,
              status: 200,
              message:
                "AWS named the same row twice in \(request.endpoint) (page \(page), row \(row + 1)); the list is not read to its end."
            )
          }
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
    [user.email, user.preferredName, user.name].contains { text in
      guard var text else { return false }
      return text.withUTF8 { watch.contains($0) }
    }
  }

  private func account(
    _ user: CognitoWire.User, _ facts: CognitoMapping.Facts, _ clients: [CognitoWire.Client?],
    _ pool: CognitoWire.Pool
  ) -> Account {
    let isExternal = user.status == "EXTERNAL_PROVIDER"
    var names = user.identities
    // A profile made by a provider is named for it: `Corp_ana@acme.com`.
    if isExternal, names.isEmpty,
      let provider = facts.providers.first(where: {
        user.name.lowercased().hasPrefix($0.name.lowercased() + "_")
      })
    {
      names = [provider.name]
    }
    var account = Account(id: user.name, email: user.email, statusText: user.status)
    account.login = user.preferredName ?? user.name
    if !user.isEnabled || user.status == "ARCHIVED" {
      account.status = .inactive
      account.statusText = user.isEnabled ? user.status : "disabled"
    }
    if isExternal { account.atoms.insert(CognitoMapping.Facts.external) }
    if user.status == "FORCE_CHANGE_PASSWORD" { account.atoms.insert(CognitoMapping.Facts.isNew) }
    account.atoms.formUnion(names.compactMap { facts.atom(of: $0) })
    for (index, client) in clients.enumerated() {
      guard let client else { continue }
      if mayUse(client, isExternal: isExternal, names, pool) { account.assigned.insert(index) }
    }
    return account
  }

  /// Whether a client lets an account in: by a flow or the pool's own page, or by a provider that it lists.
  private func mayUse(
    _ client: CognitoWire.Client, isExternal: Bool, _ providers: [String], _ pool: CognitoWire.Pool
  ) -> Bool {
    guard let listed = client.identityProviders else { return true }
    let names = Set(listed.map { $0.lowercased() })
    let isLinked = providers.contains { names.contains($0.lowercased()) }
    // Whose provider is not known may come in by any of them.
    if isExternal { return isLinked || providers.isEmpty }
    return isLinked || !CognitoFlows(client, pool).ways.isEmpty
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
