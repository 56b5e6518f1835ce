import IdentityCore
import MockIdP

/// One sequence of runs without a fault, the same with it, and what the laws say of both.
struct LawCase {
  let world: LawWorld
  let fault: LawFault
  /// What each run came to without the fault.
  let plain: [RunView]
  /// The same from the run on that met the fault.
  let faulted: [RunView]

  /// When each run was.
  let times: [Timestamp]

  /// A law that does not hold.
  struct Breach: Sendable, CustomStringConvertible {
    var law: String
    var step: Int
    var member: String
    var detail: String

    var description: String { "\(law) · run \(step + 1) · \(member)\n\(detail)" }
  }

  /// Everything that does not hold.
  func breaches() -> [Breach] {
    var found: [Breach] = []
    for step in fault.step..<plain.count {
      found += check(step)
    }
    return found
  }

  private func check(_ step: Int) -> [Breach] {
    let with = faulted[step - fault.step]
    let without = plain[step]
    let before =
      step == fault.step ? (step > 0 ? plain[step - 1] : nil) : faulted[step - fault.step - 1]
    var found: [Breach] = []
    func breach(_ law: String, _ key: String) {
      found.append(
        Breach(
          law: law, step: step, member: key,
          detail: """
              before:  \(before?.members[key]?.description ?? "nobody")
              without: \(without.members[key]?.description ?? "nobody")
              with:    \(with.members[key]?.description ?? "nobody")
            """))
    }
    for key in Set(with.members.keys).union(without.members.keys).sorted() {
      let old = before?.members[key]
      let plain = without.members[key]
      guard let new = with.members[key] else {
        if old != nil, plain != nil { breach("removes nobody", key) }
        continue
      }
      for law in laws(new, old, plain, step) { breach(law, key) }
    }
    let gaps = with.members.values.filter { isAsked($0.team, step) && Order.isGap($0) }.count
    if gaps != with.gaps, !with.isHeld {
      found.append(
        Breach(
          law: "counts gaps as listed", step: step, member: "all",
          detail: "  listed \(gaps), counted \(with.gaps)"))
    }
    return found
  }

  private func isAsked(_ team: String, _ step: Int) -> Bool {
    let teams = world.steps[step].teams
    return teams.isEmpty || teams.contains(team)
  }

  private func laws(_ new: MemberView, _ old: MemberView?, _ plain: MemberView?, _ step: Int)
    -> [String]
  {
    var broken: [String] = []
    let isActive = fault.isActive(at: step)
    // Without the fault this person would have gone; nothing is to be compared with.
    guard let plain else { return [] }
    if new.since > new.observedAt, new.since > plain.since {
      broken.append("since not after the evidence")
    }
    if !isAsked(new.team, step) {
      if let old, new.observedAt > old.observedAt { broken.append("another team is no fresher") }
      return broken
    }
    guard isActive else {
      // What is readable again is said again.
      let isGood = !world.troubles.contains { $0.isActive(at: step) }
      if isGood, new.verdict != plain.verdict || new.findings != plain.findings {
        broken.append("recovers")
      }
      return broken
    }
    if !allowed(old, plain).contains(new.verdict) { broken.append("no better than both") }
    if let old, !isOld(old.observedAt, step) {
      if old.verdict == .notEnforced, new.verdict != .notEnforced, plain.verdict == .notEnforced {
        broken.append("not-enforced stays")
      }
      for kind in Self.lasting where old.findings.contains(kind) && plain.findings.contains(kind) {
        if !new.findings.contains(kind) { broken.append("ends no finding (\(kind.rawValue))") }
      }
    }
    if let old, old.verdict == new.verdict, plain.since == old.since, new.since != old.since {
      broken.append("since stays with the verdict")
    }
    if new.observedAt > plain.observedAt { broken.append("no younger than without") }
    let isBetter = Order.rank(new.verdict) > Order.rank(plain.verdict)
    if isBetter, new.verdict != .cannotTell {
      if new.observedAt >= times[step] { broken.append("what is kept is no younger") }
      if isOld(new.observedAt, step) { broken.append("what is kept ages") }
    }
    if fault.isDead { broken += dead(new, old, plain, step) }
    return broken
  }

  /// Laws about a source that gave nothing.
  private func dead(_ new: MemberView, _ old: MemberView?, _ plain: MemberView, _ step: Int)
    -> [String]
  {
    let source = fault.source(in: world)
    let isRoster = source == "roster"
    guard let old, isRoster || (old.rests(on: source) && plain.rests(on: source)),
      isRoster || !old.isPending
    else { return [] }
    // One way in that was read proves that one factor is enough, whatever the others are.
    let isProvenElsewhere =
      !isRoster && new.verdict == .notEnforced
      && new.doors.contains { $0.value == .notEnforced && !$0.key.hasPrefix(source + "/") }
    guard !isProvenElsewhere else { return [] }
    var broken: [String] = []
    // The last run that read it, for this team.
    let last = (0..<fault.step).last { isAsked(new.team, $0) }
    guard let last else { return [] }
    if new.observedAt > times[last] { broken.append("an unread door is no younger") }
    // What another door brought, a reading of that one may end.
    let ended = old.findings.subtracting(new.findings).subtracting(Self.passing)
      .filter { kind in
        plain.findings.contains(kind)
          || !old.doors.contains {
            !$0.key.hasPrefix(source + "/") && $0.value != .enforced
              && new.doors[$0.key] != $0.value
          }
      }
    if !ended.isEmpty, !isOld(times[last], step) {
      broken.append("a dead source ends no finding (\(ended.map(\.rawValue).sorted()))")
    }
    if isOld(times[last], step), !new.isPending {
      if new.verdict != .cannotTell && new.verdict != .notEnforced {
        broken.append("past stale_after nobody can tell")
      }
      if !new.findings.contains(.stale) { broken.append("past stale_after the finding is stale") }
    }
    return broken
  }

  private func isOld(_ moment: Timestamp, _ step: Int) -> Bool {
    moment.adding(seconds: 72 * 3600) < times[step]
  }

  /// Findings that a look at the person would have to end.
  private static let lasting: [FindingKind] = [
    .mfaNotEnforced, .noMFA, .outsideSSO, .mfaConditional, .deprovisionedAtIdP, .notInIdP,
    .notAssigned, .ambiguousIdentity,
  ]

  /// Findings that say only what is not known, or come of the roster and the calendar.
  private static let passing: Set<FindingKind> = [
    .cannotTell, .stale, .lastAdmin, .exemptionExpired, .exemptionExpiring,
  ]

  /// What may come out: each door as it was or as it is, or nobody can tell.
  private func allowed(_ old: MemberView?, _ plain: MemberView) -> Set<Verdict> {
    var result: Set<Verdict> = [.cannotTell, plain.verdict]
    if let old {
      result.insert(old.verdict)
    } else if plain.verdict == .enforced {
      // Of somebody new nothing was known: what an unknown may open is worse than without the fault, and is said.
      result.insert(.enforcedConditionally)
    }
    let keys = Set(plain.doors.keys).union(old?.doors.keys ?? [:].keys)
    var combinations: [[Verdict]] = [[]]
    for key in keys {
      var choices: [Verdict?] = [.cannotTell, plain.doors[key]]
      if let old { choices.append(old.doors[key]) }
      combinations = combinations.flatMap { combination in
        Set(choices).map { choice in choice.map { combination + [$0] } ?? combination }
      }
    }
    for combination in combinations where !combination.isEmpty {
      result.insert(Order.weakest(combination))
    }
    return result
  }
}
