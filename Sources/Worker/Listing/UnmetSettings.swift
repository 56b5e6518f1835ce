public import IdentityCore
internal import Storage

/// Exemptions and identities of the configuration that meet nobody: a typing mistake, or somebody who left.
struct UnmetSettings {
  private let settings: TeamSettings
  private var keys: Set<String> = []
  private var ids: Set<String> = []
  private var exemptions: Set<Exemption> = []

  init(_ settings: TeamSettings, in store: Store) throws {
    self.settings = settings
    guard !settings.exemptions.isEmpty || !settings.identities.isEmpty else { return }
    try store.members(MemberQuery(team: settings.name)) { add($0.record) }
  }

  private mutating func add(_ record: MemberRecord) {
    keys.insert(record.key)
    if let id = record.platformUserID { ids.insert(EmailKey.make(id)) }
    if let exemption = record.exemption { exemptions.insert(exemption) }
  }

  /// One sentence each, with what to do.
  var advice: [(message: String, remedy: String)] {
    let unmet = settings.exemptions.filter { exemption in
      exemption.group == nil
        ? !meets(exemption.member) && !exemptions.contains(exemption)
        : !exemptions.contains(exemption)
    }
    return unmet.map(advice) + settings.identities.filter { !meets($0.member) }.map(advice)
  }

  private func meets(_ member: String) -> Bool {
    let key = EmailKey.make(member)
    return keys.contains(key) || ids.contains(key)
  }

  private func advice(_ exemption: Exemption) -> (message: String, remedy: String) {
    guard let group = exemption.group else {
      return (
        "The exemption of \(exemption.member) on \(settings.name) meets nobody.",
        "Mend the address or id, or take the exemption out."
      )
    }
    return (
      "The exemption of \(exemption.subject) on \(settings.name) exempts nobody: the group has no members on the team, has more than \(group.atMost), or was not read.",
      "See who is in the group, mend its name or at_most, or take the exemption out."
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
    let store = try store()
    return try naming {
      try configuration.teams.filter { team == nil || $0.name == team }.flatMap { settings in
        guard try store.version(ofTeam: settings.name) > 0 else { return [ReportAdvice]() }
        return try UnmetSettings(settings, in: store).advice.map {
          ReportAdvice(team: settings.name, message: $0.message, remedy: $0.remedy)
        }
      }
    }
  }
}
