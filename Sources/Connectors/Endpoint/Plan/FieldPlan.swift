/// Where a field stands and what is made of it.
struct FieldPlan: Sendable, Hashable {
  /// In which document it stands.
  enum Place: String, CaseIterable, Sendable {
    /// The item of the list.
    case item
    /// The reply to the request about one person.
    case detail
    /// The rows of the joined list.
    case join
  }

  enum Take: String, CaseIterable, Sendable {
    case first, all, count, exists
  }

  /// How it is written in the configuration, for messages.
  var text: String
  var query: JSONQuery
  var place = Place.item
  var take = Take.first
  var transforms: [Transform] = []

  /// The value in some documents; nil when it is missing, and null when it is null.
  ///
  /// - Parameter note: takes what was not understood.
  func value(in documents: [JSONValue], _ note: (String) -> Void) -> JSONValue? {
    var nodes: [JSONValue] = []
    var lists: [[JSONValue]] = []
    do throws(JSONQuery.Failure) {
      for document in documents {
        if take == .all, let list = try query.list(in: document) {
          lists.append(list)
        } else {
          nodes += try query.nodes(in: document)
        }
      }
    } catch {
      note("\(text): \(error.text)")
      return nil
    }
    var value: JSONValue?
    switch take {
    case .first: value = nodes.first
    case .all:
      // A list that is there and empty is no missing one; null stands for a document without one beside others.
      let without = Array(repeating: JSONValue.null, count: documents.count - lists.count)
      value =
        lists.isEmpty ? (nodes.isEmpty ? nil : .null) : .array(lists.flatMap { $0 } + without)
    case .count: value = .integer(Int64(nodes.count))
    case .exists: value = .bool(!nodes.isEmpty)
    }
    for transform in transforms { value = transform.apply(to: value) { note("\(text): \($0)") } }
    return value
  }
}

/// One step of making a value out of another.
enum Transform: Sendable, Hashable {
  case lower, trim, bool, int, date
  case split(String)
  /// By the value as text; `*` stands for all others.
  case map([String: JSONValue])
  case fallback(JSONValue)
  /// What the first group takes.
  case regex(RegularExpression)
}
