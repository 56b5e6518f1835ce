internal import IdentityCore
internal import Yams

/// Who a user of this machine is on local teams.
struct ActorConfiguration: Sendable, Hashable {
  /// Whom a user may act as.
  enum Others: Sendable, Hashable {
    case nobody
    case anybody
    case only([String])

    func contains(_ address: String) -> Bool {
      switch self {
      case .nobody: false
      case .anybody: true
      case .only(let addresses):
        addresses.contains { EmailKey.make($0) == EmailKey.make(address) }
      }
    }
  }

  /// The address by which teams know the person.
  var address: String
  /// A role on every local team, beside what the teams say.
  var role: TeamRole?
  /// Whom `--as` may name.
  var mayActAs: Others
}

/// Reads `actors`: users of the operating system, each with an address.
struct ActorSectionParser {
  func actors(_ section: YAMLSection?) -> [String: ActorConfiguration] {
    guard let section else { return [:] }
    var actors: [String: ActorConfiguration] = [:]
    for user in section.keys {
      guard let entry = section.section(user) else { continue }
      actors[user] = actor(entry)
    }
    return actors
  }

  private func actor(_ section: YAMLSection) -> ActorConfiguration? {
    if !section.keys.contains("address") { _ = section.require("address") }
    let address = section.value("address", "an e-mail address") { text in
      text.split(separator: "@").count == 2 ? text : nil
    }
    let role = section.choice("role", TeamRole.self)
    let others = mayActAs(section)
    section.finish()
    guard let address else { return nil }
    return ActorConfiguration(address: address, role: role, mayActAs: others)
  }

  private func mayActAs(_ section: YAMLSection) -> ActorConfiguration.Others {
    guard section.keys.contains("may_act_as") else { return .nobody }
    if let node = section.node("may_act_as"), case .scalar(let scalar) = node {
      if scalar.string == "anybody" { return .anybody }
      section.reject("may_act_as", "expected anybody, or a list of addresses")
      return .nobody
    }
    return .only(section.strings("may_act_as") ?? [])
  }
}
