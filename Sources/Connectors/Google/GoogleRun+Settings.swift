internal import CurlTransport
internal import IdentityCore

extension GoogleRun {
  /// Reads org units, SSO assignments and profiles, and policies, all at a time.
  func readSettings(_ edits: PolicyEdits) async -> GoogleSettings {
    async let units = orgUnits()
    async let assigned = assignments(edits)
    async let saml = profiles("inboundSamlSsoProfiles")
    async let oidc = profiles("inboundOidcSsoProfiles")
    let (policies, isEdited) = await policies(edits)
    let assignments = part(await assigned, decides: true)
    // Assignments decide who signs people in; policies only explain what Google's flag says, until they are edited.
    let targets = assignments.value ?? []
    let orgUnits = part(
      await units, decides: !edits.isEmpty || targets.contains { $0.group == nil })
    var profiles: [String: GoogleWire.Profile] = [:]
    for (kind, read) in [
      ("inboundSamlSsoProfiles", await saml), ("inboundOidcSsoProfiles", await oidc),
    ] {
      let isNamed = targets.contains { $0.profile?.hasPrefix(kind) == true }
      profiles.merge(part(read, decides: isNamed).value ?? [:]) { known, _ in known }
    }
    return GoogleSettings(
      orgUnits: orgUnits, assignments: assignments, profiles: profiles, policies: policies,
      isEdited: isEdited || !edits.removedGroups.isEmpty, legacySSO: configuration.legacySSO,
      now: connector.clock())
  }

  private func orgUnits() async -> Result<[GoogleWire.OrgUnit], ConnectorError> {
    let request = connector.directory.get(
      "/admin/directory/v1/customer/{customer}/orgunits", [configuration.customer],
      query: [("type", "allIncludingParent")])
    return await attempt { () async throws(ConnectorError) in
      try await connector.directory.values(
        request, under: "organizationUnits", .single, id: { $0.id }
      ) { row throws(WireError) in try GoogleWire.OrgUnit(row) }
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

  private func policies(_ edits: PolicyEdits) async -> (GoogleSettings.Policies, Bool) {
    guard let client = connector.policies else { return (.notAsked, false) }
    let filter =
      "customer == \"customers/\(configuration.customer)\" && "
      + "setting.type.matches('^settings/security\\..*$')"
    let request = client.get("/v1/policies", query: [("pageSize", "100"), ("filter", filter)])
    do throws(ConnectorError) {
      let rows = try await client.values(
        request, under: "policies", APIClient.tokenPaging("pageToken", from: "nextPageToken"),
        id: { $0["name"]?.string ?? $0.text }
      ) { row throws(WireError) in
        _ = try GoogleWire.Policy.setting(of: row)
        return row
      }
      let edited = Self.edited(rows, edits, "policies/") {
        $0["policyQuery"] != nil || $0["policy_query"] != nil
      }
      var failure: WireError?
      let policies = try parsed(edited, request.endpoint) {
        row throws(WireError) -> GoogleWire.Policy? in
        let setting = try GoogleWire.Policy.setting(of: row)
        guard GoogleModelBuilder.settings.contains(setting) else { return nil }
        do throws(WireError) {
          return try GoogleWire.Policy(row)
        } catch {
          failure = failure ?? error
          return GoogleWire.Policy(unreadable: row, setting: setting)
        }
      }
      if let failure { keep(client.malformed(failure, request), affects: .details) }
      let isEdited = edited.count != rows.count || !edits.isEmpty && edited != rows
      return (.read(policies.compactMap(\.self)), isEdited)
    } catch {
      // Without policies a verdict only lacks its explanation, or is weaker; but edits of them come to nothing.
      let kept = keep(error, affects: edits.isEmpty ? .details : .verdicts)
      return (.unreadable(reason: Sentence.clause(kept.message)), false)
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
  ) -> GooglePart<Value> {
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
    try await connector.sso.values(
      connector.sso.get(path, query: [("pageSize", "100")]), under: key,
      APIClient.tokenPaging("pageToken", from: "nextPageToken"),
      id: { $0["name"]?.string ?? $0.text }
    ) { row throws(WireError) in
      _ = try row.required("name", .string, \.string)
      return row
    }
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
