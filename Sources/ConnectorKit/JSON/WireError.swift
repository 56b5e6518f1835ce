package import JSONQuery

/// Why a document could not be read: it is no JSON, or not the JSON it should be.
///
/// Names the place and the types; never holds a value out of the document.
package struct WireError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable {
    /// The document is damaged.
    case damaged
    /// A value has another type, or is not there.
    case shape
  }

  package let kind: Kind
  /// The row of a list, from 1.
  package var row: Int?
  /// The path in the row or document, `profile/email`; empty for the whole.
  package var path: String
  /// What is wrong: `expected a string, found a number`.
  package let detail: String

  package init(_ kind: Kind, row: Int? = nil, path: String = "", detail: String) {
    self.kind = kind
    self.row = row
    self.path = path
    self.detail = detail
  }

  package var description: String {
    var place: [String] = []
    if let row { place.append("row \(row)") }
    if !path.isEmpty { place.append(path) }
    return place.isEmpty ? detail : "\(place.joined(separator: ", ")): \(detail)"
  }

  /// The same fault, seen from further up.
  package func under(_ prefix: String) -> WireError {
    var copy = self
    copy.path = path.isEmpty ? prefix : "\(prefix)/\(path)"
    return copy
  }

  /// The same fault, in a row from 1.
  package func inRow(_ number: Int) -> WireError {
    var copy = self
    copy.row = number
    return copy
  }

  /// An object has a key twice, with different values.
  package static func twice(_ key: String) -> WireError {
    // Keys may be names of people in lists by key; what looks like a name of a field is told.
    let isField = key.utf8.count <= 60 && !key.contains("@")
    return WireError(
      .shape, path: isField ? key : "", detail: "the key is there twice, with different values")
  }

  package static func expected(_ expected: JSONType, found: JSONType, path: String = "")
    -> WireError
  {
    WireError(.shape, path: path, detail: "expected \(expected.phrase), found \(found.phrase)")
  }
}
