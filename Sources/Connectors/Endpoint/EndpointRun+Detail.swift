internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension EndpointRun {
  /// What the request about one person gave.
  private enum Answer: Sendable {
    case document(JSONValue)
    case unknownUser
    case failed(SourceIssue)
  }

  /// Asks about some people one by one, a few at a time and no more than the cap allows.
  private func answers(
    _ detail: EndpointPlan.Detail, _ people: [[String: String]]
  ) async -> [Int: Answer] {
    let asked = people.prefix(detail.cap)
    return await withTaskGroup(of: (Int, Answer).self) { group in
      var open = asked.indices.makeIterator()
      var answers: [Int: Answer] = [:]
      for _ in 0..<plan.maxConcurrent {
        guard let index = open.next() else { break }
        let values = asked[index]
        group.addTask { (index, await self.answer(detail, values)) }
      }
      while let (index, answer) = await group.next() {
        answers[index] = answer
        guard let next = open.next() else { continue }
        let values = asked[next]
        group.addTask { (next, await self.answer(detail, values)) }
      }
      return answers
    }
  }

  /// What the replies about some people are, for a roster; whoever was not read is told, and stays unknown.
  func ask(
    _ people: [[String: String]]
  ) async -> (documents: [Int: JSONValue], issues: [SourceIssue]) {
    guard let detail = plan.detail else { return ([:], []) }
    var documents: [Int: JSONValue] = [:]
    var issues: [SourceIssue] = []
    for (place, answer) in await answers(detail, people) {
      switch answer {
      case .document(let document): documents[place] = document
      case .unknownUser: break
      case .failed(let issue): if !issues.contains(issue) { issues.append(issue) }
      }
    }
    if people.count > detail.cap { issues.append(tooMany(people.count, detail)) }
    // What may be right the next time keeps what was known.
    return (documents, issues.sorted { $0.message < $1.message })
  }

  private func tooMany(_ count: Int, _ detail: EndpointPlan.Detail) -> SourceIssue {
    SourceIssue(
      code: ConnectorError.Code.tooLarge.rawValue, call: detail.request.call,
      message:
        "\(count) people are to be asked for one by one, and detail.cap is \(detail.cap).",
      remedy: "Raise detail.cap of \(plan.name), or find a list that tells the same.")
  }

  /// Asks about every kept account.
  func askForDetails(_ apps: [AppID], _ edits: PolicyEdits, _ kept: inout Kept) async {
    guard let detail = plan.detail, !kept.waiting.isEmpty else { return }
    let answers = await answers(detail, kept.waiting.map(\.values))
    for (index, waiting) in kept.waiting.enumerated() {
      take(answers[index], waiting, edits, &kept)
    }
    if kept.waiting.count > detail.cap { log.add(tooMany(kept.waiting.count, detail)) }
    kept.waiting = []
  }

  private func take(
    _ answer: Answer?, _ waiting: Waiting, _ edits: PolicyEdits, _ kept: inout Kept
  ) {
    var documents = waiting.documents
    switch answer {
    case .document(let document)?:
      documents.detail = document
      let row = row(documents, edits)
      kept.use.note(row, documents, plan.fields)
      let (enrolled, factors) = Self.enrolment(row)
      kept.accounts.setEnrolment(enrolled, factors, at: waiting.position)
      if plan.fields[.active]?.place == .detail {
        let (status, text) = Self.status(row)
        kept.accounts.setStatus(status, text, at: waiting.position)
        if row.flag(.active) == nil {
          tellOddStatus()
          kept.silent.append(waiting.position)
        }
      }
      state(row, documents, waiting.apps, waiting.position, &kept)
    case .unknownUser?:
      let verdict = plan.verdicts?.unknownUser ?? .cannotTell
      let stated = StatedCase(
        verdict: verdict, statement: "the person is not found (404)",
        reason: verdict == .cannotTell ? "it does not know the person (404)" : "",
        remedy: "add the person there, or set mfa.unknown_user of \(plan.name)")
      for app in waiting.apps { kept.accounts.state(stated, at: waiting.position, app: app) }
    case .failed(let issue)?:
      log.add(issue)
      fail(issue.message, issue.remedy, waiting, &kept)
    case nil:
      fail(
        "the person was not asked for: detail.cap is reached", "raise detail.cap", waiting, &kept)
    }
  }

  private func fail(
    _ reason: String, _ remedy: String, _ waiting: Waiting, _ kept: inout Kept
  ) {
    let stated = StatedCase(
      verdict: .cannotTell, statement: "not read", reason: reason, remedy: remedy)
    for app in waiting.apps { kept.accounts.state(stated, at: waiting.position, app: app) }
  }

  private func answer(_ detail: EndpointPlan.Detail, _ values: [String: String]) async -> Answer {
    do throws(ConnectorError) {
      let client = connector.detailClient ?? client
      let request = try request(detail.request, values, at: detail.url)
      let response = try await client.send(request)
      do throws(WireError) {
        let page = EndpointPage(list: plan.list)
        if try page.isFailure(detail.errorPath, response) {
          throw WireError(.shape, detail: "an error where error_path says")
        }
        return .document(try JSONReader().value(try EndpointPage.text(response)))
      } catch {
        throw client.malformed(error, request)
      }
    } catch {
      return error.code == .notFound ? .unknownUser : .failed(issue(error))
    }
  }
}
