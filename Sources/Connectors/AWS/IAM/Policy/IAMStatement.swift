internal import ConnectorKit
internal import Foundation
internal import IdentityCore
internal import JSONQuery

/// A statement of a policy document.
struct IAMStatement: Sendable, Hashable {
  /// Whether it denies; it allows else.
  var denies: Bool
  var actions: IAMSet
  var resources: IAMSet
  var condition = IAMCondition()
  /// Keys that are not known; what they change is not known either.
  var unrecognised: [UnrecognisedKey] = []

  private static let keys: Set<String> = [
    "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition",
  ]

  init(_ json: JSONValue, at place: String) throws(WireError) {
    let effect = try json.required("Effect", .string, \.string)
    guard effect == "Allow" || effect == "Deny" else {
      throw WireError(.shape, path: "Effect", detail: "neither Allow nor Deny")
    }
    denies = effect == "Deny"
    actions = try Self.set(json, "Action", ignoringCase: true)
    resources = try Self.set(json, "Resource", ignoringCase: false)
    if let condition = json.object?["Condition"] {
      self.condition = try IAMCondition(condition, ofDenial: denies)
    }
    unrecognised = json.unrecognised(besides: Self.keys, at: place)
  }

  /// `Action` or `NotAction`, one of which is there.
  private static func set(
    _ json: JSONValue, _ key: String, ignoringCase: Bool
  ) throws(WireError) -> IAMSet {
    let (plain, inverted) = (json.object?[key], json.object?["Not\(key)"])
    guard (plain == nil) != (inverted == nil), let value = plain ?? inverted else {
      throw WireError(.shape, path: key, detail: "expected \(key) or Not\(key)")
    }
    let patterns = try texts(value, at: key).map { IAMPattern($0, ignoringCase: ignoringCase) }
    guard !patterns.isEmpty else { throw WireError(.shape, path: key, detail: "an empty list") }
    return IAMSet(patterns: patterns, isInverted: plain == nil)
  }

  /// One text or a list of them; numbers and Booleans count as their text.
  static func texts(_ json: JSONValue, at path: String) throws(WireError) -> [String] {
    let values = json.array ?? [json]
    var texts: [String] = []
    for value in values {
      switch value {
      case .string(let text): texts.append(text)
      case .bool(let flag): texts.append("\(flag)")
      case .integer(let number): texts.append("\(number)")
      case .number(let text): texts.append("\(text)")
      default: throw WireError.expected(.string, found: value.type, path: path)
      }
    }
    return texts
  }

  func concerns(_ action: String, _ resource: String) -> Bool {
    actions.contains(action) && resources.contains(resource)
  }
}

/// A policy document.
struct IAMDocument: Sendable, Hashable {
  var statements: [IAMStatement]
  /// What is not known of it beside its statements.
  var unrecognised: [UnrecognisedKey]

  /// Reads a document as IAM's lists show it: JSON, percent-encoded.
  init(encoded text: String) throws(WireError) {
    let json = try JSONReader().value(ResponseText.body(text.removingPercentEncoding ?? text))
    if let version = try json.optional("Version", .string, \.string),
      !["2012-10-17", "2008-10-17"].contains(version)
    {
      throw WireError(.shape, path: "Version", detail: "a version that idsync does not know")
    }
    guard let list = json.object?["Statement"] else {
      throw WireError.expected(.array, found: .missing, path: "Statement")
    }
    var statements: [IAMStatement] = []
    for (index, row) in (list.array ?? [list]).enumerated() {
      do throws(WireError) {
        statements.append(try IAMStatement(row, at: "Statement/\(index)"))
      } catch {
        throw error.under("Statement/\(index)")
      }
    }
    self.statements = statements
    unrecognised =
      json.unrecognised(besides: ["Version", "Id", "Statement"])
      + statements.flatMap(\.unrecognised)
  }
}
