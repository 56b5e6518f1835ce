internal import Foundation
internal import IdentityCore

/// The body of a webhook, a public format: additions are allowed, changes of meaning get another type.
struct WebhookPayload: Encodable {
  private struct FindingItem: Encodable {
    let id: String
    let email: String
    let kind: FindingKind
    let severity: Severity
    let summary: String
    let reason: String
    let witness: String?
    let remedy: RemedyItem?
    let standing: Standing?
    let exempt: Bool
    let openedAt: Timestamp
    let resolvedAt: Timestamp?

    init(_ finding: Finding) {
      id = bounded(finding.id, 200)
      email = bounded(finding.email, 320)
      kind = finding.kind
      severity = finding.severity
      summary = finding.kind.summary
      reason = bounded(finding.reason, 1000)
      witness = finding.witness.map { bounded($0, 1000) }
      remedy = finding.remedy.map(RemedyItem.init)
      standing = finding.standing
      exempt = finding.isExempt
      openedAt = finding.openedAt
      resolvedAt = finding.resolvedAt
    }

    enum CodingKeys: String, CodingKey {
      case id, email, kind, severity, summary, reason, witness, remedy, standing, exempt
      case openedAt = "opened_at"
      case resolvedAt = "resolved_at"
    }

    // Written by hand so that what is missing is null, not left out.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(id, forKey: .id)
      try container.encode(email, forKey: .email)
      try container.encode(kind, forKey: .kind)
      try container.encode(severity, forKey: .severity)
      try container.encode(summary, forKey: .summary)
      try container.encode(reason, forKey: .reason)
      try container.encode(witness, forKey: .witness)
      try container.encode(remedy, forKey: .remedy)
      try container.encode(standing, forKey: .standing)
      try container.encode(exempt, forKey: .exempt)
      try container.encode(openedAt, forKey: .openedAt)
      try container.encode(resolvedAt, forKey: .resolvedAt)
    }
  }

  private struct RemedyItem: Encodable {
    let by: String
    let text: String
    let commands: [String]

    init(_ remedy: Remedy) {
      by = remedy.owner.rawValue
      text = bounded(remedy.text, 1000)
      commands = remedy.commands.map { bounded($0, 1000) }
    }
  }

  /// What is told of a source or of the run itself; no finding of anybody.
  private struct NoticeItem: Encodable {
    let kind: AlertNotice.Kind
    let subject: String
    let message: String
    let remedy: String

    init(_ notice: AlertNotice) {
      kind = notice.kind
      subject = bounded(notice.subject, 200)
      message = bounded(notice.message, 1000)
      remedy = bounded(notice.remedy, 1000)
    }
  }

  private struct Counts: Encodable {
    let opened: Int
    let resolved: Int
    let openedInRun: Int
    let resolvedInRun: Int
    let openGaps: Int
    let members: Int

    enum CodingKeys: String, CodingKey {
      case opened, resolved, members
      case openedInRun = "opened_in_run"
      case resolvedInRun = "resolved_in_run"
      case openGaps = "open_gaps"
    }
  }

  private struct Findings: Encodable {
    let run: String
    let team: String
    let part: Int
    /// That of the worst finding that opened; `medium` for trouble with the run itself; `resolved`.
    let severity: String
    let counts: Counts
    /// The figures of the headline under their public names; null where nobody counted.
    let headcount: [String: Int]?
    let headline: String?
    let opened: [FindingItem]
    let resolved: [FindingItem]
    let notices: [NoticeItem]
    let incompleteSources: [String]

    enum CodingKeys: String, CodingKey {
      case run, team, part, severity, counts, headcount, headline, opened, resolved, notices
      case incompleteSources = "incomplete_sources"
    }
  }

  private struct Test: Encodable {
    let channel: String
    let message: String
  }

  private let type: String
  private let timestamp: Timestamp
  private let findings: Findings?
  private let test: Test?

  /// The body that tells an alert; `timestamp` is when the run was committed, the same at every try.
  static func alert(_ message: AlertMessage, _ content: AlertContent) throws -> [UInt8] {
    let counts = Counts(
      opened: content.opened.count, resolved: content.resolved.count,
      openedInRun: content.openedInRun, resolvedInRun: content.resolvedInRun,
      openGaps: content.openGaps, members: content.members)
    let findings = Findings(
      run: bounded(content.runID, 200), team: bounded(content.team, 320), part: message.part,
      severity: content.severityWord, counts: counts,
      headcount: content.headcount.map { headcount in
        Dictionary(headcount.figures.map { ($0.name, $0.count) }, uniquingKeysWith: { $1 })
      }, headline: content.headcount?.sentence, opened: content.opened.map(FindingItem.init),
      resolved: content.resolved.map(FindingItem.init),
      notices: content.notices.map(NoticeItem.init),
      incompleteSources: content.incompleteSources.map { bounded($0, 200) })
    return try encode(
      WebhookPayload(type: "idsync.findings", timestamp: content.at, findings: findings, test: nil))
  }

  /// The body that says it is a test.
  static func test(channel: String, at moment: Timestamp) throws -> [UInt8] {
    let test = Test(channel: bounded(channel, 200), message: "This is a test of the channel.")
    return try encode(
      WebhookPayload(type: "idsync.test", timestamp: moment, findings: nil, test: test))
  }

  enum CodingKeys: String, CodingKey { case type, timestamp, data }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(type, forKey: .type)
    try container.encode(timestamp, forKey: .timestamp)
    if let findings { try container.encode(findings, forKey: .data) }
    if let test { try container.encode(test, forKey: .data) }
  }

  private static func encode(_ payload: WebhookPayload) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return escapingInvisible(try encoder.encode(payload))
  }

  /// Writes characters that do not show themselves as `\uXXXX`: the same JSON, harmless to look at.
  private static func escapingInvisible(_ json: Data) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(json.count)
    for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
      if InertText.isVisible(scalar) {
        result += UTF8.encode(scalar).map(Array.init) ?? []
      } else {
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          result += Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
        }
      }
    }
    return result
  }
}

/// A text with at most so many scalars, an ellipsis in place of the rest.
private func bounded(_ text: String, _ limit: Int) -> String {
  guard text.utf8.count > limit, text.unicodeScalars.count > limit else { return text }
  return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))) + "…"
}
