internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// One reading of a privacyIDEA server.
struct PrivacyIDEARun: Sendable {
  private static let pageSize = 1000

  let configuration: PrivacyIDEAConfiguration
  let client: APIClient
  let clock: @Sendable () -> Timestamp
  let logger: Logger
  let progress: Progress
  let log: ReadingLog

  init(
    configuration: PrivacyIDEAConfiguration, client: APIClient,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger, progress: Progress
  ) {
    self.configuration = configuration
    self.client = client
    self.clock = clock
    self.logger = logger
    self.progress = progress
    log = ReadingLog(client.source, startedAt: clock())
  }

  static func policies(_ client: APIClient) -> HTTPRequest {
    client.get("/policy/", query: [("scope", "authentication"), ("active", "true")])
  }

  static func users(_ client: APIClient, _ realm: String) -> HTTPRequest {
    client.get("/user/", query: [("realm", realm), ("username", "*")])
  }

  static func tokens(_ client: APIClient, _ realm: String) -> HTTPRequest {
    client.get("/token/", query: [("realm", realm)])
  }

  static func frontRemedy(_ name: SourceName) -> String {
    "Name what asks privacyIDEA before it lets anybody in under front of \(name), "
      + "e.g. front: keycloak flow browser."
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    progress(configuration.name, "policies", done: 0)
    var reading = ProviderReading(
      source: log.reading(kind: "privacyidea", at: clock()), apps: [],
      accounts: AccountTable(atomCount: 0),
      hosts: Set([SourceHost.of(configuration.url)].compactMap { $0 }))
    do throws(ConnectorError) {
      var compiled = PrivacyIDEAModel(
        realm: configuration.realm, policies: try await policies(query.edits),
        rememberIsConditional: configuration.rememberIsConditional)
      var model = compiled.model()
      reading.accounts = await accounts(query, compiled, &model)
      reading.apps = query.apps.map { app($0, compiled, model) }
    } catch {
      keep(error)
      reading.apps = query.apps.map {
        ProviderApp(
          id: $0, label: $0,
          state: .unreadable(reason: error.message, remedy: configuration.phrase(for: error)))
      }
    }
    reading.source = log.reading(kind: "privacyidea", at: clock())
    return reading
  }

  private func keep(_ error: ConnectorError, affects: SourceIssue.Affects = .verdicts) {
    logger.debug("\(error)")
    log.add(error.issue(remedy: configuration.remedy(for: error), affects: affects))
  }

  private func app(
    _ id: AppID, _ compiled: PrivacyIDEAModel, _ model: SignInModel
  ) -> ProviderApp {
    guard let front = configuration.front else {
      return ProviderApp(
        id: id, label: id,
        state: .unreadable(
          reason: "privacyIDEA only answers when it is asked, and nobody says what asks it.",
          remedy: Sentence.inside(
            Sentence.clause(Self.frontRemedy(configuration.name)))))
    }
    var evidence = [
      EvidenceItem(.attestation, name: "front end", value: "\(front), says the configuration")
    ]
    for policy in compiled.policies {
      evidence.append(
        EvidenceItem(
          .policy, id: policy.name, name: policy.name,
          value: policy.actions.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            .joined(separator: ", "), path: "/policy/"))
    }
    return ProviderApp(id: id, label: id, state: .readable(model), evidence: evidence)
  }

  // MARK: Policies

  private func policies(
    _ edits: PolicyEdits
  ) async throws(ConnectorError) -> [PrivacyIDEAWire.Policy] {
    let request = Self.policies(client)
    let json = try await client.value(request)
    do throws(WireError) {
      let value = try PrivacyIDEAWire.value(json)
      // A list, or by name, as the version has it.
      var documents = value.array ?? []
      if let named = value.object {
        for (name, policy) in named.sorted(by: { $0.key < $1.key }) {
          guard case .object(var members) = policy else {
            throw WireError.expected(.object, found: policy.type, path: name)
          }
          if members["name"] == nil { members["name"] = .string(name) }
          documents.append(.object(members))
        }
      } else if value.array == nil {
        throw WireError.expected(.array, found: value.type, path: "result/value")
      }
      // Policies have names and no ids; edits know things by id.
      let edited = edits.applied(
        to: documents.map(Self.withID), state: "active", on: .bool(true), off: .bool(false))
      return try JSONValue.array(edited).rows { row throws(WireError) in
        try PrivacyIDEAWire.Policy(row)
      }
    } catch {
      throw client.malformed(error, request)
    }
  }

