internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// One reading of a tenant.
struct Auth0Run: Sendable {
  let connector: Auth0Connector
  let progress: Progress
  let log: ReadingLog
  private var client: APIClient { connector.client }
  private var configuration: Auth0Configuration { connector.configuration }

  /// How many users the search shows at most.
  static let searchCap = 1000

  init(connector: Auth0Connector, progress: Progress) {
    self.connector = connector
    self.progress = progress
    log = ReadingLog(connector.client.source, startedAt: connector.clock())
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    progress(configuration.name, "policies", done: 0)
    async let watched = users(query)
    let policies = await policies()
    let users = await watched
    let identities = Auth0Identities(users)
    let state = policies.state(identities)
    var apps: [ProviderApp] = []
    for id in query.apps { apps.append(await app(id, state, policies.mapping)) }
    var accounts = AccountTable(atomCount: identities.atoms.count, capacity: users.count)
    for user in users { accounts.append(Self.account(user, identities, apps: query.apps.count)) }
    return ProviderReading(
      source: log.reading(kind: connector.kind, at: connector.clock()), apps: apps,
      accounts: accounts,
      hosts: Set([configuration.url].compactMap(SourceHost.of)),
      vendorHostSuffixes: ["auth0.com"])
  }

  // MARK: Policies

  /// What was read of the tenant's policies.
  private struct Policies {
    var mapping: Auth0Mapping
    /// Why the MFA policy itself could not be read, and who can mend it.
    var failure: (reason: String, remedy: String)?

    /// The model of the tenant, or why there is none.
    func state(_ identities: Auth0Identities) -> ProviderApp.State {
      if let failure { return .unreadable(reason: failure.reason, remedy: failure.remedy) }
      var mapping = mapping
      mapping.identities = identities
      return .readable(mapping.model())
    }
  }

  private func policies() async -> Policies {
    async let factors = part("/api/v2/guardian/factors") { json throws(WireError) in
      try json.rows { row throws(WireError) in try Auth0Wire.Factor(row) }
    }
    async let settings = part(
      "/api/v2/tenants/settings",
      query: [("fields", "customize_mfa_in_postlogin_action,session_lifetime")],
      Auth0Wire.Settings.init)
    async let rules = list("/api/v2/rules", Auth0Wire.Rule.init)
    async let connections = list("/api/v2/connections", Auth0Wire.Connection.init)
    async let actions = actions()
    let policies = await part("/api/v2/guardian/policies") { json throws(WireError) in
      try json.rows { row throws(WireError) in
        guard let word = row.string else { throw WireError.expected(.string, found: row.type) }
        return word
      }
    }
    let told = await settings
    var mapping = Auth0Mapping(
      policies: [], factors: await factors, actions: await actions,
      actionsChoose: told.flatMap { settings in
        settings.actionsChoose.map { .read($0) }
          ?? .unreadable(reason: "the settings do not say", remedy: "run again")
      },
      rules: await rules, connections: await connections,
      sessionHours: told.map(\.sessionHours), attestations: configuration.attestations)
    switch policies {
    case .unreadable(let reason, let remedy):
      return Policies(
        mapping: mapping, failure: ("The MFA policy of the tenant: \(reason).", remedy))
    case .read(let words):
      mapping.policies = words
      return Policies(mapping: mapping)
    }
  }

  /// A list whose pages are counted, read until one is empty.
  private func list<Row: Sendable>(
    _ template: String, _ read: (JSONValue) throws(WireError) -> Row
  ) async -> Part<[Row]> {
    do throws(ConnectorError) {
      return .read(try await client.values(client.get(template), Self.pages, read))
    } catch {
      // What hangs on it is a line of the inventory.
      connector.logger.debug("\(error)")
      log.add(
        error.issue(
          remedy: configuration.remedy(for: error),
          affects: error.code == .forbidden ? .parts : .verdicts))
      return .unreadable(
        reason: Sentence.clause(error.message), remedy: configuration.remedy(for: error))
    }
  }

  private static let pages = PagingStyle.page(
    parameter: "page", start: 0, sizeParameter: "per_page", size: 100,
    stop: .empty(received: { try JSONReader().value($0.body).array?.count ?? 0 }))

