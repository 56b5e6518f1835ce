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
  func conditionalAccess(_ edits: PolicyEdits) async -> EntraPart<[EntraWire.Policy]> {
    guard configuration.conditionalAccess == .read else { return .read([]) }
    let request = client.get("/v1.0/identity/conditionalAccess/policies")
    return await part(request) { rows throws(WireError) in
      let edited = edits.applied(
        to: rows, state: "state", on: .string("enabled"), off: .string("disabled")
      ) { $0["conditions"]?.object != nil }
      return try JSONValue.array(edited).rows { row throws(WireError) in
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
  func locations() async -> EntraPart<[String: EntraWire.Location]> {
    guard configuration.conditionalAccess == .read else { return .read([:]) }
    let request = client.get("/v1.0/identity/conditionalAccess/namedLocations")
    return await part(request) { rows throws(WireError) in
      let all = try JSONValue.array(rows).rows { row throws(WireError) -> EntraWire.Location? in
        guard row.object != nil else { throw WireError.expected(.object, found: row.type) }
        do throws(WireError) {
          return try EntraWire.Location(row)
        } catch {
          self.keepDamaged(row, error, request)
          return EntraWire.Location(damaged: row, error.description)
        }
      }
      return Dictionary(all.compactMap { $0 }.map { ($0.id, $0) }) { first, _ in first }
    }
  }

  /// The authentication strengths by id; asked for only when a policy names one.
  func strengths(
    _ policies: EntraPart<[EntraWire.Policy]>
  ) async -> EntraPart<[String: EntraWire.Strength]> {
    guard case .read(let all) = policies, all.contains(where: { $0.grant?.strength != nil }) else {
      return .read([:])
    }
    var last: ConnectorError?
    for path in Self.strengthLists {
      let request = client.get(path)
      do throws(ConnectorError) {
        return .read(try await strengths(request))
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
      keep(last, affects: .details)
    } else {
      keepPart(last)
    }
    return unreadable(last)
  }

  private func strengths(
    _ request: HTTPRequest
  ) async throws(ConnectorError) -> [String: EntraWire.Strength] {
    let rows = try await distinct(client.graphValues(request), request)
    do throws(WireError) {
      let all = try JSONValue.array(rows).rows { row throws(WireError) in
        try EntraWire.Strength(row)
      }
      return Dictionary(all.map { ($0.id, $0) }) { first, _ in first }
    } catch {
      throw client.malformed(error, request)
    }
  }

  /// The rows of a list, each once.
  func distinct(
    _ rows: [JSONValue], _ request: HTTPRequest
  ) throws(ConnectorError) -> [JSONValue] {
    let all = CursorRows(rows) { $0["id"]?.string.map(EntraID.folded) }
    if let row = all.contradiction {
      throw client.duplicate(request.endpoint, page: 1, row: row)
    }
    if all.repeats > 0 {
      log.add(CursorRows.issue(all.repeats, vendor: client.vendor, call: request.endpoint))
    }
    return all.rows
  }

  private func part<T: Sendable>(
    _ request: HTTPRequest, _ read: ([JSONValue]) throws(WireError) -> T
  ) async -> EntraPart<T> {
    do throws(ConnectorError) {
      let rows = try await distinct(client.graphValues(request), request)
      log.count(rows.count)
      do throws(WireError) {
        return .read(try read(rows))
      } catch {
        throw client.malformed(error, request)
      }
    } catch {
      keepPart(error)
      return unreadable(error)
    }
  }

  // MARK: Security defaults

  /// Whether security defaults are on.
  func securityDefaults() async -> EntraPart<Bool> {
    let request = client.get("/v1.0/policies/identitySecurityDefaultsEnforcementPolicy")
    do throws(ConnectorError) {
      let json = try await client.value(request)
      do throws(WireError) {
        return .read(try json.required("isEnabled", .bool, \.bool))
      } catch {
        throw client.malformed(error, request)
      }
    } catch {
      keepPart(error)
      return unreadable(error)
    }
  }

  // MARK: Domains

  /// The domains that leave sign-ins to another identity provider, with what is known of it.
  func domains() async -> EntraPart<[String: EntraWire.Federation?]> {
    guard configuration.federation == .read else { return .read([:]) }
    let request = client.get("/v1.0/domains")
    do throws(ConnectorError) {
      let rows = try await distinct(client.graphValues(request), request)
      let all: [EntraWire.Domain]
      do throws(WireError) {
        all = try JSONValue.array(rows).rows { row throws(WireError) in
          try EntraWire.Domain(row)
        }
      } catch {
        throw client.malformed(error, request)
      }
      var result: [String: EntraWire.Federation?] = [:]
      for domain in all where domain.isFederated {
        result[domain.name] = .some(await federation(of: domain.name))
      }
      return .read(result)
    } catch {
      keepPart(error)
      return unreadable(error)
    }
  }

  private func federation(of domain: String) async -> EntraWire.Federation? {
    let request = client.get("/v1.0/domains/{domain}/federationConfiguration", [domain])
    do throws(ConnectorError) {
      guard let row = try await client.graphValues(request).first else { return nil }
      do throws(WireError) {
        return try EntraWire.Federation(row)
      } catch {
        throw client.malformed(error, request)
      }
    } catch {
      // Without its names no configured source is found for it.
      keepPart(error)
      return nil
    }
  }

  /// Whether the second factor of a guest's own tenant is accepted, for the evidence.
  func crossTenantTrust() async -> [EvidenceItem] {
    var result: [EvidenceItem] = []
    do throws(ConnectorError) {
      let standard = try await client.value(
        client.get("/v1.0/policies/crossTenantAccessPolicy/default"))
      result.append(Self.trust(standard, "guests of other tenants"))
      let partners = try await client.graphValues(
        client.get("/v1.0/policies/crossTenantAccessPolicy/partners"))
      result += partners.compactMap { partner in
        guard partner["inboundTrust"] != nil else { return nil }
        return Self.trust(partner, "guests of tenant \(partner["tenantId"]?.string ?? "?")")
      }
    } catch {
      keep(error, affects: .details)
    }
    return result
  }

  private static func trust(_ json: JSONValue, _ whose: String) -> EvidenceItem {
    let isAccepted = json["inboundTrust"]?["isMfaAccepted"]?.bool == true
    return EvidenceItem(
      .attestation, id: json["tenantId"]?.string, name: whose,
      value: isAccepted
        ? "the second factor of their home tenant is accepted" : "asked for a second factor here",
      path: "/v1.0/policies/crossTenantAccessPolicy")
  }
}
