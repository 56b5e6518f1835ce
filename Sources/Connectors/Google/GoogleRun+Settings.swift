internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension GoogleRun {
  /// Reads org units, SSO assignments and profiles, and policies, all at a time.
  func readSettings(_ edits: PolicyEdits) async -> GoogleSettings {
    async let units = orgUnits()
    async let assigned = assignments(edits)
    async let saml = profiles("inboundSamlSsoProfiles")
    async let oidc = profiles("inboundOidcSsoProfiles")
    let read = await policies(edits)
    let assignments = part(await assigned, decides: true)
    // Assignments decide who signs people in; policies only explain what Google's flag says, until they are edited.
    let targets = assignments.value ?? []
    for assignment in targets { keepMissing(assignment) }
    let orgUnits = part(
      await units, decides: !edits.isEmpty || targets.contains { $0.group == nil })
    var profiles: [String: GoogleWire.Profile] = [:]
    for (kind, read) in [
      ("inboundSamlSsoProfiles", await saml), ("inboundOidcSsoProfiles", await oidc),
    ] {
      let isNamed = targets.contains { $0.profile?.hasPrefix(kind) == true }
      profiles.merge(part(read, decides: isNamed).value ?? [:]) { known, _ in known }
    }
    for assignment in targets { keepUnnamed(assignment, profiles) }
    return GoogleSettings(
      orgUnits: orgUnits, assignments: assignments, profiles: profiles, policies: read.policies,
      sessions: read.sessions, strangers: read.strangers,
      sessionLimit: configuration.rememberedDeviceLimit,
      isEdited: read.isEdited || !edits.removedGroups.isEmpty, legacySSO: configuration.legacySSO,
      now: connector.clock())
  }

  /// Keeps what an assignment does not show; the model knows it as unknown.
  private func keepMissing(_ assignment: GoogleWire.Assignment) {
    let missing: String
    if assignment.group == nil, assignment.orgUnit == nil {
      missing = "target"
    } else if assignment.group != nil, assignment.rank == nil {
      missing = "rank"
    } else {
      return
    }
    log.add(
      SourceIssue(
        code: "missing-field", call: "GET /v1/inboundSsoAssignments",
        message: "\(assignment.name) names no \(missing).",
        remedy: "Run again; if it stays, assign the profile anew.", affects: .parts))
  }

  /// Keeps that nobody can say which provider an assignment leads to.
  private func keepUnnamed(
    _ assignment: GoogleWire.Assignment, _ profiles: [String: GoogleWire.Profile]
  ) {
    guard ["SAML_SSO", "OIDC_SSO"].contains(assignment.mode) else { return }
    let what: String
    if let name = assignment.profile {
      guard profiles[name]?.issuer == nil else { return }
      what =
        profiles[name] == nil
        ? "names profile \(name), which no list shows" : "leads to \(name), which names no issuer"
    } else {
      what = "names no profile"
    }
    log.add(
      SourceIssue(
        code: "missing-field", call: "GET /v1/inboundSsoAssignments",
        message: "\(assignment.name) \(what).",
        remedy: "Run again; if it stays, assign the profile anew.", affects: .parts))
  }

  private func orgUnits() async -> Result<[GoogleWire.OrgUnit], ConnectorError> {
    let request = connector.directory.get(
      "/admin/directory/v1/customer/{customer}/orgunits", [configuration.customer],
      query: [("type", "allIncludingParent")])
    return await attempt { () async throws(ConnectorError) in
      let units = try await connector.directory.values(
        request, under: "organizationUnits", .single, id: { $0.id }
      ) { row throws(WireError) in try GoogleWire.OrgUnit(row) }
      // The parent that is asked for is always there.
      guard !units.isEmpty else {
        throw connector.directory.malformed(
          WireError.expected(.array, found: .missing, path: "organizationUnits"), request)
      }
      return units
    }
  }

  private func assignments(
    _ edits: PolicyEdits
  ) async -> Result<[GoogleWire.Assignment], ConnectorError> {
    await attempt { () async throws(ConnectorError) in
      let rows = try await list("/v1/inboundSsoAssignments", "inboundSsoAssignments")
      return try parsed(
        Self.edited(rows, edits, "inboundSsoAssignments/") { $0["ssoMode"] != nil },
        "GET /v1/inboundSsoAssignments"
      ) { row throws(WireError) in try GoogleWire.Assignment(row) }
    }
  }

  private func profiles(
    _ kind: String
  ) async -> Result<[String: GoogleWire.Profile], ConnectorError> {
    await attempt { () async throws(ConnectorError) in
      let rows = try await list("/v1/\(kind)", kind)
      let profiles = try parsed(rows, "GET /v1/\(kind)") { row throws(WireError) in
        try GoogleWire.Profile(row)
      }
      return Dictionary(profiles.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }
  }

  /// What the list of policies says.
  private struct ReadPolicies {
    var policies: GoogleSettings.Policies
    var isEdited = false
    /// How long each policy of web sessions lets one last, in seconds.
    var sessions: [Int64?] = []
    var strangers: [UnrecognisedKey] = []

    /// Takes in a policy of another setting than those that decide by themselves.
    mutating func note(_ row: JSONValue, _ setting: String) {
      if setting == "security.session_controls" {
        let policy = try? GoogleWire.Policy(row)
        sessions.append(policy?.seconds("webSessionDuration").flatMap { $0 > 0 ? $0 : nil })
      } else if setting.hasPrefix("security.two_step_verification_"),
        !GoogleModelBuilder.harmless.contains(setting)
      {
        strangers.append(UnrecognisedKey(setting, row["setting"] ?? .null))
      }
    }
  }

  private func policies(_ edits: PolicyEdits) async -> ReadPolicies {
    guard let client = connector.policies else { return ReadPolicies(policies: .notAsked) }
    let filter =
      "customer == \"customers/\(configuration.customer)\" && "
      + "setting.type.matches('^settings/security\\..*$')"
    let request = client.get("/v1/policies", query: [("pageSize", "100"), ("filter", filter)])
    do throws(ConnectorError) {
      let rows = try await distinct(client, request, under: "policies")
      do throws(WireError) {
        _ = try JSONValue.array(rows).rows { row throws(WireError) in
          try GoogleWire.Policy.setting(of: row)
        }
      } catch {
        throw client.malformed(error, request)
      }
      let edited = Self.edited(rows, edits, "policies/") {
        $0["policyQuery"] != nil || $0["policy_query"] != nil
      }
      var read = ReadPolicies(policies: .notAsked)
      var failure: WireError?
      var affects = SourceIssue.Affects.details
      let policies = try parsed(edited, request.endpoint) {
        row throws(WireError) -> GoogleWire.Policy? in
        let setting = try GoogleWire.Policy.setting(of: row)
        guard GoogleModelBuilder.settings.contains(setting) else {
          read.note(row, setting)
          return nil
        }
        do throws(WireError) {
          return try GoogleWire.Policy(row)
        } catch {
          failure = failure ?? error
          // Whom these are for decides whether a new user is in a grace, and whether devices are trusted.
          if setting != GoogleModelBuilder.factors {
            affects = .parts
          }
          return GoogleWire.Policy(unreadable: row, setting: setting)
        }
      }
      if let failure { keep(client.malformed(failure, request), affects: affects) }
      read.isEdited = edited.count != rows.count || !edits.isEmpty && edited != rows
      read.policies = .read(policies.compactMap(\.self))
      return read
    } catch {
      // Without policies a verdict only lacks its explanation, or is weaker; but edits of them come to nothing.
      let kept = keep(error, affects: edits.isEmpty ? .details : .verdicts)
      return ReadPolicies(policies: .unreadable(reason: Sentence.clause(kept.message)))
    }
  }

  // MARK: Helpers

  private func attempt<Value: Sendable>(
    _ read: () async throws(ConnectorError) -> Value
  ) async -> Result<Value, ConnectorError> {
    do throws(ConnectorError) {
      return .success(try await read())
    } catch {
      return .failure(error)
    }
  }

  private func part<Value: Sendable>(
    _ read: Result<Value, ConnectorError>, decides: Bool
  ) -> Part<Value> {
    switch read {
    case .success(let value): return .read(value)
    case .failure(let error):
      let kept = keep(error, decides: decides)
      return .unreadable(
        reason: Sentence.clause(kept.message), remedy: configuration.phrase(for: kept))
    }
  }

  /// A list of Cloud Identity, row by row as it came; rows have names.
  private func list(_ path: String, _ key: String) async throws(ConnectorError) -> [JSONValue] {
    let request = connector.sso.get(path, query: [("pageSize", "100")])
    let rows = try await distinct(connector.sso, request, under: key)
    do throws(WireError) {
      _ = try JSONValue.array(rows).rows { row throws(WireError) in
        try row.required("name", .string, \.string)
      }
    } catch {
      throw connector.sso.malformed(error, request)
    }
    return rows
  }

  /// The rows of a list that goes by tokens, each once; a page without the key has none, one with null is damaged.
  private func distinct(
    _ client: APIClient, _ request: HTTPRequest, under key: String
  ) async throws(ConnectorError) -> [JSONValue] {
    let reader = JSONReader()
    var all: [JSONValue] = []
    let style = APIClient.tokenPaging("pageToken", from: "nextPageToken")
    try await client.pages(request, style) { response, page throws(ConnectorError) in
      do throws(WireError) {
        all += try reader.value(response.body).list(key)?.array ?? []
      } catch {
        throw client.malformed(error, request, page: page)
      }
    }
    let rows = CursorRows(all) { $0["name"]?.string }
    if let row = rows.contradiction {
      throw client.duplicate(request.endpoint, page: 1, row: row)
    }
    if rows.repeats > 0 {
      log.add(CursorRows.issue(rows.repeats, vendor: "Google", call: request.endpoint))
    }
    return rows.rows
  }

  private func parsed<T>(
    _ rows: [JSONValue], _ call: String, _ read: (JSONValue) throws(WireError) -> T
  ) throws(ConnectorError) -> [T] {
    do throws(WireError) {
      return try JSONValue.array(rows).rows(read)
    } catch {
      throw ConnectorError(error, source: configuration.name, vendor: "Google", call: call)
    }
  }

  /// A list as `whatif` would have it: documents go by their names, with or without the kind before them.
  private static func edited(
    _ rows: [JSONValue], _ edits: PolicyEdits, _ kind: String,
    _ isOfThisList: (JSONValue) -> Bool
  ) -> [JSONValue] {
    guard !edits.isEmpty else { return rows }
    func full(_ id: String) -> String { id.hasPrefix(kind) ? id : kind + id }
    func named(_ document: JSONValue) -> JSONValue {
      guard case .object(var members) = document else { return document }
      members["id"] = members["name"]
      return .object(members)
    }
    var own = edits
    own.enabled.formUnion(edits.enabled.map(full))
    own.disabled.formUnion(edits.disabled.map(full))
    own.documents = edits.documents.map(named)
    let switchKey = "idsyncState"
    return own.applied(
      to: rows.map(named), state: switchKey, on: .bool(true), off: .bool(false),
      adding: isOfThisList
    ).filter { $0[switchKey]?.bool != false }.map { document in
      guard case .object(var members) = document else { return document }
      members["id"] = nil
      members[switchKey] = nil
      return .object(members)
    }
  }
}
