internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension EndpointConnector {
  /// Reads the first page and maps its rows.
  func sample(limit: Int, team: TeamName?) async -> SourceSample {
    await tokens?.beginRun()
    var sample = SourceSample(source: name, call: plan.list.request.call)
    do throws(ConnectorError) {
      let response = try await firstPage(of: team)
      do throws(WireError) {
        try describe(response, limit, &sample)
      } catch {
        sample.notes.append("The page is not as configured: \(error).")
      }
    } catch {
      sample.notes.append("\(error.message) \(error.code.remedy ?? remedy(for: error))")
    }
    return sample
  }

  /// Asks for the first page of the list, with the parameters that a run would send.
  ///
  /// - Parameter team: for a list by team; nil leaves the source to say what it does for a team that nobody configured.
  func firstPage(of team: TeamName?) async throws(ConnectorError) -> HTTPResponse {
    if team == nil, plan.list.request.names.contains("team") {
      throw ConnectorError(
        .configuration, source: name, call: plan.list.request.call,
        message:
          "\(plan.list.request.call) of \(name) names a team, and no team of the configuration has \(name) as its roster."
      )
    }
    let run = EndpointRun(self, .none)
    let values = team.map { ["team": $0] } ?? [:]
    return try await client.send(
      plan.list.paging.firstPage(try run.request(plan.list.request, values)))
  }

  private func describe(
    _ response: HTTPResponse, _ limit: Int, _ sample: inout SourceSample
  ) throws(WireError) {
    let page = EndpointPage(list: plan.list)
    if try page.isFailure(response) {
      sample.notes.append("The reply is a failure: there is an error in it.")
    }
    sample.declared = try page.total(response)
    var rows: [SourceSample.Row] = []
    sample.received = try page.forEachItem(response) { item throws(WireError) in
      if rows.count < limit { rows.append(row(item)) }
    }
    sample.rows = rows
    sample.next = try next(response, page)
    if sample.received == 0 { sample.notes.append("The page has no items at items.") }
    if let more = try page.more(response, received: sample.received) {
      sample.notes.append(
        "The reply says that there is more (\(more)), and no paging is configured: a run would be incomplete."
      )
    }
  }

  private func row(_ item: JSONValue) -> SourceSample.Row {
    let documents = RowDocuments(item: item)
    let mapped = plan.fields.row(documents)
    var row = SourceSample.Row(raw: item.withoutSecrets.text, fields: [], notes: mapped.notes)
    for (name, field) in plan.fields.fields {
      let value = mapped.values[name]
      row.fields.append(.init(name: name.rawValue, value: value?.withoutSecrets.text))
      if field.place != .item {
        row.notes.append(
          "\(name.rawValue): stands in \(field.place.rawValue), which a sample does not read")
      }
    }
    if mapped.text(.id) == nil { row.notes.append("id: it is missing, and every row needs one") }
    guard let verdicts = plan.verdicts else { return row }
    if plan.join != nil || plan.detail != nil {
      row.fields.append(.init(name: "verdict", value: "(join and detail are not read in a sample)"))
      return row
    }
    switch verdicts.statement(mapped, documents) {
    case .notEvaluated:
      row.fields.append(.init(name: "verdict", value: Verdict.notEvaluated.rawValue))
    case .stated(let stated):
      row.fields.append(
        .init(name: "verdict", value: "\(stated.verdict.rawValue) (\(stated.statement))"))
      if stated.verdict == .cannotTell { row.notes.append("verdict: \(stated.reason)") }
    }
    return row
  }

  private func next(
    _ response: HTTPResponse, _ page: EndpointPage
  ) throws(WireError) -> String {
    let paging = plan.list.paging
    switch paging.style {
    case .none: return "no paging is configured"
    case .link:
      return response.headers["Link"] != nil ? "a Link header came" : "no Link header came"
    case .page, .offset: return "counted by \(paging.parameter)"
    case .keyset: return "by the last \(paging.parameter)"
    case .nextURL, .cursor, .tokenInBody:
      if let header = paging.nextHeader {
        return response.headers[header] != nil ? "\(header) came" : "no \(header) came"
      }
      guard let query = paging.next else { return "" }
      return try page.value(query, response) == nil
        ? "nothing stands where the next page is named" : "a next page is named"
    }
  }
}
