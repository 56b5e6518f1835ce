internal import Connectors
internal import IdentityCore
internal import Yams

/// Reads `teams`; every source named must be there and able to do what is asked of it.
struct TeamSectionParser {
  let sources: [SourceName: SourceConfiguration]
  /// The names of all sources, also of those that are wrong.
  let declared: [SourceName]

  func teams(_ section: YAMLSection?, _ root: YAMLSection) -> [TeamSettings] {
    guard let section else {
      _ = root.require("teams")
      return []
    }
    if section.keys.isEmpty { root.reject("teams", "name at least one team") }
    return section.keys.compactMap { name in
      section.section(name).flatMap { team(name, $0) }
    }
  }

  private func team(_ name: TeamName, _ section: YAMLSection) -> TeamSettings? {
    let roster = section.requiredString("roster")
    if let roster { check(roster, "roster", "cannot say who is on a team", \.isRoster, section) }
    let signIn = section.sections("sign_in").compactMap { target($0) }
    let exemptions = section.sections("exemptions").compactMap { exemption($0) }
    section.finish()
    guard let roster else { return nil }
    return TeamSettings(name: name, roster: roster, signIn: signIn, exemptions: exemptions)
  }

  private func target(_ section: YAMLSection) -> SignInTarget? {
    let provider = section.requiredString("provider")
    let app = section.requiredString("app")
    if let provider {
      check(provider, "provider", "cannot say how people sign in", \.isProvider, section)
    }
    section.finish()
    guard let provider, let app else { return nil }
    return SignInTarget(provider: provider, app: app)
  }

  private func check(
    _ name: SourceName, _ key: String, _ cannot: String,
    _ can: (SourceConfiguration) -> Bool, _ section: YAMLSection
  ) {
    if let source = sources[name] {
      if !can(source) {
        section.reject(key, "source \"\(name)\" (\(source.kind.word)) \(cannot)")
      }
      return
    }
    // A source that is there but wrong was told already.
    guard !declared.contains(name) else { return }
    let nearest = WrongValue.nearest(name, in: sources.keys.sorted())
    section.reject(
      key,
      "there is no source \(WrongValue.quoted(name))\(nearest.isEmpty ? " in sources" : nearest)")
  }

  private func exemption(_ section: YAMLSection) -> Exemption? {
    let member = section.requiredString("member")
    let reason = section.requiredString("reason")
    let approvedBy = section.requiredString("approved_by")
    if !section.keys.contains("until") { _ = section.require("until") }
    let until = section.value("until", "a date such as 2027-01-31", ScalarText.moment)
    section.finish()
    guard let member, let reason, let approvedBy, let until else { return nil }
    return Exemption(member: member, reason: reason, approvedBy: approvedBy, until: until)
  }
}
