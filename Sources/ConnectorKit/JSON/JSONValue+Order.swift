package import JSONQuery

/// Servers list in any order: what means nothing there must change no proof, so what is read is put into one order.
extension JSONValue {
  /// The same with every list of nothing but texts sorted.
  ///
  /// Vendors use those as sets: ids, names, addresses, grants.
  package var inOneOrder: JSONValue {
    switch self {
    case .array(let items):
      let texts = items.compactMap(\.string)
      guard texts.count == items.count else { return .array(items.map(\.inOneOrder)) }
      return .array(texts.sorted().map { .string($0) })
    case .object(let members): return .object(members.mapValues(\.inOneOrder))
    default: return self
    }
  }
}

extension JSONValue {
  /// The same, with the rows of a list by all that they say: the place of a row says nothing.
  package var withRowsInOneOrder: JSONValue {
    guard case .array(let rows) = self else { return inOneOrder }
    return .array(rows.inOneOrder { _ in nil })
  }
}

extension [JSONValue] {
  /// Rows whose place in their list says nothing, by what tells them apart or, where that is missing, by all that they say.
  package func inOneOrder(by id: (JSONValue) -> String?) -> [JSONValue] {
    map(\.inOneOrder).map { row in (row: row, key: id(row) ?? row.text) }
      .sorted { $0.key < $1.key }.map(\.row)
  }
}
