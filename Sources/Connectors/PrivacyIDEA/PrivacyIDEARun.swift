internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// One reading of a privacyIDEA server.
struct PrivacyIDEARun: Sendable {
  let connector: PrivacyIDEAConnector
  let reading: Reading
  var client: APIClient { connector.client }
  var configuration: PrivacyIDEAConfiguration { connector.configuration }

  init(_ connector: PrivacyIDEAConnector, _ progress: Progress) {
    self.connector = connector
    reading = Reading(
      connector.client, progress: progress, logger: connector.logger, startedAt: connector.clock(),
      remedy: connector.configuration.remedy)
  }

  static func policies(_ client: APIClient, scope: String = "authentication") -> HTTPRequest {
    client.get("/policy/", query: [("scope", scope), ("active", "true")])
  }

  static func handlers(_ client: APIClient) -> HTTPRequest { client.get("/event/") }

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
    reading.tell("policies", done: 0)
    var accounts = AccountTable(atomCount: 0)
    let apps: [ProviderApp]
    let read = await reading.part { () throws(ConnectorError) in
      try await policies("authentication", query.edits)
    }
    switch read {
    case .read(let policies):
      let selfService = await reading.part(.parts) { () throws(ConnectorError) in
        try await self.policies("user", query.edits)
      }
      let handlers = await reading.part(.parts) { () throws(ConnectorError) in
        try await self.handlers()
      }
      var compiled = PrivacyIDEAModel(
        realm: configuration.realm, policies: policies, selfService: selfService.value,
        remember: configuration.remember,
        isPasskeyVouched: query.apps.allSatisfy(vouchesForPasskeys)
      )
      var model = compiled.model()
      accounts = await self.accounts(query, compiled, &model)
      apps = query.apps.map { app($0, compiled, model, selfService, handlers) }
    case .unreadable(let reason, let remedy):
      apps = query.apps.map {
        ProviderApp(id: $0, label: $0, state: .unreadable(reason: reason, remedy: remedy))
      }
    }
    return ProviderReading(
      source: reading.log.reading(kind: "privacyidea", at: connector.clock()), apps: apps,
      accounts: accounts, hosts: Set([SourceHost.of(configuration.url)].compactMap(\.self)))
  }

  private func app(
    _ id: AppID, _ compiled: PrivacyIDEAModel, _ model: SignInModel,
    _ selfService: Part<[PrivacyIDEAWire.Policy]>, _ handlers: Part<[PrivacyIDEAWire.EventHandler]>
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
    var app = ProviderApp(id: id, label: id, state: .readable(model), evidence: evidence)
    let picture = PrivacyIDEAPicture(
      front: front, policies: compiled.policies, selfService: selfService, handlers: handlers,
      remember: configuration.remember, isPasskeyVouched: compiled.isPasskeyVouched)
    let vouches = Vouches(configuration.vouches, at: connector.clock())
    for issue in app.account(PrivacyIDEADoors.self, vouches, picture.state) {
      reading.log.add(issue)
    }
    return app
  }

  /// Whether somebody vouches that a passkey is not all that is asked for.
  private func vouchesForPasskeys(_ app: AppID) -> Bool {
    Vouches(configuration.vouches, at: connector.clock())
      .vouch(for: PrivacyIDEADoors.passkeys.row.id, object: nil, version: nil, at: app) != nil
  }

  // MARK: Policies

  private func policies(
    _ scope: String, _ edits: PolicyEdits
  ) async throws(ConnectorError) -> [PrivacyIDEAWire.Policy] {
    try await reading.value(Self.policies(client, scope: scope)) { json throws(WireError) in
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
      return try JSONValue.array(edited).rows(PrivacyIDEAWire.Policy.init)
    }
  }

  private static func withID(_ document: JSONValue) -> JSONValue {
    guard case .object(var members) = document, let name = members["name"] else { return document }
    members["id"] = name
    return .object(members)
  }

  private func handlers() async throws(ConnectorError) -> [PrivacyIDEAWire.EventHandler] {
    try await reading.value(Self.handlers(client)) { json throws(WireError) in
      try PrivacyIDEAWire.value(json).rows(PrivacyIDEAWire.EventHandler.init)
    }
  }
}
