internal import CurlTransport
internal import IdentityCore

extension EndpointRun {
  /// A row of a watched person that waits for the reply about this person alone.
  struct Waiting: Sendable {
    var position: Int
    var documents: RowDocuments
    var apps: [Int]
    var values: [String: String]
  }

  /// The accounts kept while the list goes past.
  struct Kept: Sendable {
    var accounts: StatedAccounts
    var waiting: [Waiting] = []
    var oddFlags = 0
  }

  /// Reads accounts and what is stated of them.
  func provider(_ query: ProviderQuery) async -> ProviderReading {
    let apps = query.apps
    var result = ProviderReading(
      source: reading(nil), apps: [], accounts: AccountTable(atomCount: 0),
      hosts: Set([SourceHost.of(plan.url)].compactMap { $0 }))
    guard plan.verdicts != nil else {
      result.apps = apps.map {
        unreadable($0, "The configuration of \(plan.name) has no mfa.", "add mfa to \(plan.name)")
      }
      result.accounts = AccountTable(atomCount: 0)
      log.add(
        SourceIssue(
          code: ConnectorError.Code.configuration.rawValue, call: plan.list.request.call,
          message: "\(plan.name) is a provider without the key mfa.",
          remedy: "Say under mfa what its values mean."))
      result.source = reading(nil)
      return result
    }
    var kept = Kept(accounts: StatedAccounts(apps: apps.count))
    var counts = Counts()
    do throws(ConnectorError) {
      let joined = try await joinedRows(query.edits)
      let watch = await query.watch()
      if !watch.isEmpty {
        try await readAccounts(apps, watch, query.edits, joined, &kept, &counts)
      }
    } catch {
      log.add(issue(error))
    }
    await askForDetails(apps, query.edits, &kept)
    let finished = kept.accounts.finished(source: plan.name) { app in
      Unknown(
        title: "what \(plan.name) asks for: it states nothing of this person for \(apps[app])",
        remedy: "check app_path and app_values of \(plan.name)")
    }
    result.accounts = finished.accounts
    result.apps = zip(apps, finished.models).map { id, model in
      ProviderApp(id: id, label: id, state: .readable(model), evidence: evidence)
    }
    result.source = reading(counts)
    return result
  }

  private func unreadable(_ app: AppID, _ reason: String, _ remedy: String) -> ProviderApp {
    ProviderApp(id: app, label: app, state: .unreadable(reason: reason, remedy: remedy))
  }

  /// What the operator declares about the endpoint.
  private var evidence: [EvidenceItem] {
    let meaning =
      switch plan.verdicts?.meaning {
      case .enforcement(let value, _)?: "\(value.text) is the policy in force"
      case .rules?: "the rules under mfa tell the policy in force"
      default: "it tells enrolment only"
      }
    return [
      EvidenceItem(
        .attestation, name: "configuration of \(plan.name)", value: meaning,
        path: plan.list.request.call)
    ]
  }

  // MARK: The joined list

  private func joinedRows(
    _ edits: PolicyEdits
  ) async throws(ConnectorError) -> [String: [JSONValue]] {
    guard let join = plan.join else { return [:] }
    var rows: [JSONValue] = []
    var counts = Counts()
    try await read(
      join.list, [:], "policies", key: { join.key.value(in: [$0]) { _ in }?.scalarText },
      counts: &counts
    ) { item, _ throws(WireError) in rows.append(item) }
    var result: [String: [JSONValue]] = [:]
    for row in edits.applied(to: rows, state: "enabled", on: .bool(true), off: .bool(false)) {
      guard let key = join.key.value(in: [row], { _ in })?.scalarText else { continue }
      result[key, default: []].append(row)
    }
    return result
  }

  private func documents(_ item: JSONValue, _ joined: [String: [JSONValue]]) -> RowDocuments {
    guard let join = plan.join else { return RowDocuments(item: item) }
    var row = MappedRow()
    row.values[.groups] = join.reference.value(in: [item]) { _ in }
    let keys = row.knownTexts(.groups)
    var unmatched = keys.filter { joined[$0] == nil }
    if let value = row.values[.groups], value != .null, row.texts(.groups) == nil {
      unmatched.append("at \(join.reference.text), which is no text")
    }
    return RowDocuments(
      item: item, joined: keys.flatMap { joined[$0] ?? [] }, unmatched: unmatched)
  }

  // MARK: Accounts

  private func readAccounts(
    _ apps: [AppID], _ watch: WatchList, _ edits: PolicyEdits, _ joined: [String: [JSONValue]],
    _ kept: inout Kept, _ counts: inout Counts
  ) async throws(ConnectorError) {
    var found = kept
    defer { kept = found }
    let identity: Set<FieldName> = [.id, .login, .email, .emails]
    let plan = plan
    try await read(
      plan.list, [:], "accounts",
      key: { item in
        let row = plan.fields.row(RowDocuments(item: item), only: [.id])
        return row.text(.id).map { id in
          ([id] + (Self.appNames(item, plan) ?? [])).joined(separator: "\u{0}")
        }
      }, counts: &counts
    ) { item, _ throws(WireError) in
      let person = plan.fields.row(RowDocuments(item: item), only: identity)
      let keys = Self.keys(person)
      guard keys.contains(where: { Self.isWatched($0, watch) }) else { return }
      let documents = documents(item, joined)
      let own = Self.apps(item, apps, plan)
      let position = try keep(documents, own ?? [], edits, &found)
      guard own == nil, let position else { return }
      for app in apps.indices {
        found.accounts.state(Self.unreadableApp, at: position, app: app)
      }
    }
  }

  private static func keys(_ row: MappedRow) -> [String] {
    [row.text(.email), row.text(.login)].compactMap { $0 } + row.knownTexts(.emails)
  }

