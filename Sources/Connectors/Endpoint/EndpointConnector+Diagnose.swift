internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

extension EndpointConnector {
  /// Asks for the first page: connection, credentials, clock, and whether it is as configured.
  func diagnose() async -> [DiagnosticLine] { await diagnose(asking: []) }

  /// The same, for one of the teams whose roster it is where requests name a team.
  func diagnose(asking teams: [TeamName]) async -> [DiagnosticLine] {
    await tokens?.beginRun()
    func line(
      _ check: String, _ outcome: DiagnosticLine.Outcome, _ message: String, _ remedy: String = ""
    ) -> DiagnosticLine {
      DiagnosticLine(
        source: name, check: check, outcome: outcome, message: message, remedy: remedy)
    }
    let response: HTTPResponse
    do throws(ConnectorError) {
      response = try await firstPage(of: teams.first)
    } catch {
      let check = error.code == .unauthorised ? "credentials" : "connection"
      return [line(check, .failure, error.message, error.code.remedy ?? remedy(for: error))]
    }
    var lines = [
      line("connection", .good, "\(plan.list.request.call) answers \(response.status)."),
      ServerClock.line(name, response, now: clock()),
    ]
    let more = "Run idsync doctor --sample \(name) to see the page."
    do throws(WireError) {
      let page = EndpointPage(list: plan.list)
      if try page.isFailure(plan.list.errorPath, response) {
        return lines + [line("reply", .failure, "There is something at error_path.", more)]
      }
      var withoutID = 0
      let count = try page.forEachItem(response) { item throws(WireError) in
        if plan.fields.row(RowDocuments(item: item), only: [.id]).text(.id) == nil {
          withoutID += 1
        }
      }
      lines.append(
        withoutID > 0
          ? line(
            "items", .failure,
            "\(withoutID) of \(Sentence.count(count, "item")) \(withoutID == 1 ? "has" : "have") no id.",
            more)
          : line(
            "items", count == 0 ? .warning : .good,
            "The first page has \(Sentence.count(count, "item")).",
            count == 0 ? more : ""))
      _ = try page.total(response)
    } catch {
      lines.append(line("items", .failure, "The page is not as configured: \(error).", more))
    }
    return lines
  }
}
