/// Where in a document something is: a JSON Pointer (begins with `/`, or empty) or a JSONPath (begins with `$`).
package enum JSONQuery: Sendable, Hashable {
  case pointer(JSONPointer)
  case path(JSONPath)

  /// Why a text is neither.
  package struct Malformed: Error, Hashable {
    package let reason: String
  }

  package init(_ text: String) throws(Malformed) {
    if text.isEmpty || text.hasPrefix("/") {
      do throws(JSONPointer.Malformed) {
        self = .pointer(try JSONPointer(text))
      } catch {
        throw Malformed(reason: error.reason)
      }
    } else if text.hasPrefix("$") {
      do throws(JSONPath.Malformed) {
        self = .path(try JSONPath(text))
      } catch {
        throw Malformed(reason: "\(error.reason) (character \(error.place))")
      }
    } else {
      throw Malformed(
        reason: "expected a JSON Pointer such as /data/0 or a JSONPath such as $.data[*]")
    }
  }

  /// Why a query gave nothing usable.
  package enum Failure: Error, Hashable {
    case exhausted

    package var text: String { "the query visits too many values" }
  }

  /// The values of the list that is found: those of the one array, else all that are found.
  ///
  /// Null stands for each that lacks what the query asks of it, so that it is not taken for one that was never there.
  /// - Returns: nil when the list is not there, or is null.
  package func list(in document: JSONValue) throws(Failure) -> [JSONValue]? {
    var values: [JSONValue]
    var lacking = 0
    switch self {
    case .pointer(let pointer):
      guard case .value(let value) = pointer.find(in: document), value != .null else { return nil }
      values = [value]
    case .path(let path):
      do throws(JSONPathEvaluator.Exhausted) {
        guard let found = try path.list(in: document) else { return nil }
        if path.isSingular, found.values == [.null] { return nil }
        (values, lacking) = found
      } catch {
        throw .exhausted
      }
    }
    if values.count == 1, lacking == 0, case .array(let inner) = values[0] { values = inner }
    return values + Array(repeating: .null, count: lacking)
  }

  /// The values found, in order; empty when there are none.
  package func nodes(in document: JSONValue) throws(Failure) -> [JSONValue] {
    switch self {
    case .pointer(let pointer):
      if case .value(let value) = pointer.find(in: document) { return [value] }
      return []
    case .path(let path):
      do throws(JSONPathEvaluator.Exhausted) {
        return try path.nodes(in: document)
      } catch {
        throw .exhausted
      }
    }
  }
}
