internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

extension EntraConnector {
  /// A read that a run may make.
  private struct Probe {
    var path: String
    var query: [(String, String)] = []
    /// What makes the read needless; nil when verdicts always need it.
    var vouched: String?
  }

  private var probes: [Probe] {
    var result = [
      Probe(path: "/v1.0/users", query: [("$top", "1"), ("$select", "id")]),
      Probe(path: "/v1.0/groups", query: [("$top", "1"), ("$select", "id")]),
      Probe(path: "/v1.0/servicePrincipals", query: [("$top", "1"), ("$select", "id")]),
      Probe(
        path: "/v1.0/roleManagement/directory/roleAssignments",
        query: [("$filter", "roleDefinitionId eq '62e90394-69f5-4237-9190-012177145e10'")]),
      Probe(path: "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy"),
      Probe(path: "/v1.0/policies/authenticationMethodsPolicy"),
      Probe(path: "/v1.0/policies/crossTenantAccessPolicy/default"),
    ]
    if configuration.conditionalAccess == .read {
      result.append(Probe(path: "/v1.0/identity/conditionalAccess/policies"))
      result.append(Probe(path: "/v1.0/identity/conditionalAccess/namedLocations"))
    }
    if configuration.federation == .read {
      result.append(
        Probe(path: "/v1.0/domains", vouched: "set federation: none if no domain is federated"))
    }
    if configuration.collectFactors {
      result.append(
        Probe(
          path: "/v1.0/reports/authenticationMethods/userRegistrationDetails",
          vouched: "leave factors out of collect"))
    }
    return result
  }

  /// Checks credentials, clock and one permission after the other: thirteen requests or fewer.
  func diagnose() async -> [DiagnosticLine] {
    await tokens.beginRun()
    do throws(ConnectorError) {
      _ = try await tokens.current()
    } catch {
      return [line("credentials", error)]
    }
    var lines = [
      DiagnosticLine(
        source: name, check: "credentials", outcome: .good,
        message: "Entra ID accepts the registered application.")
    ]
    for probe in probes {
      let request = client.get(probe.path, query: probe.query)
      let check = "permission \(EntraConfiguration.permission(request.endpoint))"
      do throws(ConnectorError) {
        let response = try await client.send(request)
        if lines.count == 1 { lines.append(ServerClock.line(name, response, now: clock())) }
        lines.append(
          DiagnosticLine(
            source: name, check: check, outcome: .good,
            message: "\(request.endpoint) is allowed."))
      } catch {
        var found = line(check, error)
        if let vouched = probe.vouched {
          found.outcome = .warning
          found.remedy =
            "Grant \(EntraConfiguration.permission(request.endpoint)), or \(vouched)."
        }
        lines.append(found)
        if error.code == .unauthorised { break }
      }
    }
    return lines
  }

  private func line(_ check: String, _ error: ConnectorError) -> DiagnosticLine {
    DiagnosticLine(
      source: name, check: check, outcome: .failure, message: error.message,
      remedy: error.code.remedy ?? configuration.remedy(for: error))
  }
}
