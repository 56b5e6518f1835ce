/// A JSON Pointer (RFC 6901): one place in a document.
///
/// Keys are compared by code points; a number with leading zeros is no index, and `-` names nothing that could be read.
package struct JSONPointer: Sendable, Hashable {
  /// What a pointer finds; missing and null are kept apart.
  package enum Found: Hashable {
    case value(JSONValue)
    case missing
    /// The token is no index, where an array stands.
    case noIndex
  }

  /// Why a text is no pointer.
  package struct Malformed: Error, Hashable {
    package let reason: String
  }

  /// The tokens, unescaped.
  package let tokens: [String]

  package init(_ text: String) throws(Malformed) {
    if text.isEmpty {
      tokens = []
      return
    }
    guard text.utf8.first == 0x2F else {
      throw Malformed(reason: "a JSON Pointer begins with / or is empty")
    }
    var tokens: [String] = []
    for part in text.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false)
      .dropFirst()
    {
      tokens.append(try Self.unescaped(part))
    }
    self.tokens = tokens
  }

  /// The place in a document.
  package func find(in document: JSONValue) -> Found {
    var value = document
    for token in tokens {
      switch value {
      case .object(let members):
        guard let next = members.member(token) else { return .missing }
        value = next
      case .array(let values):
        if token == "-" { return .missing }
        guard let index = Self.index(token) else { return .noIndex }
        guard index < values.count else { return .missing }
        value = values[index]
      default: return .missing
      }
    }
    return .value(value)
  }

  /// A document with the value at this place set; objects on the way are made where they are missing.
  package func setting(_ value: JSONValue, in document: JSONValue) -> JSONValue {
    Self.setting(value, tokens[...], document)
  }

  private static func setting(
    _ value: JSONValue, _ tokens: ArraySlice<String>, _ document: JSONValue
  ) -> JSONValue {
    guard let token = tokens.first else { return value }
    if case .array(var values) = document, let index = index(token), index < values.count {
      values[index] = setting(value, tokens.dropFirst(), values[index])
      return .array(values)
    }
    var members = document.object ?? [:]
    members[token] = setting(value, tokens.dropFirst(), members[token] ?? .object([:]))
    return .object(members)
  }

  package static func index(_ token: String) -> Int? {
    guard token.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), token == "0" || !token.hasPrefix("0")
    else { return nil }
    return Int(token)
  }

  private static func unescaped(
    _ part: Substring.UnicodeScalarView
  ) throws(Malformed) -> String {
    var token = String.UnicodeScalarView()
    var scalars = part.makeIterator()
    while let scalar = scalars.next() {
      guard scalar == "~" else {
        token.append(scalar)
        continue
      }
      switch scalars.next() {
      case "0": token.append("~")
      case "1": token.append("/")
      default: throw Malformed(reason: "~ is written ~0, and / inside a key ~1")
      }
    }
    return String(token)
  }
}

extension [String: JSONValue] {
  /// The member with exactly this key, code point by code point.
  package func member(_ key: String) -> JSONValue? {
    guard let index = index(forKey: key), self[index].key.utf8.elementsEqual(key.utf8) else {
      return nil
    }
    return self[index].value
  }
}
