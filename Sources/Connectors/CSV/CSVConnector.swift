internal import ConnectorKit
internal import IdentityCore
internal import Logging

/// Reads the people of teams from a file of comma-separated values.
///
/// The file is read once from its beginning to its end, and only rows of the teams asked for are kept.
final class CSVConnector: RosterConnector, Diagnosable {
  /// The name in the configuration.
  let name: SourceName
  /// The kind of source.
  let kind = "csv"
  let file: CSVFile
  private let clock: @Sendable () -> Timestamp
  private let logger: Logger

  /// Makes a connector; nothing is read yet.
  ///
  /// - Parameter path: the file, absolute.
  init(
    name: SourceName, path: String, clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.name = name
    file = CSVFile(path: path)
    self.clock = clock
    self.logger = logger
  }

  /// The call as issues name it.
  var call: String { "read \(file.name)" }

  /// Reads the people of some teams.
  func readRoster(of teams: [TeamName], progress: Progress) async -> RosterReading {
    let startedAt = clock()
    var rosters = CSVRosters(teams, file: file.name, call: call)
    var bytes = 0
    do throws(CSVFile.Unreadable) {
      var rows = 0
      let name = name
      let end = try file.read { event in
        rosters.take(event)
        rows += 1
        if rows.isMultiple(of: 10_000) { progress(name, "people", done: rows) }
        return !Task.isCancelled
      }
      bytes = end.bytes
      if let fault = end.fault { rosters.breakOff(fault) }
      if Task.isCancelled { rosters.fail("cancelled", "Reading was cancelled.", "Run again.") }
    } catch {
      rosters.fail("unreachable", "\(error.reason).", error.remedy)
    }
    let readings = rosters.finished()
    let issues = readings.flatMap(\.issues).reduce(into: rosters.asides) { all, issue in
      if !all.contains(issue) { all.append(issue) }
    }
    for issue in issues { logger.debug("\(issue.message)") }
    let kept = readings.reduce(0) { $0 + $1.roster.count }
    return RosterReading(
      source: SourceReading(
        name: name, kind: kind, fetched: kept, bytes: bytes, startedAt: startedAt,
        observedAt: clock(), issues: issues), teams: readings)
  }

  /// Reads the whole file and tells what is wrong with it.
  func diagnose() async -> [DiagnosticLine] {
    func line(
      _ check: String, _ outcome: DiagnosticLine.Outcome, _ message: String, _ remedy: String = ""
    ) -> DiagnosticLine {
      DiagnosticLine(
        source: name, check: check, outcome: outcome, message: message, remedy: remedy)
    }
    var people: [TeamName: Int] = [:]
    var faults: [CSVParser.Fault] = []
    do throws(CSVFile.Unreadable) {
      let end = try file.read { event in
        switch event {
        case .header: break
        case .row(let row, _): people[row.team, default: 0] += 1
        case .wrongRow(let fault, _): if faults.count < 10 { faults.append(fault) }
        }
        return true
      }
      if let fault = end.fault { faults.append(fault) }
    } catch {
      return [line("file", .failure, "\(error.reason).", error.remedy)]
    }
    var lines = faults.map { fault in
      line("rows", .failure, fault.sentence(in: file.name), CSVRosters.remedy)
    }
    let teams = people.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
    lines.append(
      line(
        "teams", people.isEmpty ? .failure : .good,
        people.isEmpty
          ? "The file names no people." : "People of \(teams.joined(separator: ", ")).",
        people.isEmpty ? CSVRosters.remedy : ""))
    return lines
  }
}
