internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

extension KeycloakConnector {
  /// The reads that a run makes, and which of them verdicts can do without.
  private static let probes: [(path: String, query: [(String, String)])] = [
    ("", []), ("/authentication/flows", []), ("/clients", [("first", "0"), ("max", "1")]),
    ("/users", [("first", "0"), ("max", "1")]),
    ("/identity-provider/instances", [("first", "0"), ("max", "1")]),
  ]

  /// Checks credentials, clock, realm and one role after the other: six requests or fewer.
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
        message: "Keycloak accepts the client \(configuration.clientID).")
    ]
    for probe in Self.probes {
      let request = client.get(
        "/admin/realms/{realm}\(probe.path)", [configuration.realm], query: probe.query)
      let isFirst = probe.path.isEmpty
      let check = isFirst ? "realm" : "role \(KeycloakConfiguration.role(request.endpoint))"
      do throws(ConnectorError) {
        let response = try await client.send(request)
        if isFirst, let json = try? JSONReader().value(response.body),
          KeycloakWire.Realm.isNameOnly(json)
        {
          lines.append(line(check, configuration.realmNameOnly(request.endpoint)))
          continue
        }
        lines.append(
          DiagnosticLine(
            source: name, check: check, outcome: .good,
            message: isFirst
              ? "The realm \(configuration.realm) answers." : "\(request.endpoint) is allowed."))
        if isFirst { lines.append(ServerClock.line(name, response, now: clock())) }
      } catch {
        lines.append(line(check, error))
        if error.code == .unauthorised || isFirst { break }
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
