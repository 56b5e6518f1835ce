internal import ConnectorKit
internal import IdentityCore

/// Which column of a roster file stands where.
struct CSVHeader: Sendable, Hashable {
  /// The columns that are read; others are passed over.
  enum Column: String, CaseIterable, Sendable {
    case team, email, role, name, id, federated
    case platformMFA = "platform_mfa"
  }

  private static let required: [Column] = [.team, .email, .role]
  private let places: [Column: Int]
  /// How many fields every row has; empty ones may follow.
  let count: Int

  /// Reads the first row.
  init(_ record: CSVParser.Record) throws(CSVParser.Fault) {
    func fault(_ detail: String) -> CSVParser.Fault {
      CSVParser.Fault(line: record.line, detail: detail)
    }
    var places: [Column: Int] = [:]
    for field in 0..<record.count {
      guard let word = record.text(field) else { throw fault("the text is not UTF-8") }
      // A column that nobody reads is somebody else's.
      guard let column = Column(rawValue: RosterAddress.trimmed(word).lowercased()) else {
        continue
      }
      guard places.updateValue(field, forKey: column) == nil else {
        throw fault("the column \(column.rawValue) is there twice")
      }
    }
    let missing = Self.required.filter { places[$0] == nil }
    guard missing.isEmpty else {
      let texts = (0..<record.count).compactMap { record.text($0) }
      let hint =
        texts.contains { $0.contains(";") }
        ? "; commas separate fields, unless a first line sep=; names something else"
        : "; there are \(texts.map { String($0.prefix(40)) }.joined(separator: ","))"
      throw fault("the column \(Self.words(missing)) is missing\(hint)")
    }
    self.places = places
    let named = (0..<record.count).last { record.text($0)?.isEmpty != true }
    count = (named ?? -1) + 1
  }

  /// Whether a row has a field for every column, and nothing but empty ones behind them.
  func fits(_ record: CSVParser.Record) -> Bool {
    guard record.count >= count else { return false }
    return (count..<record.count).allSatisfy { record.text($0)?.isEmpty == true }
  }

  /// Whether there is a column.
  func has(_ column: Column) -> Bool { places[column] != nil }

  /// The text of a row in a column; empty where there is no such column, nil when it is not UTF-8.
  func text(_ column: Column, of record: CSVParser.Record) -> String? {
    places[column].map { record.text($0) } ?? ""
  }

  private static func words(_ columns: [Column]) -> String {
    columns.map(\.rawValue).joined(separator: ",")
  }
}

/// One person of a roster file.
struct CSVRow: Sendable, Hashable {
  var team: TeamName
  var member: RosterMember

  /// Reads a row.
  init(_ record: CSVParser.Record, _ header: CSVHeader) throws(CSVParser.Fault) {
    func text(_ column: CSVHeader.Column) throws(CSVParser.Fault) -> String {
      guard let text = header.text(column, of: record) else {
        throw CSVParser.Fault(line: record.line, detail: "\(column.rawValue) is not UTF-8")
      }
      return RosterAddress.trimmed(text)
    }
    func flag(_ column: CSVHeader.Column) throws(CSVParser.Fault) -> Tri {
      switch try text(column).lowercased() {
      case "": .unknown
      case "yes", "true", "1", "on": .yes
      case "no", "false", "0", "off": .no
      default:
        throw CSVParser.Fault(
          line: record.line,
          detail:
            "\(column.rawValue) is \(Self.quoted(try text(column))); yes, no or nothing is expected"
        )
      }
    }
    team = try text(.team)
    let email = try text(.email)
    guard !team.isEmpty else { throw CSVParser.Fault(line: record.line, detail: "team is empty") }
    guard let at = email.firstIndex(of: "@"), at != email.startIndex,
      email.index(after: at) != email.endIndex, !email.contains(where: \.isWhitespace)
    else {
      throw CSVParser.Fault(
        line: record.line,
        detail: email.isEmpty
          ? "email is empty" : "email \(Self.quoted(email)) is no e-mail address")
    }
    let name = try text(.name)
    let role = Role(word: try text(.role))
    let id = try text(.id)
    member = RosterMember(
      email: email, name: name.isEmpty ? nil : name, role: role,
      kind: role == .collaborator ? .collaborator : .member, userID: id.isEmpty ? nil : id,
      federated: try flag(.federated), platformMFA: try flag(.platformMFA))
  }

  /// What stands in a field, for whoever keeps the file.
  private static func quoted(_ text: String) -> String {
    text.count > 60 ? "\"\(text.prefix(60))…\"" : "\"\(text)\""
  }
}
