/// Changes to the people of teams, read from a file.
///
/// Columns `email`, `role`, and where wanted `team` and `action` (`add`, `set`, `remove`; add when empty).
public struct MemberBatch: Sendable, Hashable {
  /// One line.
  public struct Row: Sendable, Hashable {
    /// The line of the file, from 1.
    public var line: Int
    /// The team.
    public var team: TeamName
    /// What is asked for.
    public var request: AdministrationRequest

    /// Makes a row.
    public init(line: Int, team: TeamName, request: AdministrationRequest) {
      self.line = line
      self.team = team
      self.request = request
    }
  }

  /// Everything that is wrong with a file.
  public struct Faults: Error, Sendable, Hashable {
    /// A line each, `line 3: …`.
    public var lines: [String]

    /// Makes faults.
    public init(_ lines: [String]) { self.lines = lines }
  }

  /// The rows, in the order of the file.
  public var rows: [Row]

  /// Reads a file.
  ///
  /// - Parameter team: the team of rows that name none.
  public init(csv text: String, team: TeamName?) throws(Faults) {
    let table: CSVTable
    do throws(CSVTable.Fault) {
      table = try CSVTable(text)
    } catch {
      throw Faults(["line \(error.line): \(error.message)"])
    }
    let known = ["email", "role", "team", "action"]
    var faults = table.columns.filter { !known.contains($0) }.map {
      "line 1: unknown column \"\($0)\"; known here: \(known.joined(separator: ", "))"
    }
    if Set(table.columns).count != table.columns.count {
      faults.append("line 1: a column is there twice")
    }
    if !table.columns.contains("email") { faults.append("line 1: the column email is missing") }
    guard faults.isEmpty else { throw Faults(faults) }
    rows = []
    var seen: [String: Int] = [:]
    for (line, fields) in table.rows {
      let values = Dictionary(uniqueKeysWithValues: zip(table.columns, fields))
      do throws(Faults) {
        let row = try Self.row(line, values, team)
        let key = row.team + "\u{0}" + EmailKey.make(row.request.email ?? "")
        if let first = seen.updateValue(line, forKey: key) {
          throw Faults(["line \(line): \(row.request.email ?? "") stands in line \(first) already"])
        }
        rows.append(row)
      } catch {
        faults += error.lines
      }
    }
    if rows.isEmpty, faults.isEmpty { faults.append("line 2: there is nothing to do") }
    guard faults.isEmpty else { throw Faults(faults) }
  }

  private static func row(
    _ line: Int, _ values: [String: String], _ fallback: TeamName?
  ) throws(Faults) -> Row {
    let named = values["team"] ?? ""
    guard let team = named.isEmpty ? fallback : named else {
      throw Faults(["line \(line): no team is named, and no --team is given"])
    }
    let email = values["email"] ?? ""
    do throws(Refusal) {
      try TeamState.checkAddress(email)
    } catch {
      throw Faults(["line \(line): \(error.message)"])
    }
    let word = (values["role"] ?? "").lowercased()
    let action = (values["action"] ?? "").lowercased()
    if action == "remove" {
      return Row(
        line: line, team: team, request: .removeMember(email: email, withAccess: false))
    }
    guard let role = TeamRole(rawValue: word) else {
      throw Faults([
        "line \(line): there is no role \"\(word)\"; there are admin, member, viewer (and action remove)"
      ])
    }
    switch action {
    case "", "add":
      return Row(line: line, team: team, request: .addMember(email: email, role: role))
    case "set": return Row(line: line, team: team, request: .setRole(email: email, role: role))
    default:
      throw Faults(["line \(line): there is no action \"\(action)\"; there are add, set, remove"])
    }
  }
}

/// A batch worked out on the teams as they stand.
public struct BatchPlan: Sendable, Hashable {
  /// One row, worked out.
  public struct Item: Sendable, Hashable {
    /// The row.
    public var row: MemberBatch.Row
    /// Its one step.
    public var step: AdministrationPlan.Step
  }

  /// A row that a rule stands against.
  public struct Objection: Sendable, Hashable {
    /// The row.
    public var row: MemberBatch.Row
    /// The rule.
    public var refusal: Refusal

    /// Makes an objection.
    public init(row: MemberBatch.Row, refusal: Refusal) {
      self.row = row
      self.refusal = refusal
    }
  }

  /// The steps in the order they will be made: whoever comes or rises before whoever falls or goes.
  public var items: [Item]
  /// The rows that cannot be; with any, nothing is to be made.
  public var objections: [Objection]

  /// Whether anything is to be written.
  public var isNeeded: Bool { items.contains { $0.step.isNeeded } }

  /// Works a batch out, each step on the team as the steps before it leave it.
  ///
  /// - Parameter gone: lines about people who were taken off before, so that nobody there is no fault.
  public init(_ batch: MemberBatch, on teams: [TeamName: TeamState], gone: Set<Int> = []) {
    var states = teams
    items = []
    objections = []
    let order = batch.rows.enumerated().sorted { a, b in
      let left = Self.phase(a.element, teams)
      let right = Self.phase(b.element, teams)
      return left != right ? left < right : a.offset < b.offset
    }
    for (_, row) in order {
      guard var state = states[row.team] else { continue }
      switch state.plan(row.request) {
      case .failure(let refusal) where refusal.code == .unknownPerson && gone.contains(row.line):
        let change = TeamChange.removeMember(email: row.request.email ?? "")
        items.append(Item(row: row, step: state.step(change)))
      case .failure(let refusal): objections.append(Objection(row: row, refusal: refusal))
      case .success(let plan):
        for step in plan.steps {
          if step.isNeeded { state.apply(step.change) }
          items.append(Item(row: row, step: step))
        }
        states[row.team] = state
      }
    }
    objections.sort { $0.row.line < $1.row.line }
  }

  /// New admins first, then whoever comes, then whoever falls, then whoever goes.
  private static func phase(_ row: MemberBatch.Row, _ teams: [TeamName: TeamState]) -> Int {
    switch row.request {
    case .addMember(_, .admin), .setRole(_, .admin): return 0
    case .addMember(let email, _), .setRole(let email, _):
      let member = teams[row.team]?.members[EmailKey.make(email)]
      return member?.role.isAdministrator == true ? 2 : 1
    default: return 3
    }
  }
}
