import IdentityCore

@testable import Reports

/// Members with every combination of doors, platform states, roles and exemptions, as a run could leave them.
enum RandomWorld {
  static let policyDoors: [Door] = [
    SampleReport.enforced, SampleReport.conditional, SampleReport.singleFactor,
    SampleReport.unknown, SampleReport.inactive, SampleReport.unassigned, SampleReport.absent,
  ]

  static let platformDoors: [Door] = [
    SampleReport.password,
    Door(
      provider: "heroku", app: nil, verdict: .notEnforced, code: .noSecondFactor,
      reason: "Signs in with a password.", witness: "with the password"),
    Door(
      provider: "heroku", app: nil, verdict: .enforced, code: .platformLogin,
      reason: "The platform asks for two factors."),
    Door(
      provider: "heroku", app: nil, verdict: .cannotTell, code: .notConfigured,
      reason: "No sign_in."),
    Door(
      provider: "heroku", app: nil, verdict: .notEvaluated, code: .pending, reason: "Invited."),
    Door(
      provider: "okta", app: nil, verdict: .cannotTell, code: .sourceIncomplete,
      reason: "Not read to its end."),
  ]

  static func members(_ count: Int, _ generator: inout SeededGenerator) -> [MemberStatus] {
    (0..<count).map { member($0, &generator) }
  }

  private static func member(_ number: Int, _ generator: inout SeededGenerator) -> MemberStatus {
    let all = policyDoors + platformDoors
    var doors = [all.randomElement(using: &generator) ?? SampleReport.enforced]
    while Int.random(in: 0..<4, using: &generator) == 0 {
      doors.append(all.randomElement(using: &generator) ?? SampleReport.enforced)
    }
    let mfas: [MemberRecord.PlatformMFA] = [.enabled, .disabled, .notApplicable, .unknown]
    let mfa = mfas.randomElement(using: &generator) ?? .unknown
    let isExempt = Int.random(in: 0..<8, using: &generator) == 0
    return SampleReport.member(
      "p\(number)@acme.com", nil, doors, findings(doors, mfa),
      role: Int.random(in: 0..<5, using: &generator) == 0 ? .admin : .member,
      team: "team-\(number % 3)", mfa: mfa,
      exemption: isExempt ? SampleReport.breakGlass : nil, isExempt: isExempt)
  }

  /// The findings as DESIGN §5 has them, written down a second time.
  private static func findings(_ doors: [Door], _ mfa: MemberRecord.PlatformMFA) -> [FindingKind] {
    var kinds: Set<FindingKind> = []
    let isClosed = doors.allSatisfy { $0.verdict == .notEvaluated }
    for door in doors {
      switch (door.verdict, door.code) {
      case (.notEnforced, .outsideSSO):
        kinds.insert(.outsideSSO)
        if mfa != .enabled { kinds.insert(.noMFA) }
      case (.notEnforced, .noSecondFactor): kinds.insert(.noMFA)
      case (.notEnforced, _): kinds.insert(.mfaNotEnforced)
      case (.enforcedConditionally, _): kinds.insert(.mfaConditional)
      case (.cannotTell, .notInIdP): kinds.insert(.notInIdP)
      case (.cannotTell, _): kinds.insert(.cannotTell)
      case (.notEvaluated, .deprovisioned) where isClosed: kinds.insert(.deprovisionedAtIdP)
      case (.notEvaluated, .notAssigned) where isClosed: kinds.insert(.notAssigned)
      default: break
      }
    }
    return FindingKind.allCases.filter(kinds.contains)
  }

  /// The headline's figures by the words of the issue, without the program's own types.
  static func figures(_ members: [MemberStatus]) -> [String: Int] {
    let names = [
      "members", "one-factor", "one-factor-always", "one-factor-sometimes", "outside-sso",
      "cannot-tell", "enforced", "not-evaluated", "exempt", "gaps",
    ]
    var figures = Dictionary(uniqueKeysWithValues: names.map { ($0, 0) })
    for record in members.map(\.record) {
      figures["members", default: 0] += 1
      let place = place(record)
      figures[place, default: 0] += 1
      if place.hasPrefix("one-factor-") { figures["one-factor", default: 0] += 1 }
      if !record.isExempt,
        ["not-enforced", "enforced-conditionally", "cannot-tell"].contains(record.verdict.rawValue)
      {
        figures["gaps", default: 0] += 1
      }
    }
    return figures
  }

  private static func place(_ record: MemberRecord) -> String {
    if record.isExempt { return "exempt" }
    switch record.verdict.rawValue {
    case "enforced-conditionally": return "one-factor-sometimes"
    case "not-enforced":
      let kinds = Set(record.findings.kinds.map(\.rawValue))
      guard kinds.contains("outside-sso"), record.platformMFA.rawValue == "enabled",
        kinds.isDisjoint(with: ["no-mfa", "mfa-not-enforced"])
      else { return "one-factor-always" }
      if kinds.contains("cannot-tell") || kinds.contains("not-in-idp") { return "cannot-tell" }
      return kinds.contains("mfa-conditional") ? "one-factor-sometimes" : "outside-sso"
    default: return record.verdict.rawValue
    }
  }
}
