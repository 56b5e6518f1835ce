internal import CurlTransport
internal import IdentityCore

extension GoogleRun {
  /// Reads org units, SSO assignments and profiles, and policies, all at a time.
  func readSettings(_ edits: PolicyEdits) async -> GoogleSettings {
    async let units = orgUnits()
    async let assignments = assignments(edits)
    async let profiles = profiles()
    let (policies, isEdited) = await policies(edits)
    return GoogleSettings(
      orgUnits: await units, assignments: await assignments, profiles: await profiles,
      policies: policies, isEdited: isEdited || !edits.removedGroups.isEmpty,
      legacySSO: configuration.legacySSO, now: connector.clock())
  }

  private func orgUnits() async -> GooglePart<[GoogleWire.OrgUnit]> {
    let request = connector.directory.get(
      "/admin/directory/v1/customer/{customer}/orgunits", [configuration.customer],
      query: [("type", "allIncludingParent")])
    return await part { () async throws(ConnectorError) in
      try await connector.directory.values(
        request, under: "organizationUnits", .single, id: { $0.id }
      ) { row throws(WireError) in try GoogleWire.OrgUnit(row) }
    }
  }

  private func assignments(_ edits: PolicyEdits) async -> GooglePart<[GoogleWire.Assignment]> {
    await part { () async throws(ConnectorError) in
      let rows = try await list("/v1/inboundSsoAssignments", "inboundSsoAssignments")
      return try parsed(
        Self.edited(rows, edits, "inboundSsoAssignments/") { $0["ssoMode"] != nil },
        "GET /v1/inboundSsoAssignments"
      ) { row throws(WireError) in try GoogleWire.Assignment(row) }
    }
  }

  private func profiles() async -> GooglePart<[String: GoogleWire.Profile]> {
    await part { () async throws(ConnectorError) in
      var all: [String: GoogleWire.Profile] = [:]
      for kind in ["inboundSamlSsoProfiles", "inboundOidcSsoProfiles"] {
        let rows = try await list("/v1/\(kind)", kind)
        for profile in try parsed(
          rows, "GET /v1/\(kind)",
          { row throws(WireError) in
            try GoogleWire.Profile(row)
          })
        {
          all[profile.name] = profile
        }
      }
      return all
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
        _ = try GoogleWire.Policy(row)
        return row
      }
      let edited = Self.edited(rows, edits, "policies/") { $0["policyQuery"] != nil }
      let policies = try parsed(edited, request.endpoint) { row throws(WireError) in
        try GoogleWire.Policy(row)
      }
      return (.read(policies), edited.count != rows.count || !edits.isEmpty && edited != rows)
    } catch {
      // Without policies a verdict only lacks its explanation, or is weaker.
      let kept = keep(error, whenRefused: .details)
      return (.unreadable(reason: Sentence.clause(kept.message)), false)
    }
  }

  // MARK: Helpers

  private func part<Value: Sendable>(
    _ read: () async throws(ConnectorError) -> Value
  ) async -> GooglePart<Value> {
    do throws(ConnectorError) {
      return .read(try await read())
    } catch {
      let kept = keep(error)
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
