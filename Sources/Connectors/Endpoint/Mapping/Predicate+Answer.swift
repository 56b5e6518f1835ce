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
      if expression.matches(text) { return .yes }
      // A number or Boolean that does not fit may be what is meant, in another spelling.
      if subject.value(row, documents)?.string != nil { return .no }
      missing(subject.text)
      return .unknown
    case .group(let name):
      let answer = Self.isIn(name, row)
      if answer == .unknown { missing("groups") }
      return answer
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

  /// Whether a row names a group.
  ///
  /// It does not only where its groups are a list of texts of which none may stand for the name: not in another case, not
  /// among others in one text.
  private static func isIn(_ name: String, _ row: MappedRow) -> Tri {
    if row.knownTexts(.groups).contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
      return .yes
    }
    guard let texts = row.texts(.groups), let value = row.values[.groups] else { return .unknown }
    let isNumber = Int64(name) != nil
    let elements = value.array ?? [value]
    guard elements.allSatisfy({ $0.string != nil || isNumber }) else { return .unknown }
    let wanted = folded(name)
    let isLone = value.array == nil
    let mayMean = texts.contains { text in
      if folded(text).isEmpty || folded(text) == wanted { return true }
      return text.split { ",;|\n".contains($0) || isLone && $0.isWhitespace }
        .contains { folded(String($0)) == wanted }
    }
    return mayMean ? .unknown : .no
  }

  /// A text without case and without blanks around it.
  private static func folded(_ text: String) -> String {
    text.lowercased().trimmingBlanks
  }

  private static func answer(
    _ subject: Subject, _ wanted: [JSONValue], _ row: MappedRow, _ documents: RowDocuments
  ) -> Tri {
    guard !subject.isPartial(row, documents), let value = subject.value(row, documents) else {
      return .unknown
    }
    if wanted.contains(where: { value.isSame(as: $0) }) { return .yes }
    guard case .array(let elements) = value else { return answer(value, wanted, subject.isFlag) }
    let answers = elements.map { answer($0, wanted, subject.isFlag) }
    if subject.isList {
      if answers.contains(.yes) { return .yes }
      return answers.contains(.unknown) ? .unknown : .no
    }
    // One value is asked for: of several, none says anything where they say different things.
    guard let first = answers.first, answers.allSatisfy({ $0 == first }) else { return .unknown }
    return first
  }

  /// Whether one value is among those asked for; no only where it is of the same type as one of them, and not the same but
  /// for its case.
  private static func answer(_ value: JSONValue, _ wanted: [JSONValue], _ isFlag: Bool) -> Tri {
    if wanted.contains(where: { isSame(value, $0) }) { return .yes }
    if isFlag {
      guard let flag = value.lenientBool else { return .unknown }
      return Tri(wanted.contains { $0.lenientBool == flag })
    }
    guard value != .null, wanted.contains(where: { isComparable(value, $0) }) else {
      return .unknown
    }
    if let text = value.string.map(folded),
      wanted.contains(where: { $0.string.map(folded) == text })
    {
      return .unknown
    }
    return .no
  }

  private static func isComparable(_ value: JSONValue, _ wanted: JSONValue) -> Bool {
    switch (value, wanted) {
    case (_, .null), (.string, .string), (.bool, .bool), (.object, .object): true
    case (.integer, .integer), (.integer, .number), (.number, .integer), (.number, .number): true
    default: false
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
    return !(isList && value == .array([]))
  }

  /// Whether it may hold several values, so that one of them is enough.
  var isList: Bool {
    switch self {
    case .field(let name): name.isList
    case .query(let plan): plan.take == .all
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