  private func actions() async -> Part<[Auth0Wire.Action]> {
    let bound = await bindings()
    guard case .read(let ids) = bound else {
      if case .unreadable(let reason, let remedy) = bound {
        return .unreadable(reason: reason, remedy: remedy)
      }
      return .read([])
    }
    var actions: [Auth0Wire.Action] = []
    for id in ids {
      switch await part("/api/v2/actions/actions/{action}", [id], Auth0Wire.Action.init) {
      case .read(let action):
        guard action.code != nil else {
          return .unreadable(
            reason: "Auth0 does not show the code of Action '\(action.name)' that runs",
            remedy: "deploy the Action")
        }
        actions.append(action)
      case .unreadable(let reason, let remedy): return .unreadable(reason: reason, remedy: remedy)
      }
    }
    return .read(actions)
  }

  /// The ids of the Actions bound to sign-ins, in order; they come 20 a page.
  private func bindings() async -> Part<[String]> {
    var ids: [String] = []
    var page = 0
    while true {
      let query = page == 0 ? [] : [("page", "\(page)")]
      let read = await part(
        "/api/v2/actions/triggers/post-login/bindings", query: query, Auth0Wire.Bindings.init)
      switch read {
      case .unreadable(let reason, let remedy): return .unreadable(reason: reason, remedy: remedy)
      case .read(let found):
        let isNew = found.actions.contains { !ids.contains($0) }
        ids += found.actions
        // Without a total only a page without bindings is an end.
        if found.total == nil, found.actions.isEmpty { return .read(ids) }
        let total = found.total ?? Int.max
        if ids.count >= total { return .read(ids) }
        guard isNew else {
          return .unreadable(
            reason: "Auth0 named \(ids.count) bound Actions and did not come to an end",
            remedy: "run again")
        }
        page += 1
      }
    }
  }

  private func part<Value: Sendable>(
    _ template: String, _ values: [String] = [], query: [(String, String)] = [],
    _ read: (JSONValue) throws(WireError) -> Value
  ) async -> Part<Value> {
    let request = client.get(template, values, query: query)
    do throws(ConnectorError) {
      let json = try await client.value(request)
      do throws(WireError) {
        return .read(try read(json))
      } catch {
        throw client.malformed(error, request)
      }
    } catch {
      keep(error)
      return .unreadable(
        reason: Sentence.clause(error.message),
        remedy: error.code.remedy ?? configuration.remedy(for: error))
    }
  }

  private func app(
    _ id: AppID, _ state: ProviderApp.State, _ mapping: Auth0Mapping
  ) async -> ProviderApp {
    let client: Auth0Wire.Client
    do throws(ConnectorError) {
      client = try await self.client(id)
    } catch {
      keep(error)
      return ProviderApp(
        id: id, label: id,
        state: .unreadable(
          reason: "The application: \(Sentence.clause(error.message)).",
          remedy: error.code.remedy ?? configuration.remedy(for: error)))
    }
    let passwords = (client.grants ?? []).filter {
      $0 == "password" || $0.hasSuffix("/password-realm")
    }
    var evidence = [
      EvidenceItem(.policy, id: id, name: "application \(client.name)", value: "at Auth0")
    ]
    if !passwords.isEmpty {
      evidence.append(
        EvidenceItem(
          .flow, name: "grant types",
          value: "password grant allowed (ropg); the policy asks it too"))
    }
    var app = ProviderApp(id: id, label: client.name, state: state, evidence: evidence)
    let vouches = Vouches(configuration.vouches, at: connector.clock())
    for issue in app.account(Auth0Doors.self, vouches, { mapping.state(of: $0, client) }) {
      log.add(issue)
    }
    return app
  }

