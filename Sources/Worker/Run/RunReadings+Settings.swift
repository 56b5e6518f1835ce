internal import Foundation
internal import IdentityCore
internal import Storage
internal import Yams

extension RunReadings {
  /// Takes a list of a local team that names nobody for not read where the team had people: it ends nothing.
  mutating func refuseLostTeams(_ settings: [TeamSettings], local: Set<SourceName>, in store: Store)
    throws
  {
    for team in settings where local.contains(team.roster) {
      guard let reading = teams[team.name], reading.isComplete,
        !(0..<reading.roster.count).contains(where: { reading.roster[$0].kind == .member })
      else { continue }
      var hadMembers = false
      try store.members(MemberQuery(team: team.name)) {
        if $0.record.role != .collaborator { hadMembers = true }
      }
      guard hadMembers else { continue }
      let issue = SourceIssue(
        code: "empty", call: "store",
        message: "The store names nobody on team \(team.name), which had people.",
        remedy: "Check the store with idsync doctor, or put it back from a copy.")
      teams[team.name]?.issues.append(issue)
      for index in sources.indices where sources[index].name == team.roster {
        sources[index].issues.append(issue)
      }
    }
  }

  /// Puts file and line before what is wrong with an operator's own mapping.
  mutating func locateMistakes(in file: String) {
    guard sources.contains(where: { $0.issues.contains { $0.message.contains(" of source ") } })
    else { return }
    let places = MappingPlaces(file)
    for index in sources.indices { places.locate(&sources[index].issues) }
    for name in Array(teams.keys) {
      guard var reading = teams[name] else { continue }
      places.locate(&reading.issues)
      teams[name] = reading
    }
    for name in Array(providers.keys) {
      guard var reading = providers[name] else { continue }
      places.locate(&reading.source.issues)
      providers[name] = reading
    }
  }

  /// Notes at the provider which exemptions of groups exempt nobody, each with its one cause.
  mutating func noteIdleExemptions(_ settings: [TeamSettings], now: Timestamp) {
    for team in settings where team.exemptions.contains(where: { $0.group != nil }) {
      guard let reading = teams[team.name], reading.isComplete else { continue }
      let adjudicator = Adjudicator(
        settings: team, reading: reading, providers: providers, now: now)
      for exemption in team.exemptions {
        guard let group = exemption.group else { continue }
        guard let cause = cause(group, adjudicator.members(of: group)) else { continue }
        let issue = SourceIssue(
          code: UnmetSettings.idleExemption, call: "",
          message:
            "The exemption of \(exemption.subject) on \(team.name) exempts nobody: \(cause.0).",
          remedy: cause.1, affects: .details)
        for index in sources.indices where sources[index].name == group.provider {
          sources[index].issues.append(issue)
        }
        providers[group.provider]?.source.issues.append(issue)
      }
    }
  }

  private func cause(_ group: ExemptGroup, _ members: Int?) -> (String, String)? {
    guard let provider = providers[group.provider], provider.source.carriesVerdicts else {
      return ("\(group.provider) was not read", "Mend the source \(group.provider).")
    }
    guard let members, provider.groups[group.name] != nil else {
      let isMissing = provider.source.issues.contains {
        $0.code == "not-found" && $0.message.contains(group.name)
      }
      return isMissing
        ? (
          "\(group.provider) has no group of that name",
          "Mend the name in the configuration, or name the group by its id."
        )
        : (
          "\(group.provider) did not say who is in that group",
          "See what idsync runs says of \(group.provider); name the group by its id."
        )
    }
    if members == 0 {
      return ("nobody on the team is in that group", "Mend its name, or take the exemption out.")
    }
    guard members > group.atMost else { return nil }
    return (
      "\(members) people on the team are in it, and at_most allows \(group.atMost)",
      "See who is in the group; take them out, or raise at_most if all of them are meant."
    )
  }
}

/// Where the keys of a source stand in the configuration.
private struct MappingPlaces {
  private let name: String
  private let root: Node?

  init(_ file: String) {
    name = URL(fileURLWithPath: file).lastPathComponent
    root = FileManager.default.contents(atPath: file).flatMap {
      try? Yams.compose(yaml: String(decoding: $0, as: UTF8.self))
    }
  }

  func locate(_ issues: inout [SourceIssue]) {
    for index in issues.indices {
      if let place = place(of: issues[index].message) {
        issues[index].message = "\(place): \(issues[index].message)"
      }
    }
  }

  /// `fields.active of source hr: …` and `items of source hr does not …` name a key of the configuration.
  private func place(of message: String) -> String? {
    guard let range = message.range(of: " of source ") else { return nil }
    let key = message[..<range.lowerBound].split(separator: ",").first ?? ""
    guard !key.isEmpty, !key.contains(" ") else { return nil }
    let rest = message[range.upperBound...]
    let source = String(rest.prefix { $0 != ":" && $0 != " " })
    var node = root?["sources"]?[source]
    for part in key.split(separator: ".") { node = node?[String(part)] }
    return node?.mark.map { "\(name):\($0.line):\($0.column)" }
  }
}
