internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

extension SCIMRun {
  /// The accounts kept while the users go past.
  private struct Kept {
    var accounts: StatedAccounts
    /// Those of whom the server does not say whether they are active.
    var silent: [Int] = []
    /// How many users have neither address nor user name, so that nobody knows who they are.
    var nameless = 0
    /// Who is in the groups that the query asks for; nil for one that could not be read.
    var groups: [String: Set<String>] = [:]
  }

  /// Reads accounts and what the mapped attribute states of them.
  func provider(_ query: ProviderQuery) async -> ProviderReading {
    let apps = query.apps
    var kept = Kept(accounts: StatedAccounts(apps: apps.count, groups: query.groups))
    var counts: Counts?
    let watch = await query.watch()
    if !watch.isEmpty {
      let provider = await capabilities()
      for name in query.groups { kept.groups[name] = await membersOfGroup(name, provider) }
      do throws(ConnectorError) {
        counts = try await read(
          "/Users", [("attributes", connector.userAttributes)], provider, "accounts", &kept
        ) { resource, kept throws(WireError) in
          let user = try SCIMWire.User(resource)
          let names = user.emails + [user.userName].compactMap { $0 }
          if names.allSatisfy(\.isEmpty) { kept.nameless += 1 }
          guard watch.keeps(id: user.id, names: names) else { return }
          keep(user, apps.count, &kept)
        }
        log.count(counts?.distinct.count ?? 0)
      } catch {
        log.add(issue(error))
      }
    }
    if kept.nameless > 0 { log.add(nameless(kept.nameless)) }
    // The attribute is optional, and no RFC says what it means that it is missing: nobody knows.
    for position in kept.silent {
      for app in apps.indices { kept.accounts.state(Self.silence, at: position, app: app) }
    }
    let finished = kept.accounts.finished(source: configuration.name) { _ in
      Unknown(
        title: "what \(configuration.name) asks for", remedy: "map an attribute with mfa")
    }
    let judged = zip(apps, finished.models).map { id, model in
      var app = ProviderApp(id: id, label: id, state: state(model), evidence: evidence)
      let isPolicy = configuration.mapping?.meaning == .enforcement
      let told = app.account(
        StatedDoors.self, Vouches(configuration.vouches, at: connector.clock())
      ) { $0.state(isPolicy: isPolicy, speaksOfAll: true) }
      for issue in told { log.add(issue) }
      return app
    }
    var source = log.reading(kind: connector.kind, at: connector.clock())
    source.declared = counts?.declared
    var reading = ProviderReading(
      source: source, apps: judged,
      accounts: finished.accounts,
      hosts: Set([SourceHost.of(configuration.url)].compactMap { $0 }))
    reading.groups = finished.groups
    return reading
  }

  private func nameless(_ count: Int) -> SourceIssue {
    SourceIssue(
      code: "missing-field", call: "GET /Users", status: 200,
      message:
        "\(count) user\(count == 1 ? "" : "s") of \(configuration.name) \(count == 1 ? "has" : "have") neither e-mail nor user name.",
      remedy: "Grant the credentials of \(configuration.name) the right to read both.",
      affects: .parts)
  }

  private func state(_ model: SignInModel) -> ProviderApp.State {
    guard configuration.mapping == nil else { return .readable(model) }
    return .unreadable(
      reason: "No attribute of SCIM tells whether a second factor is asked for.",
      remedy:
        "name the provider that people sign in with, or map an attribute of \(configuration.name) under mfa"
    )
  }

  private var evidence: [EvidenceItem] {
    guard let mapping = configuration.mapping else { return [] }
    return [
      EvidenceItem(
        .attestation, name: "configuration of \(configuration.name)",
        value: mapping.meaning == .enforcement
          ? "\(mapping.path.text) is the policy in force"
          : "\(mapping.path.text) tells enrolment only",
        path: "GET /Users")
    ]
  }

  /// What stands for an account that may be switched off.
  private static let silence = StatedCase(
    verdict: .cannotTell, statement: "active is missing",
    reason: "active is missing: the account may be switched off",
    remedy: "have the server say of everybody whether the account is active")

  private func keep(_ user: SCIMWire.User, _ apps: Int, _ kept: inout Kept) {
    let account = Account(
      id: user.id, email: user.emails.first, aliases: Array(user.emails.dropFirst()),
      login: user.userName, status: user.active == false ? .inactive : .active,
      statusText: user.active == nil ? "not told" : user.active == true ? "active" : "active: false"
    )
    guard let position = kept.accounts.add(account) else { return }
    let groups = kept.groups
    kept.accounts.setGroups(at: position) { name in
      groups[name].map { Tri($0.contains(user.id)) } ?? .unknown
    }
    guard let mapping = configuration.mapping else { return }
    if user.active == nil { kept.silent.append(position) }
    if mapping.meaning == .enrolment {
      kept.accounts.setEnrolment(
        Tri(mapping.isEnrolled(mapping.path.values(in: user.resource).first)), [], at: position)
    }
    let stated = mapping.statement(user.resource)
    for app in 0..<apps { kept.accounts.state(stated, at: position, app: app) }
  }
}

extension SCIMConfiguration.Mapping {
  /// What the attribute states of a user.
  func statement(_ resource: JSONValue) -> StatedCase {
    let values = path.elements(in: resource)
    guard let first = values.first(where: { $0 != .null }) else { return gap("it is missing") }
    guard !values.contains(.null) else { return gap("one of its values is null") }
    let cases = values.map { statement(of: $0) }
    guard cases.allSatisfy({ $0.verdict == cases[0].verdict }) else {
      return gap("it has several values that differ")
    }
    return statement(of: first)
  }

  private func statement(of value: JSONValue) -> StatedCase {
    guard let text = value.scalarText else { return gap("it is \(value.type.phrase)") }
    if meaning == .enrolment {
      guard let flag = isEnrolled(value) else {
        return gap("\(value.shown) is neither true nor false nor listed")
      }
      return StatedCase(
        verdict: .notEnforced,
        statement: flag
          ? "\(path.text) is \(value.shown): enrolled only, nothing asks for it"
          : "\(path.text) is \(value.shown): not even enrolled")
    }
    guard let verdict = table[text] else { return gap("the value \(value.shown) is not listed") }
    return StatedCase(
      verdict: verdict, statement: "\(path.text) is \(value.shown)",
      reason: verdict == .enforcedConditionally
        ? "an exception that \(value.shown) at \(path.text) makes" : "")
  }

  private func gap(_ why: String) -> StatedCase {
    StatedCase(
      verdict: .cannotTell, statement: "\(path.text): \(why)", reason: "\(path.text): \(why)",
      remedy:
        meaning == .enrolment
        ? "have the server fill \(path.text) for everybody"
        : "list every value of \(path.text) under mfa, and have the server fill it for everybody")
  }
}
