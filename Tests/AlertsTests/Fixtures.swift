import Foundation
import IdentityCore

enum Fixtures {
  static let at = Timestamp(milliseconds: 1_780_387_200_000)  // 2026-06-02T08:00:00Z

  static func finding(
    _ email: String, _ kind: FindingKind, _ severity: Severity? = nil,
    reason: String = "Rule 2 'Contractors' of policy 'Any two factors' asks for a password only.",
    witness: String? = nil, remedy: Remedy? = nil, isExempt: Bool = false,
    resolvedAfterDays days: Int64? = nil,
    team: String = "acme-widgets"
  ) -> Finding {
    Finding(
      id: "\(team)/\(email)/\(kind.rawValue)", team: team, email: email, kind: kind,
      severity: severity ?? kind.severity(isAdministrator: false), reason: reason, witness: witness,
      remedy: remedy, isExempt: isExempt, openedAt: at.adding(seconds: -86_400 * (days ?? 0)),
      resolvedAt: days.map { _ in at })
  }

  static func content(
    team: String = "acme-widgets", opened: [Finding] = [], resolved: [Finding] = [],
    openGaps: Int = 4, admins: [String] = ["ana.lima@acme.com", "root@acme.com"],
    incomplete: [String] = [], openedInRun: Int? = nil
  ) -> AlertContent {
    AlertContent(
      team: team, runID: "5e0c7a2e-8d5b-4a52-9a40-0f3a3f6f1f10", at: at, opened: opened,
      resolved: resolved, openedInRun: openedInRun ?? opened.count, resolvedInRun: resolved.count,
      openGaps: openGaps, members: 25, admins: admins, incompleteSources: incomplete)
  }

  static func message(
    _ id: String = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", channel: String = "mail", attempts: Int = 0,
    part: Int = 0, team: String = "acme-widgets"
  ) -> AlertMessage {
    AlertMessage(
      id: id, channel: channel, runID: "5e0c7a2e-8d5b-4a52-9a40-0f3a3f6f1f10", team: team,
      part: part, createdAt: at, attempts: attempts, nextAttemptAt: at)
  }

  /// Two people without MFA, one of them with two findings, one other finding, one resolved.
  static let typical = content(
    opened: [
      finding(
        "ben.ode@acme.com", .noMFA,
        reason: "Not federated, and the second factor of the Heroku login is off.",
        witness: "with e-mail and password at id.heroku.com"),
      finding(
        "ben.ode@acme.com", .outsideSSO,
        reason: "Not federated, and the second factor of the Heroku login is off.",
        witness: "with e-mail and password at id.heroku.com"),
      finding(
        "cleo.marsh@acme.com", .mfaConditional,
        witness: "from platform linux, outside zone HQ: rule 2 'Contractors' asks for a password"),
      finding(
        "dana@acme.com", .cannotTell,
        reason: "Okta refused the policies of the app (403). Grant `okta.policies.read`."),
    ],
    resolved: [finding("eve@acme.com", .mfaNotEnforced, resolvedAfterDays: 3)],
    incomplete: ["okta"])

  /// Names that want to be more than names.
  static let hostile: [String] = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a\r\nBcc: victim@example.com",
    "a\nSubject: other", "\u{202E}moc.live@nimda", "\u{1B}[31mred\u{1B}[0m", "=cmd|' /C calc'!A0",
    "\u{0}\u{7}\u{85}\u{2028}x", "=?utf-8?Q?=0D=0ABcc:_x@y.z?=", "Ü\u{2066}x\u{2069}é 漢字 👩‍🔬",
    String(repeating: "long ", count: 2_000), String(repeating: "x", count: 10_000),
    String(repeating: "e\u{301}\u{302}\u{303}", count: 3_000), "$(rm -rf ~)", "`id`; x' y",
    "--config=x",
    "\u{E0041}\u{E0042}tags", "{{{x}}}", "'\u{301}; id; '\u{301}", "\"\u{301},=1+1,\"\u{301}",
    "-\u{301}x", "<\u{338}b>",
  ]
}
