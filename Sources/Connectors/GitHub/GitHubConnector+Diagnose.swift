internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension GitHubConnector {
  /// Checks the token, the clock, the rate limit and what organisations its owner is in: two requests.
  func diagnose() async -> [DiagnosticLine] {
    await tokens?.beginRun()
    var lines: [DiagnosticLine] = []
    do throws(ConnectorError) {
      let response = try await client.send(client.get("/rate_limit"))
      lines.append(
        DiagnosticLine(
          source: name, check: "credentials", outcome: .good,
          message: "GitHub accepts the \(tokens == nil ? "token" : "app's installation")."))
      if let line = scopes(response) { lines.append(line) }
      lines.append(ServerClock.line(name, response, now: clock()))
      lines.append(limit(response))
    } catch {
      return [line(error.code == .unauthorised ? "credentials" : "connection", error)]
    }
    guard tokens == nil else { return lines }
    do throws(ConnectorError) {
      let organisations = try await client.values(
        client.get("/user/memberships/orgs", query: [("per_page", "100"), ("state", "active")]),
        .link
      ) { row throws(WireError) in
        (
          login: row["organization"]?["login"]?.string ?? "",
          role: try row.required("role", .string, \.string)
        )
      }
      let owned = organisations.filter { $0.role == "admin" }.map(\.login).sorted()
      lines.append(
        DiagnosticLine(
          source: name, check: "organisations", outcome: owned.isEmpty ? .failure : .good,
          message: owned.isEmpty
            ? "The token's user is an owner of no organisation."
            : "The token's user is an owner of \(owned.joined(separator: ", ")).",
          remedy: owned.isEmpty ? "Use the token of an owner." : ""))
    } catch {
      lines.append(line("organisations", error))
    }
    return lines
  }

  /// What a classic token may do; other tokens have no scopes.
  private func scopes(_ response: HTTPResponse) -> DiagnosticLine? {
    guard let header = response.headers["X-OAuth-Scopes"] else { return nil }
    let scopes = header.split(separator: ",").map { $0.filter { $0 != " " } }
    let isEnough = scopes.contains { ["read:org", "write:org", "admin:org"].contains($0) }
    return DiagnosticLine(
      source: name, check: "scope read:org", outcome: isEnough ? .good : .failure,
      message: isEnough
        ? "The token may read organisations." : "The token may not read organisations.",
      remedy: isEnough ? "" : "Give the token the scope read:org.")
  }

  private func limit(_ response: HTTPResponse) -> DiagnosticLine {
    let core = (try? JSONReader().value(response.body))?["resources"]?["core"]
    let left = core?["remaining"]?.integer ?? 0
    return DiagnosticLine(
      source: name, check: "rate limit", outcome: left < 100 ? .warning : .good,
      message: "\(left) requests are left for this hour.",
      remedy: left < 100 ? "Wait until the hour is over." : "")
  }

  private func line(_ check: String, _ error: ConnectorError) -> DiagnosticLine {
    DiagnosticLine(
      source: name, check: check, outcome: .failure, message: error.message,
      remedy: configuration.remedy(for: error))
  }
}
