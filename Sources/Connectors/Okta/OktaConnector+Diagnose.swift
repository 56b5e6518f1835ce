internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

extension OktaConnector {
  /// The reads that a run may make, and which of them verdicts can do without.
  private static let probes: [(path: String, query: [(String, String)], isOptional: Bool)] = [
    ("/api/v1/users", [("limit", "1")], false), ("/api/v1/groups", [("limit", "1")], false),
    ("/api/v1/apps", [("limit", "1")], false),
    ("/api/v1/policies", [("type", "OKTA_SIGN_ON"), ("limit", "1")], false),
    ("/api/v1/zones", [("limit", "1")], false), ("/api/v1/idps", [("limit", "1")], true),
  ]

  /// Checks engine, TLS, clock, credentials and one scope after the other: eight requests or fewer.
  func diagnose() async -> [DiagnosticLine] {
    await tokens?.beginRun()
    var lines: [DiagnosticLine] = []
    do throws(ConnectorError) {
      let response = try await unsigned(client.get("/.well-known/okta-organization"))
      lines.append(organisationLine(response))
      lines.append(ServerClock.line(name, response, now: clock()))
    } catch {
      return [line("connection", error)]
    }
    if let tokens {
      do throws(ConnectorError) {
        _ = try await tokens.current()
        lines.append(
          DiagnosticLine(
            source: name, check: "credentials", outcome: .good,
            message: "Okta accepts the service app's key."))
      } catch {
        return lines + [line("credentials", error)]
      }
    }
    for probe in Self.probes {
      if probe.isOptional && configuration.inboundFederation == .none { continue }
      let found = await self.probe(probe.path, probe.query, isOptional: probe.isOptional)
      lines.append(found)
      if found.check == "credentials" { break }
    }
    return lines
  }

  private func unsigned(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse {
    let response: HTTPResponse
    do throws(TransportError) {
      response = try await client.source.send(request)
    } catch {
      throw ConnectorError(
        error, vendor: client.vendor, call: request.endpoint, vendorCode: client.vendorCode)
    }
    if response.isSuccess { return response }
    throw ConnectorError(
      response, request: request, source: name, vendor: client.vendor,
      vendorCode: client.vendorCode)
  }

  private func organisationLine(_ response: HTTPResponse) -> DiagnosticLine {
    let pipeline = try? OktaWire.Organisation(try JSONReader().value(response.body)).pipeline
    switch pipeline {
    case "idx":
      return DiagnosticLine(
        source: name, check: "connection", outcome: .good,
        message: "An Identity Engine organisation answers.")
    case "v1":
      return DiagnosticLine(
        source: name, check: "connection", outcome: .warning,
        message:
          "A Classic organisation answers: per-app sign-on policies are not readable by API.",
        remedy: "Ask for a second factor organisation-wide, or set per_app_policies: none.")
    default:
      return DiagnosticLine(
        source: name, check: "connection", outcome: .failure,
        message: "What answers is no Okta organisation.",
        remedy: "Check the URL of \(name).")
    }
  }

  private func probe(
    _ path: String, _ query: [(String, String)], isOptional: Bool
  ) async -> DiagnosticLine {
    let request = client.get(path, query: query)
    let check = "scope \(OktaConfiguration.scope(request.endpoint))"
    do throws(ConnectorError) {
      _ = try await client.send(request)
      return DiagnosticLine(
        source: name, check: check, outcome: .good, message: "\(request.endpoint) is allowed.")
    } catch {
      if error.code == .unauthorised { return line("credentials", error) }
      var result = line(check, error)
      if isOptional {
        result.outcome = .warning
        result.remedy =
          "Grant okta.idps.read, or set inbound_federation: none if people sign in at Okta only."
      }
      return result
    }
  }

  private func line(_ check: String, _ error: ConnectorError) -> DiagnosticLine {
    DiagnosticLine(
      source: name, check: check, outcome: .failure, message: error.message,
      remedy: error.code.remedy ?? configuration.remedy(for: error))
  }
}
