internal import CurlTransport
internal import IdentityCore

extension EndpointRun {
  /// What the request about one person gave.
  private enum Answer: Sendable {
    case document(JSONValue)
    case unknownUser
    case failed(SourceIssue)
  }

  /// Asks about every kept account, a few at a time and no more than the cap allows.
  func askForDetails(_ apps: [AppID], _ edits: PolicyEdits, _ kept: inout Kept) async {
    guard let detail = plan.detail, !kept.waiting.isEmpty else { return }
    let asked = kept.waiting.prefix(detail.cap)
    let answers = await withTaskGroup(of: (Int, Answer).self) { group in
      var open = asked.indices.makeIterator()
      var answers: [Int: Answer] = [:]
      for _ in 0..<plan.maxConcurrent {
        guard let index = open.next() else { break }
        let values = asked[index].values
        group.addTask { (index, await self.answer(detail, values)) }
      }
      while let (index, answer) = await group.next() {
        answers[index] = answer
        guard let next = open.next() else { continue }
        let values = asked[next].values
        group.addTask { (next, await self.answer(detail, values)) }
      }
      return answers
    }
    for (index, waiting) in kept.waiting.enumerated() {
      take(answers[index], waiting, edits, &kept)
    }
    if kept.waiting.count > detail.cap {
      log.add(
        SourceIssue(
          code: ConnectorError.Code.tooLarge.rawValue, call: detail.request.call,
          message:
            "\(kept.waiting.count) people are to be asked for one by one, and detail.cap is \(detail.cap).",
          remedy: "Raise detail.cap of \(plan.name), or find a list that tells the same."))
    }
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
      let (enrolled, factors) = Self.enrolment(row)
      kept.accounts.setEnrolment(enrolled, factors, at: waiting.position)
      if plan.fields[.active]?.place == .detail {
        let (status, text) = Self.status(row)
        kept.accounts.setStatus(status, text, at: waiting.position)
        if row.flag(.active) == nil { tellOddStatus() }
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
      let request = try request(detail.request, values)
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