  private static func withID(_ document: JSONValue) -> JSONValue {
    guard case .object(var members) = document, let name = members["name"] else { return document }
    members["id"] = name
    return .object(members)
  }

  // MARK: People

  private func accounts(
    _ query: ProviderQuery, _ compiled: PrivacyIDEAModel, _ model: inout SignInModel
  ) async -> AccountTable {
    var table = AccountTable(atomCount: model.atoms.count)
    let watch = await query.watch()
    guard !watch.isEmpty else { return table }
    var holders = PrivacyIDEAHolders(realm: configuration.realm, now: clock())
    do throws(ConnectorError) {
      let (users, request) = try await users()
      for user in users {
        holders.count(user)
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
        holders.add(user, at: position)
        mark(user, compiled, at: position, &table)
      }
    } catch {
      keep(error)
    }
    do throws(ConnectorError) {
      for token in try await tokens() { holders.take(token) }
      holders.mark(&table)
    } catch {
      keep(error)
      let unknown = Unknown(
        title: "which tokens people have: \(Sentence.clause(error.message))",
        remedy: configuration.phrase(for: error), of: "tokens of the realm")
      for atom in PrivacyIDEAModel.Atom.ofTokens { model.unreadableAtoms[atom.rawValue] = unknown }
    }
    return table
  }

  /// Marks which users and resolvers that policies name a user is of.
  private func mark(
    _ user: PrivacyIDEAWire.User, _ compiled: PrivacyIDEAModel, at position: Int,
    _ table: inout AccountTable
  ) {
    for (atom, wanted) in compiled.users {
      let isSame =
        wanted.ignoresCase
        ? wanted.name.lowercased() == user.username.lowercased() : wanted.name == user.username
      if isSame { table.setAtom(atom, at: position) }
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
    keep(error, affects: .details)
  }

  private func users() async throws(ConnectorError) -> ([PrivacyIDEAWire.User], HTTPRequest) {
    let request = Self.users(client, configuration.realm)
    let json = try await client.value(request)
    let skipped = json["detail"]?["skipped_resolvers"]
    if let skipped, skipped.array?.isEmpty != true {
      keep(
        ConnectorError(
          .contradiction, source: configuration.name, call: request.endpoint, status: 200,
          message: "privacyIDEA left the people of a resolver out, which did not answer."))
    }
    do throws(WireError) {
      let users = try PrivacyIDEAWire.value(json).rows { row throws(WireError) in
        try PrivacyIDEAWire.User(row)
      }
      log.count(users.count)
      progress(configuration.name, "accounts", done: users.count)
      return (users, request)
    } catch {
      throw client.malformed(error, request)
    }
  }

  // MARK: Tokens

  /// The tokens of the realm; pages are counted, so a list that moves while it is read is read again once.
  private func tokens() async throws(ConnectorError) -> [PrivacyIDEAWire.Token] {
    if let tokens = try await tokens(isLast: false) { return tokens }
    return try await tokens(isLast: true) ?? []
  }

  /// - Returns: nil where a token came twice, unless this is the last reading: then that is an error.
  private func tokens(
    isLast: Bool
  ) async throws(ConnectorError) -> [PrivacyIDEAWire.Token]? {
    var all: [PrivacyIDEAWire.Token] = []
    var serials: Set<String> = []
    var hasMoved = false
    let request = Self.tokens(client, configuration.realm)
    let reader = JSONReader()
    let style = PagingStyle.page(
      parameter: "page", start: 1, sizeParameter: "pagesize", size: Self.pageSize,
      stop: .total(
        { Self.list($0)?["count"]?.integer.map(Int.init) ?? 0 },
        received: { Self.list($0)?["tokens"]?.array?.count ?? 0 }))
    try await client.pages(request, style) { response, page throws(ConnectorError) in
      do throws(WireError) {
        let value = try PrivacyIDEAWire.value(try reader.value(response.body))
        let list = try value.required("tokens", .array) { $0.array == nil ? nil : $0 }
        _ = try value.required("count", .integer, \.integer)
        let tokens = try list.rows { row throws(WireError) in try PrivacyIDEAWire.Token(row) }
        for (index, token) in tokens.enumerated() {
          if serials.insert(token.serial).inserted {
            all.append(token)
          } else if isLast {
            throw WireError(
              .shape, row: index + 1, path: "serial", detail: "the token came before")
          } else {
            hasMoved = true
          }
        }
      } catch {
        throw client.malformed(error, request, page: page)
      }
    }
    return hasMoved ? nil : all
  }

  private static func list(_ response: HTTPResponse) -> JSONValue? {
    (try? JSONReader().value(response.body))?["result"]?["value"]
  }
}
