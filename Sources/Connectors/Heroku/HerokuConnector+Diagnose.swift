internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension HerokuConnector {
  /// Checks the token, the clock, the rate limit and what teams the account sees: three requests.
  func diagnose() async -> [DiagnosticLine] {
    var lines: [DiagnosticLine] = []
    do throws(ConnectorError) {
      let response = try await client.send(client.get("/account"))
      lines += accountLines(response)
      lines.append(ServerClock.line(name, response, now: clock()))
    } catch {
      return [line(error.code == .unauthorised ? "credentials" : "connection", error)]
    }
    do throws(ConnectorError) {
      let limits = try await client.value(client.get("/account/rate-limits"))
      let left = limits["remaining"]?.integer ?? 0
      lines.append(
        DiagnosticLine(
          source: name, check: "rate limit", outcome: left < 100 ? .warning : .good,
          message: "\(left) requests are left to the account.",
          remedy: left < 100 ? "Wait: about 75 requests a minute come back." : ""))
    } catch {
      lines.append(line("rate limit", error))
    }
    do throws(ConnectorError) {
      let teams = try await client.values(
        client.get("/teams"), .range(property: nil, max: nil, order: nil)
      ) { row throws(WireError) in
        let name = try row.required("name", .string, \.string)
        return "\(name) (\(row["role"]?.string ?? "no role"))"
      }
      lines.append(
        DiagnosticLine(
          source: name, check: "teams", outcome: teams.isEmpty ? .failure : .good,
          message: teams.isEmpty
            ? "The account of the token is on no team."
            : "The account sees \(teams.sorted().joined(separator: ", ")).",
          remedy: teams.isEmpty ? "Add the account to the teams, as a viewer or member." : ""))
    } catch {
      lines.append(line("teams", error))
    }
    return lines
  }

  private func accountLines(_ response: HTTPResponse) -> [DiagnosticLine] {
    guard let account = try? JSONReader().value(response.body), account["email"]?.string != nil
    else {
      return [
        DiagnosticLine(
          source: name, check: "connection", outcome: .failure,
          message: "What answers is not Heroku.", remedy: "Check the URL of \(name).")
      ]
    }
    var lines = [
      DiagnosticLine(
        source: name, check: "credentials", outcome: .good,
        message: "Heroku accepts the token of \(account["email"]?.string ?? "").")
    ]
    if account["suspended_at"]?.string != nil {
      lines.append(
        DiagnosticLine(
          source: name, check: "account", outcome: .failure, message: "The account is suspended.",
          remedy: "Use the token of another account."))
    }
    if account["federated"]?.bool == true {
      lines.append(
        DiagnosticLine(
          source: name, check: "account", outcome: .warning,
          message: "The account signs in through SSO: its session tokens end after eight hours.",
          remedy: "Use an authorization of its own (heroku authorizations:create)."))
    }
    return lines
  }

  private func line(_ check: String, _ error: ConnectorError) -> DiagnosticLine {
    DiagnosticLine(
      source: name, check: check, outcome: .failure, message: error.message,
      remedy: error.code.remedy ?? configuration.remedy(for: error))
  }
}
