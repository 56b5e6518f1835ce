internal import ConnectorKit
internal import JSONQuery

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
    /// The one value; several different ones stay several, of which none is believed alone.
    case only
    case first, all, count, exists
  }

  /// How it is written in the configuration, for messages.
  var text: String
  var query: JSONQuery
  var place = Place.item
  var take = Take.only
  var transforms: [Transform] = []

  /// Several places and the texts between them, where the value is made of more than one.
  var parts: [Part] = []

  /// A part of a composed value.
  enum Part: Sendable, Hashable {
    case text(String)
    case place(JSONQuery)
  }

  /// The value in some documents; nil when it is missing, and null when it is null.
  ///
  /// - Parameters:
  ///   - documents: nil when they were never read: of those nothing is known, not even that something is not there.
  ///   - note: takes what was not understood.
  func value(in documents: [JSONValue]?, _ note: (String) -> Void) -> JSONValue? {
    guard let documents else { return nil }
    guard parts.isEmpty else {
      var value = composed(documents, note)
      for transform in transforms {
        value = transform.apply(to: value) { note("\(text): \($0)") }
      }
      return value
    }
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
    case .only:
      let different = nodes.reduce(into: [JSONValue]()) { seen, node in
        if !seen.contains(where: { $0.isSame(as: node) }) { seen.append(node) }
      }
      value = different.count > 1 ? .array(different) : different.first
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

  /// The parts one after the other; nil where one of them is missing or no text.
  private func composed(_ documents: [JSONValue], _ note: (String) -> Void) -> JSONValue? {
    var result = ""
    for part in parts {
      switch part {
      case .text(let text): result += text
      case .place(let query):
        do throws(JSONQuery.Failure) {
          var found: String?
          for document in documents where found == nil {
            found = try query.nodes(in: document).first?.scalarText
          }
          guard let found, !found.isEmpty else { return nil }
          result += found
        } catch {
          note("\(text): \(error.text)")
          return nil
        }
      }
    }
    return .string(result)
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
