internal import IdentityCore

extension Predicate {
  /// The answer for a row; three-valued, so that what is missing is never taken for a no.
  ///
  /// - Parameter missing: takes the name of whatever made the answer unknown.
  func answer(
    _ row: MappedRow, _ documents: RowDocuments, _ missing: (String) -> Void
  ) -> Tri {
    switch self {
    case .always: return .yes
    case .exists(let subject, let wanted):
      return Tri((subject.value(row, documents) != nil) == wanted)
    case .oneOf(let subject, let values):
      let value = subject.value(row, documents)
      if let value, value == .null ? values.contains(.null) : true {
        return Tri(values.contains { Self.isSame(value, $0) })
      }
      missing(subject.text)
      return .unknown
    case .matches(let subject, let expression):
      guard let text = subject.value(row, documents)?.scalarText else {
        missing(subject.text)
        return .unknown
      }
      return Tri(expression.matches(text))
    case .group(let name):
      guard let groups = row.texts(.groups) else {
        missing("groups")
        return .unknown
      }
      return Tri(groups.contains { $0.utf8.elementsEqual(name.utf8) })
    case .not(let inner):
      switch inner.answer(row, documents, missing) {
      case .yes: return .no
      case .no: return .yes
      case .unknown: return .unknown
      }
    case .all(let parts):
      return Self.fold(parts, row, documents, missing, decisive: .no)
    case .any(let parts):
      return Self.fold(parts, row, documents, missing, decisive: .yes)
    }
  }

  private static func fold(
    _ parts: [Predicate], _ row: MappedRow, _ documents: RowDocuments,
    _ missing: (String) -> Void, decisive: Tri
  ) -> Tri {
    var gaps: [String] = []
    for part in parts where part.answer(row, documents, { gaps.append($0) }) == decisive {
      return decisive
    }
    gaps.forEach(missing)
    return gaps.isEmpty ? (decisive == .yes ? .no : .yes) : .unknown
  }

  /// A value of a row and one of the configuration; a number may be written as text there, and the reverse.
  private static func isSame(_ value: JSONValue, _ wanted: JSONValue) -> Bool {
    if value.isSame(as: wanted) { return true }
    if case .array(let values) = value { return values.contains { isSame($0, wanted) } }
    guard let left = value.scalarText, let right = wanted.scalarText else { return false }
    return left.utf8.elementsEqual(right.utf8)
  }
}

extension Predicate.Subject {
  /// How it is written, for messages.
  var text: String {
    switch self {
    case .field(let name): name.rawValue
    case .query(let plan): plan.text
    }
  }

  /// The value; null is there and is null.
  func value(_ row: MappedRow, _ documents: RowDocuments) -> JSONValue? {
    switch self {
    case .field(let name): row.values[name]
    case .query(let plan): plan.value(in: documents[plan.place]) { _ in }
    }
  }
}
