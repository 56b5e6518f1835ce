internal import Foundation
internal import IdentityCore
internal import Reports
internal import Yams

/// Reads a configuration file; finds everything that is wrong with it in one go.
struct ConfigurationParser {
  let file: String
  /// Against which relative paths are resolved: where the file lies.
  let directory: String
  let problems: ProblemList

  /// The largest file read.
  static let maximumBytes = 1 << 20

  init(file: String, directory: String) {
    self.file = file
    self.directory = directory
    problems = ProblemList(file: file, directory: directory)
  }

  /// Parses the text of a file.
  func parse(_ text: String) throws(ConfigurationError) -> Configuration {
    guard let root = rootSection(text) else { throw ConfigurationError(problems.problems) }
    let configuration = read(root)
    guard problems.problems.isEmpty, let configuration else {
      throw ConfigurationError(problems.problems)
    }
    return configuration
  }

  private func rootSection(_ text: String) -> YAMLSection? {
    guard text.utf8.count <= Self.maximumBytes else {
      problems.add("the file is larger than 1 MiB", at: "", nil)
      return nil
    }
    do {
      guard let node = try Yams.compose(yaml: text) else {
        problems.add("the file is empty; idsync init writes a starter", at: "", nil)
        return nil
      }
      return YAMLSection(node, path: "", problems)
    } catch let error as YamlError {
      problems.add(Self.message(error), at: "", Self.mark(error))
    } catch {
      problems.add("the file cannot be read as YAML", at: "", nil)
    }
    return nil
  }

  private func read(_ root: YAMLSection) -> Configuration? {
    let store = root.requiredString("store").flatMap { storePath($0, root) }
    let (sourceSection, teamSection) = (root.section("sources"), root.section("teams"))
    let sources = SourceSectionParser(implied: root.rosters).sources(sourceSection, root)
    let teams = TeamSectionParser(sources: sources, declared: sourceSection?.keys ?? [])
      .teams(teamSection, root)
    let policy = policy(root.section("policy"))
    let alerts = AlertSectionParser(directory: directory).alerts(root.section("alerts"))
    let reports = reports(root, teamSection?.keys ?? [])
    let transport = transport(root.section("transport"))
    let actors = ActorSectionParser().actors(root.section("actors"))
    let schedule = root.value("schedule", "five cron fields such as \"*/15 * * * *\"") {
      ScalarText.schedule($0)
    }
    root.finish()
    guard let store else { return nil }
    return Configuration(
      file: file, storePath: store, sources: sources, teams: teams, policy: policy, alerts: alerts,
      reports: reports, schedule: schedule, transport: transport, actors: actors)
  }

  private func storePath(_ text: String, _ root: YAMLSection) -> String? {
    guard text.hasPrefix("sqlite:"), text.count > 7 else {
      root.reject("store", text.contains("@") ? "store as sqlite:PATH" : "expected sqlite:PATH")
      return nil
    }
    return absolute(String(text.dropFirst(7)))
  }

  private func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : directory + "/" + path
  }

  private func policy(_ section: YAMLSection?) -> Configuration.Policy {
    var policy = Configuration.Policy()
    guard let section else { return policy }
    if let value = section.value("stale_after", "a duration such as 72h", ScalarText.seconds) {
      policy.staleAfter = value
    }
    if let value = section.value("deadline", ScalarText.spanText, ScalarText.span) {
      policy.deadline = value
    }
    if let guarded = section.section("guard") {
      if let value = guarded.value("max_changed", "a share such as 20%", ScalarText.share) {
        policy.changeGuard.maximumChanged = value
      }
      if let value = guarded.value("at_least", "a whole number from 1", ScalarText.positive) {
        policy.changeGuard.atLeast = value
      }
      guarded.finish()
    }
    section.finish()
    return policy
  }

  private func reports(_ root: YAMLSection, _ teams: [TeamName]) -> [ReportConfiguration] {
    root.sections("reports").compactMap { section in
      if section.keys.contains("format") == false { _ = section.require("format") }
      let format = section.choice("format", ReportFormat.self)
      let output = section.requiredString("output").map(absolute)
      let team = section.string("team")
      if let team, !teams.contains(team) {
        section.reject(
          "team",
          "there is no team \(WrongValue.quoted(team))\(WrongValue.nearest(team, in: teams))")
      }
      section.finish()
      guard let format, let output else { return nil }
      return ReportConfiguration(format: format, output: output, team: team)
    }
  }

  private func transport(_ section: YAMLSection?) -> Configuration.Transport {
    var transport = Configuration.Transport()
    guard let section else { return transport }
    transport.proxy = section.value(
      "proxy", "an http or https URL without credentials", show: WrongValue.showURL, ScalarText.url)
    transport.caFile = section.string("ca_file").map(absolute)
    section.finish()
    return transport
  }

  private static func message(_ error: YamlError) -> String {
    switch error {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _),
      .composer(_, let problem, _, _):
      "not valid YAML: \(problem)"
    case .duplicatedKeysInMapping(let keys, _):
      "these keys are there twice: \(keys.joined(separator: ", "))"
    default: "not valid YAML"
    }
  }

  private static func mark(_ error: YamlError) -> Mark? {
    switch error {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
      mark
    case .duplicatedKeysInMapping(_, let context): context.mark
    default: nil
    }
  }
}
