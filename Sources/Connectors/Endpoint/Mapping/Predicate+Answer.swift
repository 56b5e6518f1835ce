internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

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
      if subject.isThere(row, documents) { return Tri(wanted) }
      guard subject.isPartial(row, documents) else { return Tri(!wanted) }
      missing(subject.text)
      return .unknown
    case .oneOf(let subject, let values):
      let answer = Self.answer(subject, values, row, documents)
      if answer == .unknown { missing(subject.text) }
      return answer
    case .matches(let subject, let expression):
      guard !subject.isPartial(row, documents),
        let text = subject.value(row, documents)?.scalarText
      else {
        missing(subject.text)
        return .unknown
      }
      return Tri(expression.matches(text))
    case .group(let name):
      if row.knownTexts(.groups).contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
        return .yes
      }
      if row.texts(.groups) != nil { return .no }
      missing("groups")
      return .unknown
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

  private static func answer(
    _ subject: Subject, _ wanted: [JSONValue], _ row: MappedRow, _ documents: RowDocuments
  ) -> Tri {
    guard !subject.isPartial(row, documents), let value = subject.value(row, documents) else {
      return .unknown
    }
    if wanted.contains(where: { isSame(value, $0) }) { return .yes }
    if subject.isFlag {
      guard let flag = value.lenientBool else { return .unknown }
      return Tri(wanted.contains { $0.lenientBool == flag })
    }
    switch value {
    case .null: return .unknown
    // An element that is no text may stand for what is asked for.
    case .array(let elements) where elements.contains { $0.scalarText == nil }: return .unknown
    default: return .no
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

  /// Whether it is true or false, however that is written.
  var isFlag: Bool {
    if case .field(let name) = self { name.isFlag } else { false }
  }

  /// Whether a part of what it is made of is not known.
  func isPartial(_ row: MappedRow, _ documents: RowDocuments) -> Bool {
    switch self {
    case .field(let name): row.partial.contains(name)
    case .query(let plan):
      documents[plan.place] == nil || plan.place == .join && !documents.unmatched.isEmpty
    }
  }

  /// Whether there is a value; a list without values is none.
  func isThere(_ row: MappedRow, _ documents: RowDocuments) -> Bool {
    guard let value = value(row, documents) else { return false }
    let isList =
      switch self {
      case .field(let name): name.isList
      case .query(let plan): plan.take == .all
      }
    return !(isList && value == .array([]))
  }

  /// The value; null is there and is null.
  func value(_ row: MappedRow, _ documents: RowDocuments) -> JSONValue? {
    switch self {
    case .field(let name): row.values[name]
    case .query(let plan): plan.value(in: documents[plan.place]) { _ in }
    }
  }
}
