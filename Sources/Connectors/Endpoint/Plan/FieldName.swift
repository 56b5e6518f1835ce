internal import ConnectorKit
internal import JSONQuery

/// The fields that rows of an endpoint are mapped to.
enum FieldName: String, CaseIterable, Sendable {
  case id, login, email, emails, name, active, groups, enrolled, factors, team, role, federated
  case lastLogin = "last_login"
  case platformMFA = "platform_mfa"

  /// Whether it may hold several values, so that a pointer to a list means its values.
  var isList: Bool { self == .emails || self == .groups || self == .factors || self == .team }

  /// Whether it is true or false.
  var isFlag: Bool {
    switch self {
    case .active, .enrolled, .federated, .platformMFA: true
    default: false
    }
  }
}

/// The values of a row, by field, and what was not understood of it.
struct MappedRow: Sendable {
  var values: [FieldName: JSONValue] = [:]
  var notes: [String] = []
  /// Fields of which a part is not known.
  var partial: Set<FieldName> = []

  /// The value as text; nil when missing or null.
  func text(_ field: FieldName) -> String? {
    let text = values[field]?.scalarText
    return text?.isEmpty == true ? nil : text
  }

  /// The values as texts, a single value as a list of one; nil when missing or null, or when one of them is no text.
  func texts(_ field: FieldName) -> [String]? {
    guard !partial.contains(field), let value = values[field], value != .null else { return nil }
    let texts = knownTexts(field)
    return texts.count == value.array?.count ?? 1 ? texts : nil
  }

  /// Those of the values that are texts; there may be others.
  func knownTexts(_ field: FieldName) -> [String] {
    if case .array(let values)? = values[field] { return values.compactMap(\.scalarText) }
    return values[field]?.scalarText.map { [$0] } ?? []
  }

  /// True or false; nil when missing, null or neither.
  func flag(_ field: FieldName) -> Bool? {
    partial.contains(field) ? nil : values[field]?.lenientBool
  }
}

/// Which fields there are and where.
struct FieldMap: Sendable {
  /// In the order of the configuration.
  var fields: [(name: FieldName, plan: FieldPlan)] = []

  /// Where a field stands; nil when it is not mapped.
  subscript(name: FieldName) -> FieldPlan? { fields.first { $0.name == name }?.plan }

  /// Whether a field is mapped.
  func has(_ name: FieldName) -> Bool { self[name] != nil }

  /// The values of a row.
  func row(_ documents: RowDocuments, only names: Set<FieldName>? = nil) -> MappedRow {
    var row = MappedRow()
    for (name, plan) in fields where names?.contains(name) != false {
      var notes: [String] = []
      row.values[name] = plan.value(in: documents[plan.place]) { notes.append($0) }
      if documents[plan.place] == nil || plan.place == .join && !documents.unmatched.isEmpty {
        row.partial.insert(name)
      }
      if name.isFlag, let value = row.values[name], value != .null, value.lenientBool == nil {
        notes.append("\(plan.text): \(value.shown) is neither true nor false")
      }
      row.notes += notes.map { "\(name.rawValue): \($0)" }
    }
    return row
  }
}

/// The documents that speak of one person.
struct RowDocuments: Sendable {
  var item: JSONValue
  /// The reply about this person alone; nil when it was not read.
  var detail: JSONValue?
  /// The rows of the joined list; nil when nobody knows which they are.
  var joined: [JSONValue]?
  /// What refers to rows that the joined list does not have.
  var unmatched: [String] = []

  /// The documents of a place; nil when they were never read, which is another thing than being there and empty.
  subscript(place: FieldPlan.Place) -> [JSONValue]? {
    switch place {
    case .item: [item]
    case .detail: detail.map { [$0] }
    case .join: joined
    }
  }
}
