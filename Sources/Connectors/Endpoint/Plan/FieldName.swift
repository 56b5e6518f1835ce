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

  /// The value as text; nil when missing or null.
  func text(_ field: FieldName) -> String? {
    let text = values[field]?.scalarText
    return text?.isEmpty == true ? nil : text
  }

  /// The values as texts; nil when missing or null, a single value is a list of one.
  func texts(_ field: FieldName) -> [String]? {
    switch values[field] {
    case nil, .null?: nil
    case .array(let values)?: values.compactMap(\.scalarText)
    case let value?: value.scalarText.map { [$0] }
    }
  }

  /// True or false; nil when missing, null or neither.
  func flag(_ field: FieldName) -> Bool? { values[field]?.lenientBool }
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
  var detail: JSONValue?
  var joined: [JSONValue] = []

  subscript(place: FieldPlan.Place) -> [JSONValue] {
    switch place {
    case .item: [item]
    case .detail: detail.map { [$0] } ?? []
    case .join: joined
    }
  }
}
