internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension GoogleConnector {
  /// Checks the tokens, the clock and one right after the other: nine requests or fewer.
  func diagnose() async -> [DiagnosticLine] {
    for tokens in tokens { await tokens.beginRun() }
    var lines: [DiagnosticLine] = []
    let users = directory.get(
      "/admin/directory/v1/users",
      query: [
        ("customer", configuration.customer), ("maxResults", "1"),
        ("fields", "users(id,isEnforcedIn2Sv)"),
      ])
    do throws(ConnectorError) {
      let response = try await directory.send(users)
      lines.append(
        DiagnosticLine(
          source: name, check: "credentials", outcome: .good,
          message: "Google accepts the service account for \(configuration.subject)."))
      lines.append(flagLine(response))
      lines.append(ServerClock.line(name, response, now: clock()))
    } catch {
      return [line("credentials", error)]
    }
    lines.append(
      await probe(
        directory,
        directory.get(
          "/admin/directory/v1/customer/{customer}/orgunits", [configuration.customer],
          query: [("type", "allIncludingParent")])))
    lines.append(
      await probe(
        directory,
        directory.get(
          "/admin/directory/v1/groups",
          query: [("customer", configuration.customer), ("maxResults", "1")])))
    lines.append(
      await probe(sso, sso.get("/v1/inboundSsoAssignments", query: [("pageSize", "1")])))
    guard let policies else {
      lines.append(
        DiagnosticLine(
          source: name, check: "scope cloud-identity.policies.readonly", outcome: .warning,
          message: "Policies are not read: no super administrator is named.",
          remedy:
            "Name one as policy_subject to have policies in the evidence and grace periods judged.")
      )
      return lines
    }
    lines.append(
      await probe(policies, policies.get("/v1/policies", query: [("pageSize", "1")])))
    return lines
  }

  private func flagLine(_ response: HTTPResponse) -> DiagnosticLine {
    let user = (try? JSONReader().value(response.body))?["users"]?.array?.first
    let isShown = user?["isEnforcedIn2Sv"]?.bool != nil
    return DiagnosticLine(
      source: name, check: "2-step verification", outcome: isShown ? .good : .warning,
      message: isShown
        ? "Google shows whether 2-step verification is enforced."
        : "Google does not show whether 2-step verification is enforced.",
      remedy: isShown ? "" : "Give \(configuration.subject) an administrator's right to read users."
    )
  }

  private func probe(_ client: APIClient, _ request: HTTPRequest) async -> DiagnosticLine {
    let check = "scope \(GoogleConfiguration.scope(request.endpoint))"
    do throws(ConnectorError) {
      _ = try await client.send(request)
      return DiagnosticLine(
        source: name, check: check, outcome: .good, message: "\(request.endpoint) is allowed.")
    } catch {
      return line(check, error)
    }
  }

  private func line(_ check: String, _ failure: ConnectorError) -> DiagnosticLine {
    let error = failure.namingGoogleQuota
    return DiagnosticLine(
      source: name, check: check, outcome: .failure, message: error.message,
      remedy: configuration.remedy(for: error))
  }
}
