public import IdentityCore
internal import Storage

/// Exemptions and identities of the configuration that meet nobody: a typing mistake, or somebody who left.
struct UnmetSettings {
  private let settings: TeamSettings
  private var keys: Set<String> = []
  private var ids: Set<String> = []
  private var exemptions: Set<Exemption> = []
  /// Exemptions by address of people who have it no more, with who has it now.
  private var handedOn: [Exemption: MemberRecord] = [:]
  private var roles: [String: String] = [:]
  /// What the run noted of exemptions of groups, at their providers.
  private var notes: [SourceIssue] = []

  /// What an issue is called that says why an exemption of a group exempts nobody.
  static let idleExemption = "exemption"

  private let now: Timestamp

  init(_ settings: TeamSettings, in store: Store, at now: Timestamp) throws {
    self.settings = settings
    self.now = now
    if settings.exemptions.contains(where: { $0.group != nil }) {
      let run = try store.runs(limit: 20).first { $0.outcome.isDone && !$0.sources.isEmpty }
      notes = run?.sources.flatMap(\.issues).filter { $0.code == Self.idleExemption } ?? []
    }
    try store.members(MemberQuery(team: settings.name)) { add($0.record) }
  }

  private mutating func add(_ record: MemberRecord) {
    keys.insert(record.key)
    if let id = record.platformUserID { ids.insert(EmailKey.make(id)) }
    if let exemption = record.exemption {
      exemptions.insert(exemption)
      if record.hasExemptionOfAnother(at: now) { handedOn[exemption] = record }
    }
    if !record.isPending {
      roles[record.role.rawValue] = roles[record.role.rawValue] ?? record.email
    }
  }

  /// One sentence each, with what to do.
  var advice: [(message: String, remedy: String)] {
    let unmet = settings.exemptions.filter { exemption in
      if handedOn[exemption] != nil { return true }
      return exemption.group == nil
        ? !meets(exemption.member) && !exemptions.contains(exemption)
        : !exemptions.contains(exemption)
    }
    return unmet.compactMap(advice) + settings.identities.filter { !meets($0.member) }.map(advice)
      + roles.sorted { $0.key < $1.key }.compactMap(misspelling)
  }

  /// A role that nobody knows and that differs from a known one by a slip: whether it is an administrator's decides severities.
  private func misspelling(_ role: String, _ email: String) -> (message: String, remedy: String)? {
    let known = ["admin", "owner", "member", "viewer", "collaborator"]
    guard !known.contains(role), let nearest = NearestName.find(role, in: known) else { return nil }
    return (
      "\(email) on \(settings.name) has the role \(WrongValue.quoted(role)), which counts as no administrator; did you mean \"\(nearest)\"?",
      "Mend the role at \(settings.roster), if it is misspelt there."
    )
  }

  private func meets(_ member: String) -> Bool {
    let key = EmailKey.make(member)
    return keys.contains(key) || ids.contains(key)
  }

  private func advice(_ exemption: Exemption) -> (message: String, remedy: String)? {
    guard exemption.group == nil else {
      // The run says why, at the provider.
      let start = "The exemption of \(exemption.subject) on \(settings.name) exempts nobody"
      return notes.first { $0.message.hasPrefix(start) }.map { ($0.message, $0.remedy) }
    }
    if let record = handedOn[exemption] {
      let id = record.platformUserID.map { " (\($0))" } ?? ""
      return (
        "The exemption of \(exemption.member) on \(settings.name) meets nobody: another person\(id) has the address now.",
        "Take it out; to exempt this person, give it a new reason or end, or name the id."
      )
    }
    return (
      "The exemption of \(exemption.member) on \(settings.name) meets nobody.",
      "Mend the address or id, or take the exemption out."
    )
  }

  private func advice(_ mapping: IdentityMapping) -> (message: String, remedy: String) {
    (
      "The identity of \(mapping.member) on \(settings.name) meets nobody.",
      "Mend the address or id, or take the mapping out."
    )
  }
}

extension SyncWorker {
  /// Exemptions and identities that meet nobody of the members as they stand; nothing before the first run.
  public func unmetSettings(team: TeamName? = nil) throws -> [ReportAdvice] {
    guard hasStore else { return [] }
    let store = try storeToRead()
    return try naming {
      try configuration.teams.filter { team == nil || $0.name == team }.flatMap { settings in
        guard try store.version(ofTeam: settings.name) > 0 else { return [ReportAdvice]() }
        return try UnmetSettings(settings, in: store, at: now).advice.map {
          ReportAdvice(team: settings.name, message: $0.message, remedy: $0.remedy)
        }
      }
    }
  }
}
