internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension EntraRun {
  private static let strengthLists = [
    "/v1.0/identity/conditionalAccess/authenticationStrength/policies",
    "/v1.0/policies/authenticationStrengthPolicies",
  ]

  // MARK: Conditional Access

  /// The Conditional Access policies, as they would be with the edits.
  func conditionalAccess(_ edits: PolicyEdits) async -> Part<[EntraWire.Policy]> {
    guard configuration.conditionalAccess == .read else { return .read([]) }
    let request = client.get("/v1.0/identity/conditionalAccess/policies")
    func edited(_ rows: [JSONValue]) -> [JSONValue] {
      edits.applied(to: rows, state: "state", on: .string("enabled"), off: .string("disabled")) {
        $0["conditions"]?.object != nil
      }
    }
    return await rows(request, edit: edited) { row throws(WireError) in
      guard row.object != nil else { throw WireError.expected(.object, found: row.type) }
      do throws(WireError) {
        let policy = try EntraWire.Policy(row)
        self.keepMissing(policy, request.endpoint)
        return policy
      } catch {
        self.keepDamaged(row, error, request)
        return EntraWire.Policy(damaged: row, error.description)
      }
    }
  }

  /// Keeps that a policy does not show what every policy shows; models know it as unknown.
  private func keepMissing(_ policy: EntraWire.Policy, _ call: String) {
    let missing = policy.missing
    guard !missing.isEmpty, policy.state != "disabled" else { return }
    log.add(
      SourceIssue(
        code: "missing-field", call: call,
        message: "'\(policy.name)' shows no \(missing.joined(separator: ", ")).",
        remedy: "Run again; if it stays, report it with the policy.", affects: .parts))
  }

  /// Keeps that one row of a list cannot be read; models know it as unknown.
  private func keepDamaged(_ row: JSONValue, _ error: WireError, _ request: HTTPRequest) {
    let damage = client.malformed(error, request)
    let name = row["displayName"]?.string ?? row["id"]?.string ?? "without a name"
    var issue = damage.issue(remedy: configuration.remedy(for: damage), affects: .parts)
    issue.message = "'\(name)' cannot be read. \(issue.message)"
    log.add(issue)
  }

  /// The named locations by id.
  func locations() async -> Part<[String: EntraWire.Location]> {
    guard configuration.conditionalAccess == .read else { return .read([:]) }
    let request = client.get("/v1.0/identity/conditionalAccess/namedLocations")
    let all = await rows(request) { row throws(WireError) -> EntraWire.Location? in
      guard row.object != nil else { throw WireError.expected(.object, found: row.type) }
      do throws(WireError) {
        return try EntraWire.Location(row)
      } catch {
        self.keepDamaged(row, error, request)
        return EntraWire.Location(damaged: row, error.description)
      }
    }
    return all.map { all in
      Dictionary(all.compactMap { $0 }.map { ($0.id, $0) }) { first, _ in first }
    }
  }

  /// The authentication strengths by id; asked for only when a policy names one.
  func strengths(
    _ policies: Part<[EntraWire.Policy]>
  ) async -> Part<[String: EntraWire.Strength]> {
    guard case .read(let all) = policies, all.contains(where: { $0.grant?.strength != nil }) else {
      return .read([:])
    }
    var last: ConnectorError?
    for path in Self.strengthLists {
      do throws(ConnectorError) {
        let listed = try await reading.rows(
          client.get(path), EntraWire.list, id: EntraWire.id, EntraWire.Strength.init)
        return .read(Dictionary(listed.map { ($0.id, $0) }) { first, _ in first })
      } catch {
        // The list stands under two paths.
        last = error
        if error.code != .notFound { break }
      }
    }
    guard let last else { return .read([:]) }
    // What policies say of their own strengths may be enough.
    let own = all.compactMap { $0.grant?.strength }
    if own.allSatisfy({ $0.satisfies != nil && $0.combinations?.isEmpty == false }) {
      keep(last, .details)
    } else {
      keepPart(last)
    }
    return unreadable(last)
  }

  /// A list of policies or the like; what goes wrong doubts what hangs on it.
  private func rows<T: Sendable>(
    _ request: HTTPRequest, edit: ([JSONValue]) -> [JSONValue] = { $0 },
    _ read: (JSONValue) throws(WireError) -> T
  ) async -> Part<[T]> {
    let part = await reading.part(.partsWhenRefused) { () throws(ConnectorError) in
      try await reading.rows(request, EntraWire.list, edit: edit, id: EntraWire.id, read)
    }
    log.count(part.value?.count ?? 0)
    return part
  }

  // MARK: Security defaults

  /// Whether security defaults are on.
  func securityDefaults() async -> Part<Bool> {
    await reading.part(.partsWhenRefused) { () throws(ConnectorError) in
      try await reading.value(
        client.get("/v1.0/policies/identitySecurityDefaultsEnforcementPolicy")
      ) { json throws(WireError) in try json.required("isEnabled", .bool, \.bool) }
    }
  }

  // MARK: Methods

  /// The methods that are on and may be a second factor by themselves.
  func methods() async -> Part<[EntraWire.Method]> {
    await reading.part(.partsWhenRefused) { () throws(ConnectorError) in
      try await reading.value(client.get("/v1.0/policies/authenticationMethodsPolicy")) {
        json throws(WireError) in
        let all = try json.required(EntraWire.methods, .array) { $0.array == nil ? nil : $0 }
        return try all.rows { row throws(WireError) in try EntraWire.Method(row) }
          .compactMap { $0 }
      }
    }
  }

  // MARK: Domains

  /// The domains that leave sign-ins to another identity provider, with what is known of it, and the names of all.
  func domains() async -> (
    federated: Part<[String: EntraWire.Federation?]>, names: Set<String>?
  ) {
    guard configuration.federation == .read else { return (.read([:]), nil) }
    let request = client.get("/v1.0/domains")
    let all = await reading.part(.partsWhenRefused) { () throws(ConnectorError) in
      let all = try await reading.rows(
        request, EntraWire.list, id: EntraWire.id, EntraWire.Domain.init)
      // A tenant is born with one.
      guard !all.isEmpty else {
        throw ConnectorError(
          .contradiction, source: configuration.name, call: request.endpoint, status: 200,
          message: "Entra ID lists no domain, and every tenant has one.")
      }
      return all
    }
    log.count(all.value?.count ?? 0)
    guard let domains = all.value else { return (all.map { _ in [:] }, nil) }
    var result: [String: EntraWire.Federation?] = [:]
    for domain in domains where domain.isFederated {
      result[domain.name] = .some(await federation(of: domain.name))
    }
    return (.read(result), Set(domains.map(\.name)))
  }

  private func federation(of domain: String) async -> EntraWire.Federation? {
    let request = client.get("/v1.0/domains/{domain}/federationConfiguration", [domain])
    // Without its names no configured source is found for it; and of two nobody knows which is in force.
    let found = await rows(request, EntraWire.Federation.init).value ?? []
    return found.count == 1 ? found[0] : nil
  }

  /// What policies of home realm discovery say; nothing where no domain is federated.
  func homeRealm(
    _ federated: Part<[String: EntraWire.Federation?]>
  ) async -> Part<[EntraWire.HomeRealmPolicy]> {
    guard federated.value?.isEmpty == false else { return .read([]) }
    return await rows(
      client.get("/v1.0/policies/homeRealmDiscoveryPolicies"), EntraWire.HomeRealmPolicy.init)
  }

  // MARK: Other tenants

  /// Whose second factors are accepted of guests: the default first.
  func trust() async -> Part<[EntraWire.Trust]> {
    let standard = await reading.part(.partsWhenRefused) { () throws(ConnectorError) in
      try await reading.value(client.get("/v1.0/policies/crossTenantAccessPolicy/default")) {
        json throws(WireError) in try EntraWire.Trust(json, isDefault: true)
      }
    }
    guard let first = standard.value else { return standard.map { _ in [] } }
    let partners = await reading.part(.partsWhenRefused) { () throws(ConnectorError) in
      try await reading.rows(
        client.get("/v1.0/policies/crossTenantAccessPolicy/partners"), EntraWire.list,
        id: { $0["tenantId"]?.string.map(EntraID.folded) }
      ) { row throws(WireError) in try EntraWire.Trust(row, isDefault: false) }
    }
    return partners.map { ([first] + $0).compactMap { $0 } }
  }

  /// The same for the evidence.
  static func evidence(_ trust: EntraWire.Trust) -> EvidenceItem {
    EvidenceItem(
      .attestation, id: trust.tenant,
      name: trust.tenant.map { "guests of tenant \($0)" } ?? "guests of other tenants",
      value: trust.isAccepted == true
        ? "the second factor of their home tenant is accepted" : "asked for a second factor here",
      path: "/v1.0/policies/crossTenantAccessPolicy")
  }
}
