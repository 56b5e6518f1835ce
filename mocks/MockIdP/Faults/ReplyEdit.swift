/// One field that replies of an endpoint lose, wherever in the document it stands.
public struct ReplyEdit: Sendable, Hashable, CustomStringConvertible {
  /// The vendor.
  public var vendor: Vendor
  /// The endpoint, as the request log names it.
  public var endpoint: String
  /// The way to the field: names, and numbers in lists.
  public var path: [String]
  /// What stands there instead; nil takes the field out.
  public var value: JSON?

  /// Makes an edit.
  public init(_ vendor: Vendor, _ endpoint: String, _ path: [String], value: JSON? = nil) {
    self.vendor = vendor
    self.endpoint = endpoint
    self.path = path
    self.value = value
  }

  /// What is done and where, for messages.
  public var description: String {
    "\(endpoint) /\(path.joined(separator: "/")) \(value.map { "\($0)" } ?? "missing")"
  }

  /// Changes a reply, if it is of the endpoint and has the field.
  func apply(to reply: inout Reply, _ vendor: Vendor, _ endpoint: String) {
    guard vendor == self.vendor, endpoint == self.endpoint, reply.status < 300,
      let document = try? JSON(parsing: reply.body)
    else { return }
    reply.body = Self.edited(document, path[...], value).bytes
  }

  private static func edited(_ json: JSON, _ path: ArraySlice<String>, _ value: JSON?) -> JSON {
    guard let key = path.first else { return json }
    let rest = path.dropFirst()
    switch json {
    case .object(var members):
      guard let inner = members[key] else { return json }
      members[key] = rest.isEmpty ? value : edited(inner, rest, value)
      return .object(members)
    case .array(var elements):
      guard let index = Int(key), elements.indices.contains(index), !rest.isEmpty else {
        return json
      }
      elements[index] = edited(elements[index], rest, value)
      return .array(elements)
    default: return json
    }
  }

  /// The ways to all fields of a document, those of objects in lists as well.
  public static func paths(in document: JSON) -> [[String]] {
    switch document {
    case .object(let members):
      return members.sorted { $0.key < $1.key }.flatMap { key, value in
        [[key]] + paths(in: value).map { [key] + $0 }
      }
    case .array(let elements):
      return elements.enumerated().flatMap { index, value in
        paths(in: value).map { [String(index)] + $0 }
      }
    default: return []
    }
  }
}
