internal import ConnectorKit
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
    let providers = signIn.map(\.provider)
    let exemptions = section.sections("exemptions").compactMap { exemption($0, providers) }
    let identities = section.sections("identities").compactMap { identity($0, providers) }
    section.finish()
    guard let roster else { return nil }
    return TeamSettings(
      name: name, roster: roster, signIn: signIn, exemptions: exemptions, identities: identities,
      places: sources.filter { ([roster] + providers).contains($0.key) }.mapValues(\.place))
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

  private func exemption(_ section: YAMLSection, _ providers: [SourceName]) -> Exemption? {
    let subject = subject(section, providers)
    let reason = section.requiredString("reason")
    let approvedBy = section.requiredString("approved_by")
    if !section.keys.contains("until") { _ = section.require("until") }
    let until = section.value("until", "a date such as 2027-01-31", ScalarText.moment)
    section.finish()
    guard let subject, let reason, let approvedBy, let until else { return nil }
    return switch subject {
    case .member(let member):
      Exemption(member: member, reason: reason, approvedBy: approvedBy, until: until)
    case .group(let group):
      Exemption(group: group, reason: reason, approvedBy: approvedBy, until: until)
    }
  }

  private enum Subject {
    case member(String)
    case group(ExemptGroup)
  }

  /// Whom an exemption is for: one member, or the few members of a group at a provider of the team.
  private func subject(_ section: YAMLSection, _ providers: [SourceName]) -> Subject? {
    guard section.keys.contains("group") else {
      return section.requiredString("member").map { .member($0) }
    }
    if section.keys.contains("member") {
      section.reject("group", "an exemption names a member or a group, not both")
      _ = section.string("member")
    }
    let name = section.requiredString("group")
    let provider = provider(section, providers)
    if let provider, let source = sources[provider], !source.kind.readsGroups {
      section.reject(
        "group",
        "source \"\(provider)\" (\(source.kind.word)) cannot say who is in a group; name the members one by one"
      )
    }
    if !section.keys.contains("at_most") { _ = section.require("at_most") }
    let atMost = section.value("at_most", "how many members the group may have, such as 2") {
      Int($0).flatMap { $0 > 0 ? $0 : nil }
    }
    guard let name, let provider, let atMost else { return nil }
    return .group(ExemptGroup(provider: provider, name: name, atMost: atMost))
  }

  /// A provider of the team; the only one need not be named.
  private func provider(_ section: YAMLSection, _ providers: [SourceName]) -> SourceName? {
    let known = Set(providers)
    if !section.keys.contains("provider"), known.count == 1 { return providers[0] }
    guard let name = section.requiredString("provider") else { return nil }
    guard known.contains(name) else {
      section.reject(
        "provider",
        "the team does not sign in through \(WrongValue.quoted(name))\(WrongValue.nearest(name, in: known.sorted()))"
      )
      return nil
    }
    return name
  }

  private func identity(
    _ section: YAMLSection, _ providers: [SourceName]
  ) -> IdentityMapping? {
    let member = section.requiredString("member")
    let reason = section.requiredString("reason")
    let account = section.string("account")
    let addresses = section.strings("addresses") ?? []
    let provider = account == nil ? nil : self.provider(section, providers)
    if account == nil, section.keys.contains("provider") {
      _ = section.require("account")
      _ = section.string("provider")
    } else if account == nil, addresses.isEmpty {
      section.reject(
        "member", "say which account at a provider, or which addresses, are the member's")
    }
    section.finish()
    guard let member, let reason, account != nil || !addresses.isEmpty,
      account == nil || provider != nil
    else { return nil }
    return IdentityMapping(
      member: member, provider: provider, account: account, addresses: addresses, reason: reason)
  }
}
