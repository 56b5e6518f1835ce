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
  /// Returns this document with another value at a place, or without it; as it is where there is no such place.
  func editing(at pointer: JSONPointer, _ change: (JSON?) -> JSON?) -> JSON? {
    Self.edit(self, pointer.steps[...], change)
  }

  private static func edit(
    _ value: JSON, _ steps: ArraySlice<String>, _ change: (JSON?) -> JSON?
  ) -> JSON? {
    guard let step = steps.first else { return change(value) }
    switch value {
    case .object(var properties):
      guard let inner = properties[step] else { return value }
      properties[step] = edit(inner, steps.dropFirst(), change)
      return .object(properties)
    case .array(var elements):
      guard let index = Int(step), elements.indices.contains(index) else { return value }
      if let edited = edit(elements[index], steps.dropFirst(), change) {
        elements[index] = edited
      } else {
        elements.remove(at: index)
      }
      return .array(elements)
    default: return value
    }
  }
}
