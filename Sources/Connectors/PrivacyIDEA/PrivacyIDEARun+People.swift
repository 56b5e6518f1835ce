internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension PrivacyIDEARun {
  private static let pageSize = 1000

  /// The watched users of the realm, with what policies ask of them and of their tokens.
  func accounts(
    _ query: ProviderQuery, _ compiled: PrivacyIDEAModel, _ model: inout SignInModel
  ) async -> AccountTable {
    var table = AccountTable(atomCount: model.atoms.count)
    let watch = await query.watch()
    guard !watch.isEmpty else { return table }
    var holders = PrivacyIDEAHolders(realm: configuration.realm, now: connector.clock())
    do throws(ConnectorError) {
      let (users, request) = try await users()
      for user in users {
        holders.count(user)
        if user.email == nil, !user.username.contains("@") {
          reading.log.add(
            .nameless(
              "the address of a user", vendor: "privacyIDEA", call: request.endpoint,
              affects: .details))
        }
        guard watch.keeps(id: user.id, names: [user.username, user.email].compactMap { $0 }) else {
          continue
        }
        let account = Account(
          id: user.id, email: user.email, login: user.username, statusText: "known",
          assigned: Set(query.apps.indices))
        guard let position = table.append(account) else {
          try repeated(user, holders, request)
          continue
        }
        if user.resolver == nil { tell("the resolver of a user", request.endpoint) }
        holders.add(user, at: position)
        mark(user, compiled, at: position, &table)
      }
    } catch {
      reading.keep(error)
    }
    do throws(ConnectorError) {
      for token in try await tokens() {
        if !token.isTold { tell("whose a token is, or when it may be used", "GET /token/") }
        holders.take(token)
      }
      holders.mark(&table)
    } catch {
      reading.keep(error)
      let unknown = Unknown(
        title: "which tokens people have: \(Sentence.clause(error.message))",
        remedy: reading.phrase(for: error), of: "tokens of the realm")
      for atom in PrivacyIDEAModel.Atom.ofTokens { model.unreadableAtoms[atom.rawValue] = unknown }
    }
    return table
  }

  /// Tells of what is always shown and was not.
  private func tell(_ what: String, _ call: String) {
    reading.log.add(.missing(what, vendor: "privacyIDEA", call: call))
  }

  /// Marks which users and resolvers that policies name a user is of.
  private func mark(
    _ user: PrivacyIDEAWire.User, _ compiled: PrivacyIDEAModel, at position: Int,
    _ table: inout AccountTable
  ) {
    for (atom, wanted) in compiled.users where wanted.means(user.username) {
      table.setAtom(atom, at: position)
    }
    guard let own = user.resolver else {
      return table.setAtom(PrivacyIDEAModel.Atom.noResolver.rawValue, at: position)
    }
    for (atom, resolver) in compiled.resolvers where resolver == own {
      table.setAtom(atom, at: position)
    }
  }

  /// Takes note of a user who came before; one who is somebody else by the same id leaves the list unread.
  private func repeated(
    _ user: PrivacyIDEAWire.User, _ holders: PrivacyIDEAHolders, _ request: HTTPRequest
  ) throws(ConnectorError) {
    let isSame = holders.knows(user)
    let error = ConnectorError(
      .duplicateIDs, source: configuration.name, call: request.endpoint, status: 200,
      message: "privacyIDEA named the same user twice in \(request.endpoint); "
        + (isSame ? "it counts once." : "the two say different things."))
    guard isSame else { throw error }
    reading.keep(error, .details)
  }

  private func users() async throws(ConnectorError) -> ([PrivacyIDEAWire.User], HTTPRequest) {
    let request = Self.users(client, configuration.realm)
    let json = try await client.value(request)
    let skipped = json["detail"]?["skipped_resolvers"]
    if let skipped, skipped.array?.isEmpty != true {
      reading.keep(
        ConnectorError(
          .contradiction, source: configuration.name, call: request.endpoint, status: 200,
          message: "privacyIDEA left the people of a resolver out, which did not answer."))
    }
    do throws(WireError) {
      let users = try PrivacyIDEAWire.value(json).rows(PrivacyIDEAWire.User.init)
      reading.log.count(users.count)
      reading.tell("accounts", done: users.count)
      return (users, request)
    } catch {
      throw client.malformed(error, request)
    }
  }

  // MARK: Tokens

  /// How the server lists tokens: by numbered pages that count all of them.
  private static let tokenList = ListShape(
    .page(
      parameter: "page", start: 1, sizeParameter: "pagesize", size: pageSize,
      stop: .total(
        { list($0)?["count"]?.integer.map(Int.init) ?? 0 },
        received: { list($0)?["tokens"]?.array?.count ?? 0 })),
    rows: .under(["result", "value", "tokens"]),
    total: .document { page throws(WireError) in
      let value = try PrivacyIDEAWire.value(try JSONValue(page))
      return try Int(value.required("count", .integer, \.integer))
    })

  private func tokens() async throws(ConnectorError) -> [PrivacyIDEAWire.Token] {
    try await reading.rows(
      Self.tokens(client, configuration.realm), Self.tokenList, id: { $0["serial"]?.string },
      PrivacyIDEAWire.Token.init)
  }

  private static func list(_ response: HTTPResponse) -> JSONValue? {
    (try? JSONReader().value(response.body))?["result"]?["value"]
  }
}
