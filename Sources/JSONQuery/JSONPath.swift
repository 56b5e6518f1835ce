/// A JSONPath query (RFC 9535), checked to be well-formed and well-typed.
package struct JSONPath: Sendable, Hashable {
  /// Why a text is no query, and where: code points from 1.
  package struct Malformed: Error, Hashable {
    package let place: Int
    package let reason: String
  }

  /// One step: to children, or to everything below as well.
  package struct Segment: Sendable, Hashable {
    var isDescendant: Bool
    var selectors: [Selector]
  }

  enum Selector: Sendable, Hashable {
    case name(String)
    case wildcard
    case index(Int)
    case slice(Int?, Int?, Int)
    case filter(Logical)
  }

  /// A query inside a filter.
  struct Query: Sendable, Hashable {
    /// Whether it begins at `@`.
    var isRelative: Bool
    var segments: [Segment]

    /// Whether it finds at most one value.
    var isSingular: Bool {
      segments.allSatisfy { segment in
        guard !segment.isDescendant, segment.selectors.count == 1 else { return false }
        switch segment.selectors[0] {
        case .name, .index: return true
        default: return false
        }
      }
    }
  }

  indirect enum Logical: Sendable, Hashable {
    case any([Logical])
    case all([Logical])
    case not(Logical)
    case exists(Query)
    case compare(Operand, Comparison, Operand)
    case call(Function)
  }

  enum Comparison: String, Sendable, CaseIterable {
    case equal = "=="
    case unequal = "!="
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"
  }

  /// A side of a comparison, or an argument of a function.
  indirect enum Operand: Sendable, Hashable {
    case literal(JSONValue)
    case query(Query)
    case call(Function)
    case logical(Logical)
  }

  struct Function: Sendable, Hashable {
    enum Name: String, Sendable {
      case length, count, match, search, value
    }

    var name: Name
    var arguments: [Operand]

    /// Whether it gives true or false rather than a value.
    var isLogical: Bool { name == .match || name == .search }
  }

  let segments: [Segment]

  package init(_ text: String) throws(Malformed) {
    var parser = JSONPathParser(text)
    segments = try parser.parse()
  }

  private init(segments: [Segment]) {
    self.segments = segments
  }

  /// Whether it finds at most one value.
  package var isSingular: Bool { Query(isRelative: false, segments: segments).isSingular }

  /// The same query without filters and slices: they find all.
  package var unfiltered: JSONPath {
    JSONPath(
      segments: segments.map { segment in
        let leavesOut = segment.selectors.contains {
          switch $0 {
          case .filter, .slice: true
          case .name, .wildcard, .index: false
          }
        }
        guard leavesOut else { return segment }
        return Segment(isDescendant: segment.isDescendant, selectors: [.wildcard])
      })
  }

  /// The values found, and how many of those on the way lack what the query asks of them; nil when the list is not there.
  package func list(
    in document: JSONValue
  ) throws(JSONPathEvaluator.Exhausted) -> (values: [JSONValue], lacking: Int)? {
    var evaluator = JSONPathEvaluator(root: document)
    var nodes = [document]
    var lacking = 0
    var isSingle = true
    for segment in segments {
      let isName = Query(isRelative: false, segments: [segment]).isSingular
      var next: [JSONValue] = []
      for node in nodes {
        let found = try evaluator.nodes([segment], from: node)
        next += found
        let isEmptyList = !isName && !segment.isDescendant && [.array, .object].contains(node.type)
        guard found.isEmpty, !isEmptyList else { continue }
        if isSingle { return nil }
        lacking += 1
      }
      isSingle = isSingle && isName
      nodes = next
    }
    return (nodes, lacking)
  }

  /// The values found, in the document's order; of the members of an object, in the order of their keys.
  ///
  /// - Throws: ``JSONPathEvaluator/Exhausted`` when the query visits too much.
  package func nodes(in document: JSONValue) throws(JSONPathEvaluator.Exhausted) -> [JSONValue] {
    var evaluator = JSONPathEvaluator(root: document)
    return try evaluator.nodes(segments, from: document)
  }
}