  /// One application: by its id, and where that finds none, out of the list of all.
  private func client(_ id: AppID) async throws(ConnectorError) -> Auth0Wire.Client {
    let fields = ("fields", "client_id,name,grant_types,token_exchange,native_social_login")
    let request = client.get("/api/v2/clients/{client}", [id], query: [fields])
    do throws(ConnectorError) {
      let json = try await client.value(request)
      do throws(WireError) {
        return try Auth0Wire.Client(json)
      } catch {
        throw client.malformed(error, request)
      }
    } catch {
      guard error.code == .notFound else { throw error }
      let list = client.get("/api/v2/clients", query: [fields])
      let all = try await client.values(list, Self.pages, Auth0Wire.Client.init)
      guard let found = all.first(where: { $0.id == id }) else { throw error }
      return found
    }
  }

  // MARK: Accounts

  /// The users whom somebody watches; all others stream past.
  private func users(_ query: ProviderQuery) async -> [Auth0Wire.User] {
    var users: [Auth0Wire.User] = []
    let watch = await query.watch()
    guard !watch.isEmpty else { return users }
    let request = client.get(
      "/api/v2/users",
      query: [
        ("include_totals", "true"), ("search_engine", "v3"), ("sort", "user_id:1"),
        ("fields", "user_id,email,username,blocked,multifactor,identities"),
        ("include_fields", "true"),
      ])
    let style = PagingStyle.page(
      parameter: "page", start: 0, sizeParameter: "per_page", size: 100,
      stop: .total(
        { min(try Auth0Wire.UserPage(try JSONReader().value($0.body)).total, Self.searchCap) },
        received: { try Auth0Wire.UserPage(try JSONReader().value($0.body)).users.count }))
    var fetched = 0
    do throws(ConnectorError) {
      try await client.readingAgain(request.endpoint) { seen throws(ConnectorError) in
        users = []
        fetched = 0
        try await client.pages(request, style) { response, page throws(ConnectorError) in
          let found: Auth0Wire.UserPage
          do throws(WireError) {
            found = try Auth0Wire.UserPage(try JSONReader().value(response.body))
          } catch {
            throw client.malformed(error, request, page: page)
          }
          if page == 1, found.total > Self.searchCap { keepCap(found.total) }
          for user in found.users where seen.isNew(user.id, page: page) {
            let names = [user.email, user.username].compactMap(\.self)
            if !names.contains(where: { $0.contains("@") }) {
              log.add(
                .nameless(
                  "the address of a user", vendor: "Auth0", call: request.endpoint,
                  affects: .details))
            }
            if watch.keeps(id: user.id, names: names) {
              users.append(user)
            }
          }
          fetched += found.users.count
          progress(configuration.name, "users", done: seen.count, total: found.total)
          try seen.endPage(page, of: request.endpoint, client)
        }
      }
    } catch {
      keep(error)
    }
    log.count(fetched)
    return users
  }

  private static let kinds: [String: FactorSet] = [
    "guardian": .push, "google-authenticator": .totp, "duo": .push, "sms": .sms, "email": .email,
    "webauthn-roaming": .webauthn, "webauthn-platform": .webauthn,
  ]

  private static func account(
    _ user: Auth0Wire.User, _ identities: Auth0Identities, apps: Int
  ) -> Account {
    Account(
      id: user.id, email: user.email, login: user.username,
      status: user.isBlocked ? .inactive : .active,
      statusText: user.isBlocked ? "blocked" : "active",
      atoms: identities.places(of: user), assigned: Set(0..<apps),
      // Enrolment only; a missing list proves nothing, as older factors are not in it.
      enrolled: user.multifactor.map { $0.isEmpty ? .unknown : .yes } ?? .unknown,
      factors: (user.multifactor ?? []).reduce(into: []) {
        $0.formUnion(kinds[$1.lowercased()] ?? .other)
      }, links: Auth0Identities.links(of: user))
  }

  private func keepCap(_ total: Int) {
    log.add(
      SourceIssue(
        code: ConnectorError.Code.tooLarge.rawValue, call: "GET /api/v2/users", status: 200,
        message:
          "Auth0's search shows the first \(Self.searchCap) of \(total) users; the others cannot be read this way.",
        remedy: "Read the export of the tenant's users as a source of kind json or csv."))
  }

  private func keep(_ error: ConnectorError) {
    connector.logger.debug("\(error)")
    log.add(error.issue(remedy: configuration.remedy(for: error)))
  }
}
