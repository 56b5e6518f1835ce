/// One field of one page that is left out, null or of another value: what a redacted or changed API looks like.
public struct OktaPageEdit: Codable, Sendable, Hashable {
  /// The page, as path and query.
  public var page: String
  /// The way to the field: names of properties and places in lists.
  public var field: [String]
  /// What stands there instead; nil leaves the field out.
  public var value: JSON?

  /// Makes an edit.
  public init(page: String, field: [String], value: JSON?) {
    self.page = page
    self.field = field
    self.value = value
  }

  /// The document with the edit.
  public func applied(to document: JSON) -> JSON { edited(document, field[...]) }

  private func edited(_ value: JSON, _ way: ArraySlice<String>) -> JSON {
    guard let step = way.first else { return self.value ?? .null }
    let rest = way.dropFirst()
    if var elements = value.elements, let place = Int(step), elements.indices.contains(place) {
      elements[place] = edited(elements[place], rest)
      return .array(elements)
    }
    guard var properties = value.properties, let inner = properties[step] else { return value }
    properties[step] = rest.isEmpty ? self.value : edited(inner, rest)
    return .object(properties)
  }

  /// Every field of a document, objects inside lists included.
  public static func fields(of document: JSON) -> [[String]] {
    if let elements = document.elements {
      return elements.enumerated().flatMap { place, element in
        fields(of: element).map { [String(place)] + $0 }
      }
    }
    guard let properties = document.properties else { return [] }
    return properties.sorted { $0.key < $1.key }.flatMap { key, value in
      [[key]] + fields(of: value).map { [key] + $0 }
    }
  }
}
