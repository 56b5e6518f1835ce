import IdentityCore

@testable import Reports

/// A listing of each kind, with fixed times and ids.
enum Listings {
  struct Named: Sendable, CustomStringConvertible {
    let name: String
    let listing: Listing
    var description: String { name }
  }

  static let all: [Named] = [
    Named(name: "findings", listing: .findings(SampleReport.standard.findings)),
    Named(name: "history", listing: .history(history)),
    Named(name: "runs", listing: .runs([SampleReport.run])),
    Named(name: "alerts", listing: .alerts(alerts)),
    Named(name: "explain-conditional", listing: .explanation(explanation(of: 2))),
    Named(name: "explain-two-doors", listing: .explanation(explanation(of: 3))),
    Named(name: "explain-exempt", listing: .explanation(explanation(of: 1))),
  ]

  private static func explanation(of index: Int) -> Explanation {
    let status = SampleReport.standard.members[index]
    return Explanation(
      status: status, findings: SampleReport.findings(of: [status]), run: SampleReport.run,
      generatedAt: SampleReport.generatedAt)
  }

  private static let history = [
    HistoryEntry(
      runID: SampleReport.run.id, knownAt: SampleReport.hours(1), trueAt: SampleReport.hours(3),
      kind: .changed, team: "acme-widgets", email: "carl.weiss@acme.com",
      fields: [
        FieldChange(name: "verdict", before: "enforced", after: "enforced-conditionally"),
        FieldChange(name: "name", before: "", after: "Carl Weiß"),
      ], opened: FindingSet(.mfaConditional), resolved: FindingSet(.notEnrolled)),
    HistoryEntry(
      runID: SampleReport.run.id, knownAt: SampleReport.hours(1), trueAt: SampleReport.hours(1),
      kind: .removed, team: "acme-widgets", email: "gone@acme.com", fields: [], opened: [],
      resolved: []),
  ]

  private static let alerts = [
    AlertMessage(
      id: "msg-1", channel: "security-mail", runID: SampleReport.run.id, team: "acme-widgets",
      part: 0, createdAt: SampleReport.hours(1), attempts: 1, nextAttemptAt: SampleReport.hours(1),
      deliveredAt: SampleReport.hours(1).adding(seconds: 2)),
    AlertMessage(
      id: "msg-2", channel: "webhook", runID: SampleReport.run.id, team: "acme-widgets", part: 0,
      createdAt: SampleReport.hours(1), attempts: 3, nextAttemptAt: SampleReport.hours(-1),
      lastError: "The receiver answered 503."),
  ]
}
