internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension SCIMConnector {
  /// Asks for the capabilities, one user and one group: three requests.
  func diagnose() async -> [DiagnosticLine] {
    await tokens?.beginRun()
    var lines: [DiagnosticLine] = []
    let run = SCIMRun(self, .none)
    let provider = await run.capabilities()
    let probes: [(path: String, check: String)] = [("/Users", "users"), ("/Groups", "groups")]
    for (path, check) in probes {
      if path == "/Groups", configuration.teamIs == .everyone, configuration.adminGroups.isEmpty {
        continue
      }
      do throws(ConnectorError) {
        let request = client.get(path, query: firstPage(of: 1))
        let response = try await client.send(request)
        if lines.isEmpty {
          lines.append(line("credentials", .good, "\(name) accepts the credentials."))
          lines.append(ServerClock.line(name, response, now: clock()))
        }
        lines.append(resources(response, check))
      } catch {
        let place = error.code == .unauthorised ? "credentials" : check
        lines.append(
          line(
            place, .failure, error.message, error.code.remedy ?? configuration.remedy(for: error)))
        if error.code == .unauthorised { return lines }
      }
    }
    lines.append(
      line(
        "capabilities", .good,
        "Pages by \(provider.cursors ? "cursor" : "index"); filters \(provider.filters ? "are" : "are not") announced."
      ))
    return lines
  }

  /// The parameters of the first page of a list.
  private func firstPage(of count: Int) -> [(String, String)] {
    [("startIndex", "1")] + (configuration.sendsCount ? [("count", "\(count)")] : [])
  }

  private func resources(_ response: HTTPResponse, _ check: String) -> DiagnosticLine {
    do throws(WireError) {
      let total = try SCIMWire.total(response)
      _ = try SCIMWire.count(response)
      return line(check, .good, "\(total.map(String.init) ?? "An untold number of") \(check).")
    } catch {
      return line(
        check, .failure, "What answers is no list of SCIM: \(error).",
        "Check the url of \(name): it ends before /Users.")
    }
  }

  private func line(
    _ check: String, _ outcome: DiagnosticLine.Outcome, _ message: String, _ remedy: String = ""
  ) -> DiagnosticLine {
    DiagnosticLine(
      source: name, check: check, outcome: outcome, message: message, remedy: remedy)
  }

  /// Reads a page of users and maps its rows.
  func sample(limit: Int, team: TeamName?) async -> SourceSample {
    await tokens?.beginRun()
    let request = client.get(
      "/Users",
      query: [("attributes", userAttributes)] + firstPage(of: max(1, limit)))
    var sample = SourceSample(source: name, call: request.endpoint)
    do throws(ConnectorError) {
      let response = try await client.send(request)
      do throws(WireError) {
        sample.declared = try SCIMWire.total(response)
        var rows: [SourceSample.Row] = []
        var received = 0
        try SCIMWire.forEachResource(response) { element throws(WireError) in
          received += 1
          if rows.count < limit { rows.append(row(try JSONValue(element))) }
        }
        sample.rows = rows
        sample.received = received
        if received == 0 { sample.notes.append("The page has no users.") }
      } catch {
        sample.notes.append("The page is no list of SCIM: \(error).")
      }
    } catch {
      sample.notes.append(
        "\(error.message) \(error.code.remedy ?? configuration.remedy(for: error))")
    }
    return sample
  }

  private func row(_ resource: JSONValue) -> SourceSample.Row {
    var row = SourceSample.Row(raw: resource.withoutSecrets.text, fields: [])
    let user: SCIMWire.User
    do throws(WireError) {
      user = try SCIMWire.User(resource)
    } catch {
      row.notes.append("\(error)")
      return row
    }
    row.fields = [
      .init(name: "id", value: user.id), .init(name: "email", value: user.address),
      .init(name: "active", value: user.active.map { $0 ? "true" : "false" }),
      .init(name: "groups", value: user.groups.isEmpty ? nil : user.groups.joined(separator: ", ")),
    ]
    if user.address == nil {
      row.notes.append("There is neither an e-mail address nor a user name.")
    }
    if user.active == nil { row.notes.append("active is missing; the account counts as active.") }
    if let mapping = configuration.mapping {
      let stated = mapping.statement(resource)
      row.fields.append(
        .init(name: "verdict", value: "\(stated.verdict.rawValue) (\(stated.statement))"))
      if stated.verdict == .cannotTell { row.notes.append("verdict: \(stated.reason)") }
    }
    return row
  }
}