  private static func isWatched(_ text: String, _ watch: WatchList) -> Bool {
    var copy = text
    return copy.withUTF8 { watch.contains($0) }
  }

  /// The names of the applications that a row speaks of; nil when one of them is no text.
  private static func appNames(_ item: JSONValue, _ plan: EndpointPlan) -> [String]? {
    guard case .named(let path, _)? = plan.verdicts?.scope else { return [] }
    var row = MappedRow()
    row.values[.groups] = path.value(in: [item]) { _ in }
    guard let value = row.values[.groups], value != .null else { return [] }
    return row.texts(.groups)
  }

  /// What a row states that does not say which application it speaks of.
  private static let unreadableApp = StatedCase(
    verdict: .cannotTell, statement: "an application that cannot be read",
    reason: "a row does not say which application it speaks of",
    remedy: "check app_path: it must lead to texts")

  /// The applications a row speaks of, by position; nil when that cannot be read.
  private static func apps(_ item: JSONValue, _ apps: [AppID], _ plan: EndpointPlan) -> [Int]? {
    guard case .named(_, let names)? = plan.verdicts?.scope else { return Array(apps.indices) }
    guard let own = appNames(item, plan).map({ Set($0) }) else { return nil }
    return apps.indices.filter { own.contains(names[apps[$0]] ?? apps[$0]) }
  }

  /// Keeps the account of a row; its position.
  private func keep(
    _ documents: RowDocuments, _ apps: [Int], _ edits: PolicyEdits, _ kept: inout Kept
  ) throws(WireError) -> Int? {
    let row = row(documents, edits)
    guard let id = row.text(.id) else {
      throw WireError.expected(.string, found: .missing, path: "id")
    }
    let position: Int
    if let known = kept.accounts.position(ofID: id) {
      position = known
    } else {
      var emails = row.knownTexts(.emails)
      let email = row.text(.email) ?? emails.first
      emails.removeAll { $0 == email }
      let (status, text) = Self.status(row)
      let account = Account(
        id: id, email: email, aliases: emails, login: row.text(.login), status: status,
        statusText: text)
      if row.flag(.active) == nil, let active = plan.fields[.active], active.place != .detail {
        tellOddStatus()
      }
      guard let added = kept.accounts.add(account) else { return nil }
      position = added
    }
    let (enrolled, factors) = Self.enrolment(row)
    kept.accounts.setEnrolment(enrolled, factors, at: position)
    guard plan.detail == nil else {
      let values = ["id": id, "login": row.text(.login), "email": row.text(.email)]
      kept.waiting.append(
        Waiting(
          position: position, documents: documents, apps: apps,
          values: values.compactMapValues { $0 }))
      return position
    }
    state(row, documents, apps, position, &kept)
    return position
  }

  /// Whether a row says that the account is active.
  static func status(_ row: MappedRow) -> (AccountStatus, text: String) {
    switch row.flag(.active) {
    case true?: (.active, "active")
    case false?: (.inactive, "inactive")
    case nil: (.active, "not told")
    }
  }

  /// A row with the groups that a what-if leaves.
  func row(_ documents: RowDocuments, _ edits: PolicyEdits) -> MappedRow {
    var row = plan.fields.row(documents)
    if !edits.removedGroups.isEmpty, let groups = row.values[.groups], groups != .null {
      row.values[.groups] = .array(
        (groups.array ?? [groups]).filter { group in
          group.scalarText.map { !edits.removes(group: $0, name: nil) } ?? true
        })
    }
    return row
  }

  /// Keeps what a row states of an account for some applications.
  func state(
    _ row: MappedRow, _ documents: RowDocuments, _ apps: [Int], _ position: Int,
    _ kept: inout Kept
  ) {
    guard let verdicts = plan.verdicts else { return }
    for app in apps {
      switch verdicts.statement(row, documents) {
      case .stated(let stated): kept.accounts.state(stated, at: position, app: app)
      case .notEvaluated: kept.accounts.unassign(at: position, app: app)
      }
    }
  }

  func tellOddStatus() {
    log.add(
      SourceIssue(
        code: "unknown-status", call: plan.list.request.call,
        message: "Some rows do not say whether the account is active; those count as active.",
        remedy: "Map the field active so that every row says it (transform: map).",
        affects: .details))
  }

  static func enrolment(_ row: MappedRow) -> (Tri, FactorSet) {
    let names = row.knownTexts(.factors)
    let factors = names.reduce(into: FactorSet()) { $0.insert(FactorSet(word: $1)) }
    var enrolled = Tri(row.flag(.enrolled))
    if enrolled == .unknown, !names.isEmpty || row.texts(.factors) == [] {
      enrolled = names.isEmpty ? .no : .yes
    }
    return (enrolled, factors)
  }
}

extension FactorSet {
  /// The kind that a source's word means; an unknown word is another kind.
  init(word: String) {
    switch word.lowercased().filter({ $0.isLetter || $0.isNumber }) {
    case "webauthn", "fido", "fido2", "u2f", "passkey", "securitykey": self = .webauthn
    case "push": self = .push
    case "totp", "otp", "softwaretoken", "softwaretokenmfa", "authenticator": self = .totp
    case "hotp", "hardwaretoken", "token", "yubikey": self = .hardwareToken
    case "certificate", "x509", "smartcard", "piv": self = .certificate
    case "devicekey", "signednonce": self = .deviceKey
    case "sms", "smsotp", "smsmfa": self = .sms
    case "voice", "call", "phone": self = .voice
    case "email", "mail", "emailotp", "emailmfa": self = .email
    case "question", "securityquestion": self = .question
    default: self = .other
    }
  }
}
