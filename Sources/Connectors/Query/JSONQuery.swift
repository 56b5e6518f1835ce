/// Where in a document something is: a JSON Pointer (begins with `/`, or empty) or a JSONPath (begins with `$`).
enum JSONQuery: Sendable, Hashable {
  case pointer(JSONPointer)
  case path(JSONPath)

  /// Why a text is neither.
  struct Malformed: Error, Hashable {
    let reason: String
  }

  init(_ text: String) throws(Malformed) {
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
  enum Failure: Error, Hashable {
    case exhausted

    var text: String { "the query visits too many values" }
  }

  /// The values found, in order; empty when there are none.
  func nodes(in document: JSONValue) throws(Failure) -> [JSONValue] {
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
