/// A place in a JSON document, as RFC 6901 writes it: `/users/0/name`.
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
  /// The keys and indices on the way.
  public var steps: [String]

  /// Makes the pointer of these keys and indices.
  public init(steps: [String] = []) { self.steps = steps }

  /// Reads a pointer; an empty text is the whole document.
  public init(_ text: String) {
    steps = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
      String($0).replacing("~1", with: "/").replacing("~0", with: "~")
    }
  }

  /// The pointer as it is written.
  public var description: String {
    steps.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
  }

  /// A place below this one.
  public func appending(_ step: String) -> JSONPointer { JSONPointer(steps: steps + [step]) }
}

extension JSON {
  /// Returns this document with another value at a place, or without it where that is nil.
  ///
  /// The last step may be a property that is not there yet; where another one leads nowhere, the document stays as it is.
  func setting(_ new: JSON?, at pointer: JSONPointer) -> JSON? {
    Self.set(new, in: self, pointer.steps[...])
  }

  private static func set(_ new: JSON?, in old: JSON, _ steps: ArraySlice<String>) -> JSON? {
    guard let step = steps.first else { return new }
    let rest = steps.dropFirst()
    switch old {
    case .object(var properties):
      if rest.isEmpty {
        properties[step] = new
      } else if let inner = properties[step] {
        properties[step] = set(new, in: inner, rest)
      }
      return .object(properties)
    case .array(var elements):
      guard let index = Int(step), elements.indices.contains(index) else { return old }
      if let edited = set(new, in: elements[index], rest) {
        elements[index] = edited
      } else {
        elements.remove(at: index)
      }
      return .array(elements)
    default: return old
    }
  }
}
