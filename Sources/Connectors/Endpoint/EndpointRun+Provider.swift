internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

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
    /// Those whose row does not say whether they are active.
    var silent: [Int] = []
    var use = FieldUse()
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
    var kept = Kept(accounts: StatedAccounts(apps: apps.count, groups: query.groups))
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
    log.count(counts.distinct.count)
    await askForDetails(apps, query.edits, &kept)
    for position in kept.silent {
      for app in apps.indices { kept.accounts.state(Self.silence, at: position, app: app) }
    }
    for mistake in kept.use.issues(plan) { log.add(mistake) }
    let finished = kept.accounts.finished(source: plan.name) { app in
      Unknown(
        title: "what \(plan.name) asks for: it states nothing of this person for \(apps[app])",
        remedy: "check app_path and app_values of \(plan.name)")
    }
    result.accounts = finished.accounts
    result.groups = finished.groups
    result.apps = zip(apps, finished.models).map { id, model in
      var app = ProviderApp(id: id, label: id, state: .readable(model), evidence: evidence)
      let vouches = Vouches(plan.vouches, at: connector.clock())
      for issue in app.account(StatedDoors.self, vouches, { plan.state(of: $0) }) {
        log.add(issue)
      }
      return app
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

  func joinedRows(
    _ edits: PolicyEdits
  ) async throws(ConnectorError) -> [String: [JSONValue]] {
    guard let join = plan.join else { return [:] }
    var rows: [JSONValue] = []
    var counts = Counts()
    // Several rows may have one key; a row is the same only if all of it is.
    let reader = Reader<[JSONValue]>(
      list: join.list, values: [:], phase: "policies",
      key: { join.key.value(in: [$0]) { _ in }?.scalarText }, takesSeveral: true)
    try await read(reader, counts: &counts, &rows) { item, _, rows throws(WireError) in
      rows.append(item)
    }
    var result: [String: [JSONValue]] = [:]
    for row in edits.applied(to: rows, state: "enabled", on: .bool(true), off: .bool(false)) {
      guard let key = join.key.value(in: [row], { _ in })?.scalarText else { continue }
      result[key, default: []].append(row)
    }
    return result
  }

  /// A row with what goes with it in the joined list; nil for a list that was not read.
  func documents(_ item: JSONValue, _ joined: [String: [JSONValue]]?) -> RowDocuments {
    guard let join = plan.join, let joined else { return RowDocuments(item: item) }
    var row = MappedRow()
    row.values[.groups] = join.reference.value(in: [item]) { _ in }
    // Without a reference nobody knows which rows go with this one.
    guard let value = row.values[.groups], value != .null else { return RowDocuments(item: item) }
    let keys = row.knownTexts(.groups)
    var unmatched = join.absentIsNo ? [] : keys.filter { joined[$0] == nil }
    if row.texts(.groups) == nil {
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
    let identity: Set<FieldName> = [.id, .login, .email, .emails, .active]
    let plan = plan
    let reader = Reader<Kept>(
      list: plan.list, values: [:], phase: "accounts",
      key: { item in
        let row = plan.fields.row(RowDocuments(item: item), only: [.id])
        return row.text(.id).map { id in
          ([id] + (Self.appNames(item, plan) ?? [])).joined(separator: "\u{0}")
        }
      })
    try await read(reader, counts: &counts, &kept) { item, _, found throws(WireError) in
      let person = plan.fields.row(RowDocuments(item: item), only: identity)
      if plan.fields.has(.email) || plan.fields.has(.emails), !Self.hasAddress(person) {
        log.add(
          .nameless(
            "the address of an account", vendor: "\(plan.name)", call: plan.list.request.call,
            affects: .details))
      }
      guard watch.keeps(id: person.text(.id), names: Self.keys(person)) else {
        return found.use.noteNames(person)
      }
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

  private static func hasAddress(_ row: MappedRow) -> Bool {
    row.text(.email) != nil || !row.knownTexts(.emails).isEmpty
  }

  /// The names of the applications that a row speaks of; nil when one of them is no text.
  private static func appNames(_ item: JSONValue, _ plan: EndpointPlan) -> [String]? {
    guard case .named(let path, _)? = plan.verdicts?.scope else { return [] }
    var row = MappedRow()
    row.values[.groups] = path.value(in: [item]) { _ in }
    guard let value = row.values[.groups], value != .null else { return [] }
    return row.texts(.groups)
  }

  /// What stands for an account that may be switched off.
  private static let silence = StatedCase(
    verdict: .cannotTell, statement: "active is missing",
    reason:
      "active is missing or not understood: the account may be switched off",
    remedy: "map the field active so that every row says it (transform: map)")

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
    kept.use.note(row, documents, plan.fields)
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
      guard let added = kept.accounts.add(account) else { return nil }
      position = added
      if row.flag(.active) == nil, let active = plan.fields[.active], active.place != .detail {
        tellOddStatus()
        kept.silent.append(position)
      }
    }
    let (enrolled, factors) = Self.enrolment(row)
    kept.accounts.setEnrolment(enrolled, factors, at: position)
    kept.accounts.setGroups(at: position) { name in
      Predicate.group(name).answer(row, documents) { _ in }
    }
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
        message:
          "Some rows do not say whether the account is active; nobody can tell of them.",
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

extension EndpointPlan {
  /// How a reading accounts for each door and modifier.
  fileprivate func state(of door: StatedDoors) -> RowState {
    var isPolicy = true
    if case .enrolment? = verdicts?.meaning { isPolicy = false }
    var speaksOfAll = false
    if case .all? = verdicts?.scope { speaksOfAll = true }
    return door.state(isPolicy: isPolicy, speaksOfAll: speaksOfAll)
  }
}
